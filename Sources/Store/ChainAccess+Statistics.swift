package import Ledger
import Primitives
import Wire

extension ChainAccess {
    /// The network's numbers by kind, country and month: a few rows for each country and month,
    /// whatever the number of devices and D-RECs.
    package func statistics() throws -> NetworkStatistics {
        var statistics = NetworkStatistics()
        for (key, count) in try sums(.accountsByKind) {
            let kind = ProtoAccountKind(rawValue: Int(truncatingIfNeeded: key))
            if let kind { statistics.accountsByKind.append((kind, count)) }
        }
        for (key, count) in try sums(.devicesByKind) {
            let kind = ProtoDeviceKind(rawValue: Int(truncatingIfNeeded: key))
            if let kind { statistics.devicesByKind.append((kind, count)) }
        }
        for (key, count) in try sums(.devicesByCountry) {
            if let country = CountryCode(word: key) {
                statistics.devicesByCountry.append((country, count))
            }
        }
        try addMonths(to: &statistics)
        try addCountries(to: &statistics)
        return statistics
    }

    private func addMonths(to statistics: inout NetworkStatistics) throws {
        var months: [UInt64: NetworkStatistics.Month] = [:]
        func change(
            _ tally: Tally, _ body: (inout NetworkStatistics.Month, UInt64) -> Void
        ) throws {
            for (key, value) in try sums(tally) {
                let month = CivilMonth(ordinal: UInt32(truncatingIfNeeded: key))
                body(&months[key, default: NetworkStatistics.Month(month)], value)
            }
        }
        try change(.issuedByMonth) { $0.issued = WattHours($1) }
        try change(.redeemedByMonth) { $0.redeemed = $1 }
        try change(.retiredByMonth) { $0.retired = $1 }
        statistics.issuedBefore = months.removeValue(forKey: 0)?.issued ?? .zero
        statistics.months = months.values.sorted { $0.month < $1.month }
    }

    private func addCountries(to statistics: inout NetworkStatistics) throws {
        var countries: [CountryCode: NetworkStatistics.Country] = [:]
        func change(
            _ tally: Tally, _ body: (inout NetworkStatistics.Country, UInt64) -> Void
        ) throws {
            for (key, value) in try sums(tally) {
                guard let country = CountryCode(word: key) else { continue }
                body(&countries[country, default: NetworkStatistics.Country(country)], value)
            }
        }
        try change(.issuedByCountry) { $0.issued = WattHours($1) }
        try change(.activeByCountry) { $0.active = $1 }
        try change(.redeemedByCountry) { $0.redeemed = $1 }
        try change(.retiredByCountry) { $0.retired = $1 }
        statistics.countries = countries.values.sorted { $0.country < $1.country }
    }

    private func sums(_ tally: Tally) throws -> [(key: UInt64, value: UInt64)] {
        var found: [(key: UInt64, value: UInt64)] = []
        let statement = try direct(.tallies)
        statement.bind(1, tally.rawValue)
        try statement.all { found.append(($0.number(0), $0.number(1))) }
        return found
    }
}
