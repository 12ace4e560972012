import ArgumentParser
import Ledger
import Primitives
import Wire

struct YieldCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "yield",
        abstract: "List countries' solar yields and, as the initiative, set them.",
        subcommands: [Change.self, List.self])

    struct Change: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set",
            abstract: "Set a country's yield from a moment on, as the initiative.",
            discussion: """
                The yield is a year's kWh of a plant of 1 kWp; the ceilings of days and months \
                follow from it.

                Example: drec yield set IND 1600 --source "Global Solar Atlas 2.0" \
                --effective 2027-01-01 --key initiative.key --account A1
                """)
        @OptionGroup var signing: SigningOptions
        @Argument(help: "ISO 3166-1 alpha-3.") var country: CountryCode
        @Argument(help: "kWh per kWp a year.") var kwhPerKwp: UInt64
        @Option(help: "Where the figure comes from.") var source: String
        @Option(
            help: """
                Twelve factors, January first, parts per million, separated by commas; all are \
                1 000 000 where it is not given.
                """)
        var monthFactorsPpm: String?
        @Option(
            help: """
                Day or moment in UTC, 2027-01-01 or 2027-01-01T12:00:00Z; as soon as the network \
                permits where it is not given.
                """)
        var effective: Moment?

        func run() async throws {
            try await Output.run {
                var action = ProtoSetYield()
                action.country = country.description
                action.effective = effective?.timestamp.rawValue ?? 0
                action.yield.kwhPerKwp = kwhPerKwp
                action.yield.source = source
                action.yield.monthFactorsPpm = try monthFactors()
                let receipt = try await signing.submit(.setYield(action))
                let time = receipt.event("governanceChanged")?.text("effective") ?? ""
                signing.report(receipt, "\(country) \(kwhPerKwp) kWh per kWp a year from \(time)")
            }
        }

        private func monthFactors() throws -> [UInt64] {
            guard let monthFactorsPpm else { return [] }
            let parts = monthFactorsPpm.split(separator: ",", omittingEmptySubsequences: false)
            let factors = parts.compactMap { part in
                UInt64(decimal: part.trimmingPrefix(while: { $0 == " " }))
            }
            guard parts.count == 12, factors.count == 12 else {
                throw ValidationError(
                    "--month-factors-ppm takes twelve whole numbers separated by commas")
            }
            return factors
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List yields: those in force, those that wait and those of the past.",
            discussion: "Example: drec yield list --country IND")
        @OptionGroup var options: ListOptions
        @Option(help: "ISO 3166-1 alpha-3.") var country: CountryCode?

        func run() async throws {
            try await Output.run {
                let query = country.map { "?country=\($0)" } ?? ""
                try await Listing.show("/v1/yields\(query)", options) { YieldCommand.line($0) }
            }
        }
    }

    /// A yield for people.
    static func line(_ item: CanonicalJSON) -> String {
        let status = item.text("status") == "inForce" ? "in force" : item.text("status")
        let months = item["monthFactorsPPM"]?.array?.isEmpty == false ? " by month" : ""
        return "\(item.text("country"))  \(item.text("kilowattHoursPerKilowattPeak"))"
            + " kWh/kWp\(months)  \(status) \(ParametersCommand.since(item.text("effective")))"
            + "  \(item.text("source"))"
    }
}
