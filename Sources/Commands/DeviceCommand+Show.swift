import ArgumentParser
import Intake
import Ledger
import Primitives
import Wire

extension DeviceCommand {
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a device, on request with its revisions.",
            discussion: "Example: drec device show D5 --revisions")
        @OptionGroup var node: NodeOptions
        @Argument(help: "The device.") var id: DeviceID
        @Flag(help: "Show what held, holds and will hold, latest first.") var revisions = false

        func run() async throws {
            try await Output.run {
                guard revisions else { return try await ShowCommand.show("\(id)", node) }
                let items = try await Listing.all("/v1/devices/\(id)/revisions", node.client)
                ShowCommand.display(node.json ? ["items": .array(items)] : .array(items), node)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List devices.",
            discussion: """
                Example: drec device list --owner A2 --country KEN --kind rooftop \
                --off-taker school --commissioned 2021 --status active
                """)
        @OptionGroup var options: ListOptions
        @Option(help: "Only this account's, such as A2.") var owner: AccountID?
        @Option(help: "Only the one that --owner calls so.") var externalId: String?
        @Option(help: "ISO 3166-1 alpha-3, such as KEN.") var country: CountryCode?
        @Option(help: "rooftop, mini-grid, solar-home-system, …") var kind: String?
        @Option(help: "Who uses the energy: school, residential, health-facility, …")
        var offTaker: String?
        @Option(help: "active or closed.") var status: String?
        @Option(help: "The year of commissioning, 1970 to 9999.") var commissioned: YearArgument?

        func run() async throws {
            try await Output.run {
                var address = try address()
                address.add("country", country)
                try address.add("kind", kind, of: ProtoDeviceKind.self)
                try address.add("offTaker", offTaker, of: ProtoOffTaker.self)
                try address.add("status", status, of: ProtoDeviceStatus.self)
                address.add("commissioned", commissioned)
                try await Listing.show(address.text, options) { item in
                    "\(item.text("id"))  \(item.text("owner"))  \(item.text("status"))  "
                        + "\(item.text("country"))  \(item.text("kind"))  "
                        + "\(item.text("capacityWatts")) W  \(item.text("wattHours")) Wh in "
                        + "\(item.text("readCount")) reads"
                }
            }
        }

        private func address() throws -> ListAddress {
            guard let externalId else {
                return ListAddress(owner.map { "/v1/accounts/\($0)/devices" } ?? "/v1/devices")
            }
            guard let owner else {
                throw ValidationError("--external-id needs --owner, whose id it is")
            }
            guard let id = ExternalID(externalId) else {
                throw ValidationError(
                    "--external-id: 1 to 64 letters, digits, _, - or blanks, not \(externalId)")
            }
            var address = ListAddress("/v1/devices")
            address.add("externalIdHash", DeviceNaming.hash(of: id, owner: owner))
            return address
        }
    }

    struct Reads: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List a device's accepted reads, newest first.",
            discussion: "Example: drec device reads D5 --month 2021-11 --limit 24")
        @OptionGroup var options: ListOptions
        @Argument(help: "The device.") var id: DeviceID
        @Option(help: "Only those that start in this month (UTC), such as 2021-11.")
        var month: MonthArgument?

        func run() async throws {
            try await Output.run {
                var address = ListAddress("/v1/devices/\(id)/reads")
                address.add("month", month)
                try await Listing.show(address.text, options) { item in
                    "\(item.text("start"))  \(item.text("end"))  \(item.text("wattHours")) Wh  "
                        + "\(item.text("kind"))  (entry #\(item.text("entry")))"
                }
            }
        }
    }

    struct Months: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List a device's generation by month beside the ceilings of now.",
            discussion: "Example: drec device months D5")
        @OptionGroup var node: NodeOptions
        @Argument(help: "The device.") var id: DeviceID

        func run() async throws {
            try await Output.run {
                // The list has no further pages; 200 months are more than 16 years.
                let answer = try await node.client.json("/v1/devices/\(id)/months?limit=200")
                if node.json { return Output.json(answer) }
                for item in answer["items"]?.array ?? [] {
                    Output.line(
                        "\(item.text("month"))  \(item.text("wattHours")) Wh  of at most "
                            + "\(item.text("monthLimitWattHours")), each day "
                            + item.text("dayLimitWattHours"))
                }
            }
        }
    }
}
