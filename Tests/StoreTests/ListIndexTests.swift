import Foundation
import GRDB
import Ledger
import Primitives
import Replica
import SampleNetworks
import Store
import Testing
import Wire

@Suite("What lists are found by")
struct ListIndexTests {
    @Test("Every statement of a list looks into an index, and none scans or sorts a table")
    func plans() throws {
        let directory = try Directory()
        let chain = try VariedChain.make(directory)
        try chain.store.close()
        let queue = try DatabaseQueue(path: directory.file())
        try queue.read { db in
            func plan(_ sql: String) throws -> [String] {
                let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN \(sql)")
                let count = (1...9).last { sql.contains("?\($0)") } ?? 0
                statement.setUncheckedArguments(
                    StatementArguments(Array(repeating: 1, count: count)))
                return try Row.fetchAll(statement).map { $0["detail"] }
            }
            var searches = 0
            for sql in ListSQL.allCases.map(\.text) {
                for step in try plan(sql) {
                    #expect(step.hasPrefix("SEARCH "), "\(sql): \(step)")
                    #expect(step.contains("PRIMARY KEY"), "\(sql): \(step)")
                    searches += 1
                }
            }
            #expect(searches > 12)
            // That the check would see a scan, and a sort.
            #expect(try plan("SELECT item FROM posting WHERE item > 1")[0].hasPrefix("SCAN"))
            let sorted = try plan(
                "SELECT item FROM posting WHERE facet = 1 AND value = 1 ORDER BY value, item")
            let unsorted = try plan(
                "SELECT lots FROM lot_owner WHERE owner = 1 ORDER BY lots")
            #expect(sorted.count == 1 && unsorted.count == 2)
        }
        try queue.close()
    }

    @Test("A page costs no more looks than it may, whatever it is filtered for")
    func bounded() throws {
        let directory = try Directory()
        let chain = try VariedChain.make(directory)
        try chain.store.readNow { access throws in
            // Everything has the one, nothing the other: the index says so in a few looks.
            var devices = DeviceFilter()
            devices.country = CountryCode("KEN")
            devices.kind = .rooftop
            let none = try access.devices(
                devices, after: nil, limit: 9, at: VariedChain.now, steps: ListSteps(8))
            #expect(none.items.isEmpty && none.next == nil)
            // Where it takes more, the page ends and tells where it goes on.
            var lots = LotFilter()
            lots.status = .redeemed
            lots.offTaker = .community
            let first = try access.lots(lots, after: nil, limit: 9, steps: ListSteps(2))
            #expect(first.items.isEmpty && first.next != nil)
            let count = try access.count(
                .lots(lots), upTo: 9, at: VariedChain.now, steps: ListSteps(2))
            #expect(count == ListCount(number: 0, isExact: false))
            let all = try access.count(.lots(LotFilter()), upTo: 5, at: VariedChain.now)
            #expect(all == ListCount(number: 5, isExact: false))
        }
        try chain.store.close()
    }

    private static let forgetting = [
        "DROP TABLE posting", "DROP TABLE source_run", "DROP TABLE tally",
        "DELETE FROM grdb_migrations WHERE identifier = 'lists by what items are'",
    ]

    @Test("A file from before is indexed when it is opened, to the same rows")
    func migrated() throws {
        let directory = try Directory()
        let chain = try VariedChain.make(directory)
        try chain.store.copy(to: directory.file("copy"))
        try chain.store.close()
        for sql in Self.forgetting { try tamper(directory.file(), sql) }
        let store = try ChainStore(
            path: directory.file(), genesis: chain.genesis, creating: false)
        #expect(try store.differences(from: directory.file("copy")) == [])
        try store.close()
    }

    @Test("Block by block or all at once: a replay gives the same rows")
    func replayed() throws {
        let directory = try Directory()
        let chain = try VariedChain.make(directory)
        var copy = try StoredChain(path: directory.file("copy"), genesis: chain.genesis)
        for height in 1...chain.replica.head.height.rawValue {
            try copy.replay(Height(height), of: chain.store)
        }
        #expect(try chain.store.differences(from: directory.file("copy")) == [])
        for (table, sql) in [
            ("posting", "DELETE FROM posting WHERE facet = 1 AND value = 5 AND item = 3"),
            ("source_run", "UPDATE source_run SET last = last + 1"),
            ("tally", "UPDATE tally SET value = value + 1 WHERE topic = 4"),
        ] {
            try copy.store.close()
            try tamper(directory.file("copy"), sql)
            let (before, after) = try chain.store.rebuildReadModels(from: directory.file("copy"))
            do {
                #expect(before == [table] && after == [])
            }
            copy = try StoredChain(
                path: directory.file("copy"), genesis: chain.genesis, creating: false)
        }
        try copy.store.close()
        try chain.store.close()
    }

    @Test("Statistics are the sums over accounts, devices, series, issues and uses")
    func statistics() throws {
        let directory = try Directory()
        let chain = try VariedChain.make(directory)
        try chain.store.readNow { access throws in
            let statistics = try access.statistics()
            let accounts = try access.accounts(after: nil, limit: 100)
            for (kind, count) in statistics.accountsByKind {
                #expect(accounts.filter { $0.value.kind == kind }.count == Int(count))
            }
            #expect(statistics.accountsByKind.reduce(0) { $0 + $1.count } == 6)
            let devices = try (1...6).compactMap {
                try access.deviceRecord(DeviceID($0), at: VariedChain.now)?.value.details
            }
            for (kind, count) in statistics.devicesByKind {
                #expect(devices.filter { $0.kind == kind }.count == Int(count))
            }
            #expect(statistics.devicesByKind.map(\.count).reduce(0, +) == 6)
            #expect(
                statistics.devicesByCountry.map { "\($0.country) \($0.count)" } == [
                    "KEN 3", "ZAF 3",
                ])
            let totals = try access.totals(height: Height(5))
            let countries = statistics.countries
            #expect(countries.map(\.country.description) == ["KEN", "ZAF"])
            #expect(
                countries.reduce(0) { $0 + $1.issued.rawValue } == totals.issuedWattHours)
            #expect(countries.reduce(0) { $0 + $1.active } == totals.active)
            #expect(countries.reduce(0) { $0 + $1.redeemed } == totals.redeemed)
            #expect(countries.reduce(0) { $0 + $1.retired } == totals.retired)
            #expect(totals.redeemed == 7 && totals.retired == 4)
            let months = statistics.months
            #expect(months.map(\.month) == [CivilMonth(VariedChain.now)])
            #expect(months[0].issued.rawValue == totals.issuedWattHours)
            #expect(months[0].redeemed == 7 && months[0].retired == 4)
            #expect(statistics.issuedBefore == .zero)
        }
        try chain.store.close()
    }
}
