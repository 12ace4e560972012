package import Primitives
package import Wire

/// What a list leaves out. Each filter that is set must hold (AND); without any all is there.
///
/// An enumeration's case is never `unspecified`, text is never empty.
package enum ListFilter: Hashable, Sendable {
    case accounts(AccountFilter)
    case devices(DeviceFilter)
    case projects(ProjectFilter)
    case lots(LotFilter)
    case redemptions(RedemptionFilter)
    case retirements(RetirementFilter)
    case transactions(TransactionFilter)
}

/// Of what an account is now.
package struct AccountFilter: Hashable, Sendable {
    package var kind: ProtoAccountKind?
    package var country: CountryCode?
    package var status: ProtoAccountStatus?

    package init() {}
}

/// Of what a device is now.
package struct DeviceFilter: Hashable, Sendable {
    package var owner: AccountID?
    package var country: CountryCode?
    package var kind: ProtoDeviceKind?
    package var offTaker: ProtoOffTaker?
    package var status: ProtoDeviceStatus?
    /// The year (UTC) in which it was commissioned.
    package var commissioned: UInt32?

    package init() {}

    /// Whether a device is what the filter asks for.
    package func takes(_ device: ProtoDeviceValue) -> Bool {
        let details = device.details
        return (owner.map { $0.rawValue == device.owner } ?? true)
            && (country.map { $0.description == details.country } ?? true)
            && (kind.map { $0 == details.kind } ?? true)
            && (offTaker.map { $0 == details.offTaker } ?? true)
            && (status.map { $0 == device.status } ?? true)
            && (commissioned.map { Int($0) == CivilDay(Timestamp(details.commissioned)).year }
                ?? true)
    }
}

/// Of what a project is, and of its series.
package struct ProjectFilter: Hashable, Sendable {
    package var owner: AccountID?
    package var country: CountryCode?
    package var kind: ProtoProjectKind?
    /// A year of which it has a series.
    package var vintage: UInt32?

    package init() {}
}

/// Of what a lot is now, and of what its energy is from.
package struct LotFilter: Hashable, Sendable {
    package var owner: AccountID?
    package var status: ProtoLotStatus?
    package var series: SeriesID?
    package var vintage: UInt32?
    /// Of the project.
    package var country: CountryCode?
    /// Some of the lot's energy is from such a device, as it was when it generated.
    package var deviceKind: ProtoDeviceKind?
    /// Some of the lot's energy is from a device with such an off-taker, as it was then.
    package var offTaker: ProtoOffTaker?

    package init() {}

    /// Whether owner and status of a lot are what the filter asks for.
    package func takes(_ lot: ProtoLotValue) -> Bool {
        (owner.map { $0.rawValue == lot.owner } ?? true)
            && (status.map { $0 == lot.status } ?? true)
    }

    /// Whether no lot can be both.
    package var isContradictory: Bool {
        guard let series, let vintage else { return false }
        return series.vintage != vintage
    }
}

/// Of a public statement of use.
package struct RedemptionFilter: Hashable, Sendable {
    package var account: AccountID?
    /// As it was written, letter by letter.
    package var beneficiary: String?
    /// Where the energy was used.
    package var location: CountryCode?
    /// A year of which a redeemed D-REC is.
    package var vintage: UInt32?
    /// The year (UTC) of the redemption.
    package var year: UInt32?

    package init() {}
}

/// Of a retirement.
package struct RetirementFilter: Hashable, Sendable {
    package var account: AccountID?
    package var reason: ProtoRetirementReason?
    /// A year of which a retired D-REC is.
    package var vintage: UInt32?
    /// The year (UTC) of the retirement.
    package var year: UInt32?

    package init() {}
}

/// Of what a transaction does, and for whom.
package struct TransactionFilter: Hashable, Sendable {
    /// To whose history it belongs.
    package var account: AccountID?
    package var action: ActionName?

    package init() {}
}
