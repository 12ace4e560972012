import Foundation
import Ledger
import Primitives
import SampleNetworks
import Store
import Testing
import Wire

@Suite("Lists with filters")
struct ListFilterTests {
    /// A list from its first to its last page; a page may be empty and go on.
    private static func all<Item, Position>(
        _ page: (Position?) throws -> ListPage<Item, Position>
    ) throws -> [Item] {
        var items: [Item] = []
        var next: Position?
        for _ in 0..<20_000 {
            let found = try page(next)
            items += found.items
            next = found.next
            if next == nil { return items }
        }
        Issue.record("a list without an end")
        return items
    }

    /// How many items a page has, and what it may cost.
    private static let pagings: [(limit: Int, steps: ListSteps)] = [
        (100, .page), (2, .page), (1, ListSteps(1)), (3, ListSteps(7)),
    ]

    private static func countries(_ codes: String...) -> [CountryCode?] {
        [nil] + codes.map { CountryCode($0) }
    }

    @Test("Lots by every combination are those that a look at all of them finds")
    func lots() throws {
        let directory = try Directory()
        let chain = try VariedChain.make(directory)
        try chain.store.readNow { access throws in
            let facts = try LotFacts.all(access)
            #expect(facts.count > 20)
            var matches = 0
            for filter in Self.lotFilters {
                let expected = facts.filter { $0.matches(filter) }.map(\.lot.range)
                matches += expected.isEmpty ? 0 : 1
                for (limit, steps) in Self.pagings {
                    let found = try Self.all {
                        try access.lots(filter, after: $0, limit: limit, steps: steps)
                    }
                    #expect(found.map(\.range) == expected, "\(filter) \(limit)")
                }
                let count = try access.count(
                    .lots(filter), upTo: 1_000, at: VariedChain.now)
                #expect(count == ListCount(number: UInt64(expected.count), isExact: true))
            }
            // Neither nothing nor everything is found by most of them.
            #expect(matches > 40 && matches < Self.lotFilters.count)
        }
        try chain.store.close()
    }

    private static let lotFilters: [LotFilter] = {
        var filters: [LotFilter] = []
        for owner in [nil] + [2, 4, 99].map({ AccountID($0) }) {
            for status in [nil, ProtoLotStatus.active, .redeemed, .listed] {
                for vintage in [nil, 2020, 2021, 1999] as [UInt32?] {
                    for country in countries("ZAF", "KEN") {
                        for kind in [nil, ProtoDeviceKind.rooftop, .solarHomeSystem, .microGrid] {
                            var filter = LotFilter()
                            filter.owner = owner
                            filter.status = status
                            filter.vintage = vintage
                            filter.country = country
                            filter.deviceKind = kind
                            filters.append(filter)
                        }
                    }
                }
            }
        }
        for offTaker in [ProtoOffTaker.industrial, .residential, .community, .school] {
            for kind in [nil, ProtoDeviceKind.rooftop, .miniGrid, .irrigationPump] {
                for series in [nil, SeriesID(project: ProjectID(101), vintage: 2021)] {
                    var filter = LotFilter()
                    filter.offTaker = offTaker
                    filter.deviceKind = kind
                    filter.series = series
                    filters.append(filter)
                }
            }
        }
        return filters
    }()

    @Test("Series and another vintage contradict each other: nothing is found")
    func contradiction() throws {
        let directory = try Directory()
        let chain = try VariedChain.make(directory)
        var filter = LotFilter()
        filter.series = SeriesID(project: ProjectID(101), vintage: 2021)
        filter.vintage = 2020
        #expect(filter.isContradictory)
        let page = try chain.store.readNow { try $0.lots(filter, after: nil, limit: 9) }
        #expect(page.items.isEmpty && page.next == nil)
        filter.vintage = 2021
        #expect(!filter.isContradictory)
        try chain.store.close()
    }

    @Test("Devices by every combination are those that are so now")
    func devices() throws {
        let directory = try Directory()
        let chain = try VariedChain.make(directory)
        try chain.store.readNow { access throws in
            let all = try (1...6).compactMap {
                try access.deviceRecord(DeviceID($0), at: VariedChain.now)
            }
            for owner in [nil] + [2, 5, 3].map({ AccountID($0) }) {
                for country in Self.countries("ZAF", "KEN", "DEU") {
                    for kind in [nil, ProtoDeviceKind.rooftop, .solarHomeSystem, .microGrid] {
                        for status in [nil, ProtoDeviceStatus.active, .closed] {
                            for year in [nil, 2019, 2020, 2021] as [UInt32?] {
                                var filter = DeviceFilter()
                                filter.owner = owner
                                filter.country = country
                                filter.kind = kind
                                filter.status = status
                                filter.commissioned = year
                                try check(filter, of: all, access)
                            }
                        }
                    }
                }
            }
            var filter = DeviceFilter()
            filter.offTaker = .school
            // What held before is in the index, and is not what the device is.
            try check(filter, of: all, access)
            filter.offTaker = .education
            try check(filter, of: all, access)
            #expect(all.filter { filter.takes($0.value) }.map(\.id.rawValue) == [4])
        }
        try chain.store.close()
    }

    private func check(
        _ filter: DeviceFilter, of all: [DeviceRecord], _ access: ChainAccess
    ) throws {
        let expected = all.filter { filter.takes($0.value) }.map(\.id)
        for (limit, steps) in Self.pagings {
            let found = try Self.all {
                try access.devices(
                    filter, after: $0, limit: limit, at: VariedChain.now, steps: steps)
            }
            #expect(found.map(\.id) == expected, "\(filter) \(limit)")
        }
        let count = try access.count(.devices(filter), upTo: 1_000, at: VariedChain.now)
        #expect(count == ListCount(number: UInt64(expected.count), isExact: true))
    }

    @Test("Accounts and projects are found by all that they are")
    func accountsAndProjects() throws {
        let directory = try Directory()
        let chain = try VariedChain.make(directory)
        try chain.store.readNow { access throws in
            func accounts(_ change: (inout AccountFilter) -> Void) throws -> [UInt64] {
                var filter = AccountFilter()
                change(&filter)
                let found = try Self.pagings.map { paging in
                    try Self.all {
                        try access.accounts(
                            filter, after: $0, limit: paging.limit, steps: paging.steps)
                    }.map(\.id.rawValue)
                }
                #expect(Set(found).count == 1)
                return found.first ?? []
            }
            #expect(try accounts { _ in } == [1, 2, 3, 4, 5, 6])
            #expect(try accounts { $0.kind = .buyer } == [3, 4])
            #expect(try accounts { $0.kind = .initiative } == [1])
            #expect(try accounts { $0.country = CountryCode("DEU") } == [4, 6])
            #expect(try accounts { $0.status = .suspended } == [6])
            #expect(try accounts { $0.status = .pending } == [])
            #expect(
                try accounts {
                    $0.kind = .buyer
                    $0.country = CountryCode("DEU")
                    $0.status = .active
                } == [4])
            #expect(
                try accounts {
                    $0.kind = .auditor
                    $0.status = .active
                } == [])
            func projects(_ change: (inout ProjectFilter) -> Void) throws -> [UInt64] {
                var filter = ProjectFilter()
                change(&filter)
                return try Self.all { try access.projects(filter, after: $0, limit: 1) }
                    .map(\.id.rawValue)
            }
            #expect(try projects { _ in } == [101, 102, 103])
            #expect(try projects { $0.owner = AccountID(2) } == [101, 102])
            #expect(try projects { $0.country = CountryCode("KEN") } == [102, 103])
            #expect(try projects { $0.vintage = 2020 } == [101, 102])
            #expect(try projects { $0.vintage = 2019 } == [])
            #expect(try projects { $0.kind = .default } == [101, 102, 103])
            #expect(try projects { $0.kind = .reservation } == [])
            #expect(
                try projects {
                    $0.country = CountryCode("KEN")
                    $0.vintage = 2020
                    $0.owner = AccountID(5)
                } == [])
        }
        try chain.store.close()
    }

    @Test("Redemptions, retirements and transactions are found by all that they are")
    func uses() throws {
        let directory = try Directory()
        let chain = try VariedChain.make(directory)
        try chain.store.readNow { access throws in
            func redeemed(_ change: (inout RedemptionFilter) -> Void) throws -> Int {
                var filter = RedemptionFilter()
                change(&filter)
                let found = try Self.all {
                    try access.redemptions(filter, before: $0, limit: 1)
                }
                #expect(found.map(\.entry) == found.map(\.entry).sorted(by: >))
                let count = try access.count(
                    .redemptions(filter), upTo: 1_000, at: VariedChain.now)
                #expect(count.number == UInt64(found.count))
                return found.count
            }
            #expect(try redeemed { _ in } == 3)
            #expect(try redeemed { $0.beneficiary = "=A \"hospital\"" } == 2)
            #expect(try redeemed { $0.beneficiary = "=a \"hospital\"" } == 0)
            #expect(try redeemed { $0.beneficiary = "A school" } == 1)
            #expect(try redeemed { $0.account = AccountID(4) } == 2)
            #expect(try redeemed { $0.location = CountryCode("ZAF") } == 1)
            #expect(try redeemed { $0.vintage = 2021 } == 3)
            #expect(try redeemed { $0.vintage = 2020 } == 1)
            #expect(try redeemed { $0.year = 2023 } == 3)
            #expect(try redeemed { $0.year = 2021 } == 0)
            func retired(_ change: (inout RetirementFilter) -> Void) throws -> [UInt64] {
                var filter = RetirementFilter()
                change(&filter)
                return try Self.all { try access.retirements(filter, before: $0, limit: 1) }
                    .map(\.value.account)
            }
            #expect(try retired { _ in } == [5, 2])
            #expect(try retired { $0.reason = .correction } == [2])
            #expect(try retired { $0.reason = .expired } == [])
            #expect(try retired { $0.account = AccountID(5) } == [5])
            #expect(try retired { $0.vintage = 2021 } == [5, 2])
            #expect(
                try retired {
                    $0.year = 2023
                    $0.account = AccountID(3)
                } == [])
            func acted(_ change: (inout TransactionFilter) -> Void) throws -> [LogIndex] {
                var filter = TransactionFilter()
                change(&filter)
                return try Self.all { try access.transactions(filter, before: $0, limit: 2) }
                    .map(\.index)
            }
            let whole = try access.transactions(of: nil, before: nil, limit: 100)
            #expect(try acted { _ in } == whole.map(\.index))
            for action in ActionName.allCases {
                let expected = whole.filter { record in
                    record.body.action.map { ActionName($0) == action } ?? false
                }.map(\.index)
                #expect(try acted { $0.action = action } == expected)
                let ofBuyer = try access.transactions(
                    of: AccountID(3), before: nil, limit: 100
                ).map(\.index)
                #expect(
                    try acted {
                        $0.action = action
                        $0.account = AccountID(3)
                    } == expected.filter { ofBuyer.contains($0) })
            }
        }
        try chain.store.close()
    }

    @Test("Reads of a month start in it")
    func reads() throws {
        let directory = try Directory()
        let chain = try VariedChain.make(directory)
        try chain.store.readNow { access throws in
            func energies(_ month: String, before: Timestamp? = nil) throws -> [UInt64] {
                try access.reads(
                    of: DeviceID(1), in: CivilMonth(time(month + "-01")), before: before, limit: 9
                ).map(\.window.energy.rawValue)
            }
            #expect(try energies("2021-03") == [300_400])
            #expect(try energies("2021-04") == [600_150])
            #expect(try energies("2021-05") == [])
            #expect(try energies("2021-02") == [])
            #expect(try energies("2021-04", before: time("2021-04-01")) == [])
            #expect(try energies("2021-03", before: Timestamp(.max)) == [300_400])
        }
        try chain.store.close()
    }

    @Test("Positions at the end of the numbers give an empty page, and no trap")
    func extremes() throws {
        let directory = try Directory()
        let chain = try VariedChain.make(directory)
        try chain.store.readNow { access throws in
            for far in [UInt64.max, .max - 1, 1 << 63, 1 << 63 - 1] as [UInt64] {
                var accounts = AccountFilter()
                accounts.kind = .buyer
                let nobody = try access.accounts(accounts, after: AccountID(far), limit: 9)
                #expect(nobody.items.isEmpty && nobody.next == nil)
                var filter = TransactionFilter()
                filter.action = .trade
                let trades = try access.transactions(filter, before: LogIndex(far), limit: 9)
                #expect(trades.items.count == 3)
                for lots in [LotFilter()]
                    + [2020 as UInt32].map({ year in
                        var filter = LotFilter()
                        filter.vintage = year
                        filter.deviceKind = .rooftop
                        filter.owner = AccountID(far)
                        return filter
                    })
                {
                    let series = SeriesID(project: ProjectID(far), vintage: .max)
                    let position = LotPosition(
                        series: series, serial: DRECSerial(DRECRange.maximumSerial))
                    let page = try access.lots(lots, after: position, limit: 9)
                    #expect(page.items.isEmpty && page.next == nil)
                }
            }
            let none = try access.transactions(
                TransactionFilter(), before: LogIndex(0), limit: 9)
            #expect(none.items.isEmpty && none.next == nil)
        }
        try chain.store.close()
    }
}

/// A lot with what its provenance tells of its energy.
private struct LotFacts {
    let lot: LotRecord
    let country: String
    let kinds: Set<ProtoDeviceKind>
    let offTakers: Set<ProtoOffTaker>

    static func all(_ access: ChainAccess) throws -> [LotFacts] {
        let lots = try access.lots(
            owner: nil, status: nil, series: nil, after: nil, limit: 10_000)
        return try lots.map { lot in
            let sources = try access.provenance(of: lot.range)?.sources ?? []
            let devices = try sources.compactMap {
                try access.device($0.device, at: $0.read.start)?.value.details
            }
            let project = try access.project(lot.range.series.project)
            return LotFacts(
                lot: lot, country: project?.value.country ?? "", kinds: Set(devices.map(\.kind)),
                offTakers: Set(devices.map(\.offTaker)))
        }
    }

    func matches(_ filter: LotFilter) -> Bool {
        (filter.owner.map { $0 == lot.owner } ?? true)
            && (filter.status.map { $0 == lot.status } ?? true)
            && (filter.series.map { $0 == lot.range.series } ?? true)
            && (filter.vintage.map { $0 == lot.range.series.vintage } ?? true)
            && (filter.country.map { $0.description == country } ?? true)
            && (filter.deviceKind.map { kinds.contains($0) } ?? true)
            && (filter.offTaker.map { offTakers.contains($0) } ?? true)
    }
}
