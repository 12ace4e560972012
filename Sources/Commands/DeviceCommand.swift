import ArgumentParser
import Foundation
import Intake
import Ledger
import Primitives
import Wire

struct DeviceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device", abstract: "Register and show devices.",
        subcommands: [Register.self, Import.self, Close.self, Show.self, List.self])

    struct Register: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Register one device.",
            discussion: """
                Example: drec device register --external-id ROOF-1 --capacity-kw 24.5 \
                --country KEN --type TC120 --commissioned 2021-03-01 --latitude -1.28 \
                --longitude 36.82 --kind "Rooftop Solar" --off-taker School \
                --key developer.key --account A2
                """)
        @OptionGroup var signing: SigningOptions
        @Option(help: "The owner's own id of the device.") var externalId: String
        @Option(help: "AC nameplate in kW.") var capacityKw: String
        @Option(help: "ISO 3166-1 alpha-3.") var country: String
        @Option(help: "TC110 to TC150.") var type = "TC120"
        @Option(help: "YYYY-MM-DD.") var commissioned: String
        // Degrees may be negative, which must not be read as another option.
        @Option(parsing: .unconditional, help: "Degrees, north positive.") var latitude: String
        @Option(parsing: .unconditional, help: "Degrees, east positive.") var longitude: String
        @Option(help: "What it is, such as Rooftop Solar or Solar Home System.") var kind = ""
        @Option(help: "Who uses the energy.") var offTaker = ""
        @Flag(help: "Connected to the grid.") var grid = false

        func run() async throws {
            try await Output.run {
                // The same mapping as for a file: one row of it.
                let header =
                    "externalId,latitude,longitude,countryCode,fuelCode,deviceTypeCode,capacity,"
                    + "commissioningDate,gridInterconnection,offTaker,deviceDescription"
                let row = [
                    externalId, latitude, longitude, country, "ES100", type, capacityKw,
                    commissioned, grid ? "true" : "false", offTaker, kind,
                ].map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ",")
                var sheet = Sheet<DeviceLayout>.devices()
                let items = try sheet.feed(Array("\(header)\n\(row)\n".utf8)) + sheet.finish()
                var importer = DeviceImport(signing: signing, channel: .cli)
                try await importer.register(items)
                try importer.finish()
            }
        }
    }

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Register the devices of a CSV file in the platform's bulk-upload columns.",
            discussion: """
                Each row gets a device number or a reason with its line; a bad row never stops \
                the others. Running the same file again changes nothing.

                Example: drec device import devices.csv --key developer.key --account A2
                """)
        @OptionGroup var signing: SigningOptions
        @Argument(help: "The file.") var file: String

        func run() async throws {
            try await Output.run {
                var importer = DeviceImport(signing: signing, channel: .csv)
                var sheet = try SheetFile(
                    path: file, sheet: Sheet<DeviceLayout>.devices(), batchSize: 500)
                while let batch = try sheet.nextBatch() { try await importer.register(batch) }
                try importer.finish()
            }
        }
    }

    struct Close: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Close a device: reads after now are refused.",
            discussion: "Example: drec device close D5 --key developer.key --account A2")
        @OptionGroup var signing: SigningOptions
        @Argument(help: "The device.") var id: String

        func run() async throws {
            try await Output.run {
                guard case .device(let device) = Identifier(id) else {
                    throw ValidationError("\(id) is no device")
                }
                var action = ProtoCloseDevice()
                action.device = device.rawValue
                signing.report(try await signing.submit(.closeDevice(action)), "\(device) closed")
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a device.", discussion: "Example: drec device show D5")
        @OptionGroup var node: NodeOptions
        @Argument(help: "The device.") var id: String

        func run() async throws {
            try await Output.run { try await ShowCommand.show(id, node) }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List devices.", discussion: "Example: drec device list --owner A2")
        @OptionGroup var node: NodeOptions
        @Option(help: "Only this account's.") var owner: String?

        func run() async throws {
            try await Output.run {
                let path = owner.map { "/v1/accounts/\($0)/devices" } ?? "/v1/devices"
                try await ShowCommand.list(path, node)
            }
        }
    }
}

/// Registers devices row by row, in as few transactions as their number permits.
struct DeviceImport {
    let signing: SigningOptions
    let channel: ProtoChannel
    private var registered = 0
    private var known = 0
    private var refused = 0

    init(signing: SigningOptions, channel: ProtoChannel) {
        self.signing = signing
        self.channel = channel
    }

    private struct Candidate {
        let row: DeviceRow
        let profile: Profile?
        let registration: ProtoDeviceRegistration
    }

    mutating func register(_ items: [Result<DeviceRow, RowProblem>]) async throws {
        let owner = try signing.account()
        var candidates: [Candidate] = []
        for item in items {
            switch item {
            case .failure(let problem): refuse("\(problem)")
            case .success(let row):
                let hash = DeviceNaming.hash(of: row.externalID, owner: owner)
                if let device = try await DeviceNaming.device(hash, signing.client) {
                    known += 1
                    Output.line("line \(row.line)  \(row.externalID)  \(device)  is registered")
                    continue
                }
                candidates.append(candidate(row, hash: hash))
            }
        }
        while !candidates.isEmpty { candidates = try await submit(candidates) }
    }

    private func candidate(_ row: DeviceRow, hash: Digest) -> Candidate {
        let fields = row.profile.map {
            Profile.Field(name: $0.name, value: $0.value, salt: UInt8.salt())
        }
        let profile = Profile(fields: fields)
        var registration = ProtoDeviceRegistration()
        registration.externalIDHash = Data(hash.bytes)
        registration.details = row.details
        registration.details.profileRoot = profile.map { Data($0.root.bytes) } ?? Data()
        return Candidate(row: row, profile: profile, registration: registration)
    }

    /// Submits all candidates; where one is refused, gives the others for another try.
    private mutating func submit(_ candidates: [Candidate]) async throws -> [Candidate] {
        var action = ProtoRegisterDevices()
        action.devices = candidates.map(\.registration)
        do {
            let receipt = try await signing.submit(.registerDevices(action), channel: channel)
            guard
                case .device(let first)? = receipt.event("devicesRegistered")
                    .flatMap({ Identifier($0.text("first")) })
            else {
                throw CommandFailure.failed("the receipt names no devices")
            }
            for (index, candidate) in candidates.enumerated() {
                if let profile = candidate.profile { try await signing.client.putProfile(profile) }
                registered += 1
                let device = DeviceID(first.rawValue + UInt64(index))
                Output.line("line \(candidate.row.line)  \(candidate.row.externalID)  \(device)")
            }
            return []
        } catch CommandFailure.refused(let reason) {
            // The field names the row: leave it out and go on with the others (L9).
            guard let index = RowPath.index(in: reason, of: "devices"),
                candidates.indices.contains(index)
            else { throw CommandFailure.refused(reason) }
            let row = candidates[index].row
            refuse("line \(row.line), \(row.externalID): \(reason)")
            var others = candidates
            others.remove(at: index)
            return others
        }
    }

    private mutating func refuse(_ reason: String) {
        refused += 1
        Output.line("\(reason)  refused")
    }

    /// - Throws: exit code 1 where rows were refused.
    func finish() throws {
        Output.line("\(registered) registered, \(known) already registered, \(refused) refused")
        if refused > 0 { throw ExitCode(1) }
    }
}

/// How owners' own ids of devices are found on the chain, which knows only their hashes.
enum DeviceNaming {
    /// SHA-256(0x00 ‖ "drec/external-id/v1" ‖ 0x00 ‖ owner as 8 bytes ‖ id in lower case).
    static func hash(of id: ExternalID, owner: AccountID) -> Digest {
        var payload: [UInt8] = []
        payload.append(bigEndian: owner.rawValue)
        payload += Array(id.folded.utf8)
        return Digest.tagged(.externalID, payload)
    }

    static func device(_ hash: Digest, _ client: NodeClient) async throws -> DeviceID? {
        guard let bytes = try await client.find("/v1/devices?externalIdHash=\(hash)") else {
            return nil
        }
        let items = NodeClient.Answer(status: 200, bytes: bytes).object["items"]
        guard let text = (items as? [[String: Any]])?.first?["id"] as? String,
            case .device(let device) = Identifier(text)
        else { return nil }
        return device
    }
}

/// The row that a refusal's field names: `devices[12].details.capacity_watts`.
enum RowPath {
    static func index(in reason: String, of list: String) -> Int? {
        for opening in ["\(list)[", "/\(list)/"] {
            guard let start = reason.range(of: opening) else { continue }
            let digits = reason[start.upperBound...].prefix { $0.isNumber }
            if let index = Int(digits) { return index }
        }
        return nil
    }
}
