import Foundation
import GRDB
import Ledger
import Primitives
import Wire

/// What leaves of the state are found by and summed up by: a function of the leaves alone.
private struct Indexed {
    var postings: Set<Posting> = []
    var sums: [TallyKey: UInt64] = [:]

    mutating func post(_ facet: Facet, _ value: UInt64, _ item: UInt64) {
        postings.insert(Posting(facet, value, item))
    }

    /// The number of a case; nothing of what is not told.
    mutating func post(_ facet: Facet, case number: Int, _ item: UInt64) {
        if number > 0 { post(facet, UInt64(number), item) }
    }

    mutating func post(_ facet: Facet, country: String, _ item: UInt64) {
        if let code = CountryCode(country) { post(facet, code.word, item) }
    }

    mutating func post(_ facet: Facet, vintagesOf ranges: [ProtoRange], _ item: UInt64) {
        for range in ranges { post(facet, UInt64(range.vintage), item) }
    }

    mutating func count(_ tally: Tally, _ key: UInt64, _ amount: UInt64) {
        sums[TallyKey(tally, key), default: 0] &+= amount
    }
}

/// Sums that go up and down: differences wrap, what is kept does not.
struct TallyChanges {
    private var changes: [TallyKey: UInt64] = [:]

    mutating func add(_ tally: Tally, _ key: UInt64, _ amount: UInt64) {
        changes[TallyKey(tally, key), default: 0] &+= amount
    }

    fileprivate mutating func replace(_ old: Indexed, by new: Indexed) {
        for (key, amount) in old.sums { changes[key, default: 0] &-= amount }
        for (key, amount) in new.sums { changes[key, default: 0] &+= amount }
    }

    func write(to access: ChainAccess) throws {
        for (key, amount) in changes.sorted(by: { $0.key < $1.key }) where amount != 0 {
            let add = try access.direct(.addTally)
            add.bind(1, key.tally.rawValue)
            add.bind(2, key.key)
            add.bind(3, amount)
            try add.run()
            let forget = try access.direct(.forgetTally)
            forget.bind(1, key.tally.rawValue)
            forget.bind(2, key.key)
            try forget.run()
        }
    }
}

/// The revisions of one device, by when they take effect.
private struct Revisions {
    let device: UInt64
    var values: [UInt64: ProtoDeviceValue] = [:]

    var indexed: Indexed {
        var indexed = Indexed()
        for value in values.values {
            let details = value.details
            indexed.post(.deviceCountry, country: details.country, device)
            indexed.post(.deviceKind, case: details.kind.rawValue, device)
            indexed.post(.deviceOffTaker, case: details.offTaker.rawValue, device)
            indexed.post(.deviceStatus, case: value.status.rawValue, device)
            let year = CivilDay(Timestamp(details.commissioned)).year
            indexed.post(.deviceCommissioned, case: year, device)
        }
        if let last = values.max(by: { $0.key < $1.key })?.value.details {
            indexed.count(.devicesByKind, UInt64(last.kind.rawValue), 1)
            if let country = CountryCode(last.country) {
                indexed.count(.devicesByCountry, country.word, 1)
            }
        }
        return indexed
    }
}

/// Keeps the index of lists, leaf by leaf.
struct FacetIndex {
    private let access: ChainAccess
    /// Countries of projects, each looked up once.
    private var countries: [UInt64: UInt64] = [:]
    private var device: (old: Revisions, new: Revisions)?
    var tallies = TallyChanges()

    init(_ access: ChainAccess) { self.access = access }

    /// Takes a changed leaf; they come in ascending order.
    ///
    /// - Parameter isFirst: whether nothing of the state is in the index yet.
    mutating func take(_ key: StateKey, _ value: Data?, isFirst: Bool = false) throws {
        switch key.kind {
        case .device: return try takeDevice(key, value, isFirst: isFirst)
        case .project:
            if let value {
                let project = try access.decode(ProtoProjectValue.self, value, key)
                countries[key.word0] = CountryCode(project.country)?.word ?? 0
            }
        case .account, .series, .redemption, .retirement: break
        default: return
        }
        let old = isFirst ? nil : try access.value(for: key)
        try replace(
            try old.map { try indexed(key, $0) } ?? Indexed(),
            by: try value.map { try indexed(key, $0) } ?? Indexed())
    }

    /// Writes what is known when all leaves were there.
    mutating func finish() throws {
        try finishDevice()
        try tallies.write(to: access)
    }

    private mutating func replace(_ old: Indexed, by new: Indexed) throws {
        for posting in old.postings.subtracting(new.postings) {
            try access.run(.removePosting, posting)
        }
        for posting in new.postings.subtracting(old.postings) {
            try access.run(.addPosting, posting)
        }
        tallies.replace(old, by: new)
    }

    // MARK: Devices

    private mutating func takeDevice(_ key: StateKey, _ value: Data?, isFirst: Bool) throws {
        if device?.new.device != key.word0 {
            try finishDevice()
            var old = Revisions(device: key.word0)
            if !isFirst { old.values = try access.revisions(of: key.word0) }
            device = (old, old)
        }
        device?.new.values[key.word1] =
            try value.map { try access.decode(ProtoDeviceValue.self, $0, key) }
    }

    private mutating func finishDevice() throws {
        guard let (old, new) = device else { return }
        try replace(old.indexed, by: new.indexed)
        device = nil
    }

    // MARK: What a leaf is found by

    private mutating func indexed(_ key: StateKey, _ value: Data) throws -> Indexed {
        var indexed = Indexed()
        let item = key.word0
        switch key.kind {
        case .account:
            let account = try access.decode(ProtoAccountValue.self, value, key)
            indexed.post(.accountKind, case: account.kind.rawValue, item)
            indexed.post(.accountCountry, country: account.country, item)
            indexed.post(.accountStatus, case: account.status.rawValue, item)
            indexed.count(.accountsByKind, UInt64(account.kind.rawValue), 1)
        case .project:
            let project = try access.decode(ProtoProjectValue.self, value, key)
            indexed.post(.projectOwner, project.owner, item)
            indexed.post(.projectCountry, country: project.country, item)
            indexed.post(.projectKind, case: project.kind.rawValue, item)
        case .series:
            let series = try access.decode(ProtoSeriesValue.self, value, key)
            indexed.post(.projectVintage, key.word1, item)
            let country = try country(of: item)
            indexed.count(.issuedByCountry, country, series.issuedWattHours)
            indexed.count(.activeByCountry, country, series.active)
            indexed.count(.redeemedByCountry, country, series.redeemed)
            indexed.count(.retiredByCountry, country, series.retired)
        case .redemption:
            let redemption = try access.decode(ProtoRedemptionValue.self, value, key)
            index(redemption, item, in: &indexed)
        case .retirement:
            let retirement = try access.decode(ProtoRetirementValue.self, value, key)
            let time = Timestamp(retirement.time)
            indexed.post(.retirementAccount, retirement.account, item)
            indexed.post(.retirementReason, case: retirement.reason.rawValue, item)
            indexed.post(.retirementVintage, vintagesOf: retirement.ranges, item)
            indexed.post(.retirementYear, case: CivilDay(time).year, item)
            let month = UInt64(CivilMonth(time).ordinal)
            indexed.count(.retiredByMonth, month, count(of: retirement.ranges))
        default: break
        }
        return indexed
    }

    private func index(
        _ redemption: ProtoRedemptionValue, _ item: UInt64, in indexed: inout Indexed
    ) {
        let time = Timestamp(redemption.time)
        indexed.post(.redemptionAccount, redemption.account, item)
        indexed.postings.insert(
            Posting(.redemptionBeneficiary, Posting.value(of: redemption.beneficiary), item))
        indexed.post(.redemptionLocation, country: redemption.location, item)
        indexed.post(.redemptionVintage, vintagesOf: redemption.ranges, item)
        indexed.post(.redemptionYear, case: CivilDay(time).year, item)
        let month = UInt64(CivilMonth(time).ordinal)
        indexed.count(.redeemedByMonth, month, count(of: redemption.ranges))
    }

    private func count(of ranges: [ProtoRange]) -> UInt64 {
        ranges.reduce(0) { $0 &+ ($1.last &- $1.first &+ 1) }
    }

    /// A project's country, that of one which the block itself makes too; 0 where it has none.
    private mutating func country(of project: UInt64) throws -> UInt64 {
        if let known = countries[project] { return known }
        let value = try access.message(
            ProtoProjectValue.self, for: .project(ProjectID(project)))
        let country = value.flatMap { CountryCode($0.country)?.word } ?? 0
        countries[project] = country
        return country
    }
}

extension ChainAccess {
    func run(_ sql: ListSQL, _ posting: Posting) throws {
        let statement = try direct(sql)
        statement.bind(1, posting.facet.rawValue)
        statement.bind(2, posting.value)
        statement.bind(3, posting.item)
        try statement.run()
    }

    /// The revisions of a device by when they take effect; none of an unknown one.
    fileprivate func revisions(of device: UInt64) throws -> [UInt64: ProtoDeviceValue] {
        let (low, high) = (StateKey(.device, device, 0), StateKey(.device, device, .max))
        // Most devices of a block are new, and this look is the cheaper one.
        guard try first(atOrAfter: low, upTo: high) != nil else { return [:] }
        var found: [UInt64: ProtoDeviceValue] = [:]
        for leaf in try leaves(from: low, upTo: high, limit: .max) {
            found[leaf.key.word1] = try decode(ProtoDeviceValue.self, leaf.value, leaf.key)
        }
        return found
    }
}
