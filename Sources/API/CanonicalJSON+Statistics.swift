import Ledger
import Primitives
import Wire

extension CanonicalJSON {
    init(_ statistics: NetworkStatistics) {
        self = [
            "accountsByKind": .array(
                statistics.accountsByKind.map {
                    ["kind": .word($0.kind), "count": .unsigned($0.count)]
                }),
            "devicesByKind": .array(
                statistics.devicesByKind.map {
                    ["kind": .word($0.kind), "count": .unsigned($0.count)]
                }),
            "devicesByCountry": .array(
                statistics.devicesByCountry.map {
                    ["country": .id($0.country), "count": .unsigned($0.count)]
                }),
            "months": .array(statistics.months.map { CanonicalJSON($0) }),
            "issuedBeforeWattHours": .unsigned(statistics.issuedBefore.rawValue),
            "countries": .array(statistics.countries.map { CanonicalJSON($0) }),
        ]
    }

    init(_ month: NetworkStatistics.Month) {
        self = [
            "month": .month(month.month),
            "issuedWattHours": .unsigned(month.issued.rawValue),
            "redeemedKilowattHours": .unsigned(month.redeemed),
            "retiredKilowattHours": .unsigned(month.retired),
        ]
    }

    init(_ country: NetworkStatistics.Country) {
        self = [
            "country": .id(country.country),
            "issuedWattHours": .unsigned(country.issued.rawValue),
            "activeKilowattHours": .unsigned(country.active),
            "redeemedKilowattHours": .unsigned(country.redeemed),
            "retiredKilowattHours": .unsigned(country.retired),
        ]
    }

    /// `2021-03`
    static func month(_ month: CivilMonth) -> CanonicalJSON {
        .string("\(month.year)-\(month.month < 10 ? "0" : "")\(month.month)")
    }
}
