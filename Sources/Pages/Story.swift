import Gateway
import Ledger
import Primitives
import Wire

/// Where energy came from and what became of it, in one sentence.
struct Story {
    /// `250 kWh of solar energy from 3 devices in India, generated 22–28 November 2021`.
    static func origin(
        energy: UInt64, sources: [EnergySource], isComplete: Bool = true, country: String?
    ) -> HTML {
        var text = "\(Words.energy(energy)) of solar energy"
        let devices = Set(sources.map(\.device)).count
        if devices > 0 {
            text += isComplete ? " from " : " from at least "
            text += Words.count(UInt64(devices), "device", "devices")
        }
        if let country { text += " in " + CountryNames.name(of: country) }
        if isComplete, let start = sources.map(\.read.start).min(),
            let end = sources.map(\.read.end).max()
        {
            text += ", generated " + Words.days(from: start, to: end)
        }
        return HTML(text)
    }

    /// `redeemed by Sunrise Ltd for 2021`, with the beneficiary where it is another one.
    static func redemption(
        _ value: ProtoRedemptionValue, names: inout AccountNames
    ) async throws -> HTML {
        let account = AccountID(value.account)
        let name = try await names.name(account)
        let period = Words.during(
            from: Timestamp(value.periodStart), to: Timestamp(value.periodEnd))
        let beneficiary: HTML =
            value.beneficiary.isEmpty || value.beneficiary == name
            ? .empty : " on behalf of \(user: value.beneficiary)"
        return """
            redeemed by \(try await names.link(account))\(beneficiary) for the use of electricity \
            \(period)
            """
    }

    /// What became of a range: one clause for each status and owner.
    static func fate(
        of record: ProvenanceRecord, names: inout AccountNames
    ) async throws -> HTML {
        let whole = record.range.count
        if record.redemptions.count == 1, let only = record.redemptions.first,
            holdings(in: record) == [Holding(status: .redeemed, count: whole)]
        {
            return try await redemption(only.value, names: &names)
        }
        let holdings = holdings(in: record)
        if let only = holdings.first, holdings.count == 1 {
            let owners = Set(record.lots.map(\.owner))
            if let owner = owners.first, owners.count == 1 {
                return try await fate(only.status, owner: names.link(owner))
            }
            return "\(HTML(Words.name(only.status).lowercased())), with \(owners.count) owners"
        }
        let clauses = holdings.map { holding -> HTML in
            let energy = Words.energy(holding.count * WattHours.perDREC)
            return "\(energy) are \(Words.name(holding.status).lowercased())"
        }
        return "of which " + clauses.joined(by: ", ")
    }

    private static func fate(_ status: ProtoLotStatus, owner: HTML) -> HTML {
        switch status {
        case .active: "owned by \(owner) and not used yet"
        case .listed: "owned by \(owner) and offered for sale"
        case .registryLocked: "owned by \(owner) and locked for another registry"
        case .redeemed: "redeemed by \(owner)"
        case .retired: "retired by \(owner), so that nobody can use them again"
        default: "owned by \(owner)"
        }
    }

    /// kWh of a range in one status.
    struct Holding: Equatable {
        let status: ProtoLotStatus
        var count: UInt64
    }

    /// How much of the range asked for is in which status, in the order of the axis.
    static func holdings(in record: ProvenanceRecord) -> [Holding] {
        var holdings: [Holding] = []
        for lot in record.lots {
            let count = overlap(lot.range, record.range)
            guard count > 0 else { continue }
            if let index = holdings.firstIndex(where: { $0.status == lot.status }) {
                holdings[index].count += count
            } else {
                holdings.append(Holding(status: lot.status, count: count))
            }
        }
        return holdings
    }

    /// Number of D-RECs that two ranges of one series share.
    static func overlap(_ left: DRECRange, _ right: DRECRange) -> UInt64 {
        let first = max(left.first, right.first).rawValue
        let last = min(left.last, right.last).rawValue
        return first <= last ? last - first + 1 : 0
    }
}
