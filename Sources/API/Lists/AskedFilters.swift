import Foundation
import Ledger
import Primitives
import SwiftProtobuf
import Wire

/// Filters of lists, each with its domain. What no item can have is refused, and so is what two
/// filters can never agree on.
extension AskedAddress {
    func account(_ name: String) throws -> AccountID? {
        try value(name, IDText.account, IDText.account(_:))
    }

    func country(_ name: String = "country") throws -> CountryCode? {
        try value(name, IDText.country, IDText.country(_:))
    }

    /// An enumeration's case by its name.
    func word<Case: SwiftProtobuf.Enum & CaseIterable>(
        _ name: String, _ type: Case.Type
    ) throws -> Case? {
        let words = FilterWords.of(type)
        return try value(name, "one of \(words.map(\.text).joined(separator: ", "))") { text in
            words.first { $0.text == text }?.value
        }
    }

    /// A year from 1970 on.
    func year(_ name: String) throws -> UInt32? {
        try value(name, IDText.year, IDText.year(_:))
    }

    func accountFilter() throws -> AccountFilter {
        var filter = AccountFilter()
        filter.kind = try word("kind", ProtoAccountKind.self)
        filter.country = try country()
        filter.status = try word("status", ProtoAccountStatus.self)
        return filter
    }

    /// - Parameter owner: where the path names it.
    func deviceFilter(of owner: AccountID? = nil) throws -> DeviceFilter {
        var filter = DeviceFilter()
        filter.owner = try owner ?? account("owner")
        filter.country = try country()
        filter.kind = try word("kind", ProtoDeviceKind.self)
        filter.offTaker = try word("offTaker", ProtoOffTaker.self)
        filter.status = try word("status", ProtoDeviceStatus.self)
        filter.commissioned = try year("commissioned")
        return filter
    }

    func projectFilter() throws -> ProjectFilter {
        var filter = ProjectFilter()
        filter.owner = try account("owner")
        filter.country = try country()
        filter.kind = try word("kind", ProtoProjectKind.self)
        filter.vintage = try year("vintage")
        return filter
    }

    /// - Parameter owner: where the path names it.
    func lotFilter(of owner: AccountID? = nil) throws -> LotFilter {
        var filter = LotFilter()
        filter.owner = try owner ?? account("owner")
        filter.status = try word("status", ProtoLotStatus.self)
        filter.series = try value("series", IDText.series, IDText.series(_:))
        filter.vintage = try year("vintage")
        filter.country = try country()
        filter.deviceKind = try word("deviceKind", ProtoDeviceKind.self)
        filter.offTaker = try word("offTaker", ProtoOffTaker.self)
        guard !filter.isContradictory else {
            throw Problem.badParameter("vintage", wanted: "the year of the series, or left out")
        }
        return filter
    }

    func redemptionFilter() throws -> RedemptionFilter {
        var filter = RedemptionFilter()
        filter.account = try account("account")
        filter.beneficiary = try value("beneficiary", IDText.beneficiary) { text in
            (1...LedgerLimits.nameBytes).contains(text.utf8.count) ? text : nil
        }
        filter.location = try country("location")
        filter.vintage = try year("vintage")
        filter.year = try year("year")
        return filter
    }

    func retirementFilter() throws -> RetirementFilter {
        var filter = RetirementFilter()
        filter.account = try account("account")
        filter.reason = try word("reason", ProtoRetirementReason.self)
        filter.vintage = try year("vintage")
        filter.year = try year("year")
        return filter
    }

    /// - Parameter account: where the path names it.
    func transactionFilter(of account: AccountID? = nil) throws -> TransactionFilter {
        var filter = TransactionFilter()
        filter.account = try account ?? self.account("account")
        let words = FilterWords.actions
        filter.action = try value("action", "one of \(words.joined(separator: ", "))") { text in
            ActionName.allCases.first { "\($0)" == text }
        }
        return filter
    }
}

/// The words of filters: the names that the same values have in answers.
enum FilterWords {
    static func of<Case: SwiftProtobuf.Enum & CaseIterable>(
        _ type: Case.Type
    ) -> [(text: String, value: Case)] {
        type.allCases.filter { $0.rawValue != 0 }.map { ("\($0)", $0) }
    }

    static let actions = ActionName.allCases.map { "\($0)" }

    static func shape<Case: SwiftProtobuf.Enum & CaseIterable>(_ type: Case.Type) -> Shape {
        .words(of(type).map(\.text))
    }
}
