import Foundation
import Ledger
import Primitives
import SampleNetworks
import Store
import Testing
import Wire

@Suite("Lots found by stretches of serials")
struct LotIndexTests {
    /// 5 000 D-RECs in lots on both sides of the borders of stretches, of two owners and three
    /// statuses; more than one lot in most stretches, and stretches without any.
    private static func chain(_ directory: Directory) throws -> StoredChain {
        var network = SampleNetwork()
        var chain = try StoredChain(path: directory.file(), genesis: network.genesis)
        try chain.make(network.settling())
        try chain.make([
            network.reads([SampleNetwork.history(1, "2021-03-01", "2021-04-01", 5_000_000)])
        ])
        func range(_ first: UInt64, _ last: UInt64) -> ProtoRange {
            SampleNetwork.range(first, last)
        }
        let (developer, buyer) = (SampleNetwork.developer, SampleNetwork.buyer)
        try chain.make([
            network.trade(
                [
                    range(1, 1), range(255, 255), range(256, 256), range(258, 511),
                    range(512, 512), range(2_000, 2_900), range(4_999, 5_000),
                ], from: "developer", developer, to: buyer),
            // Back and on again within the block.
            network.trade([range(256, 256)], from: "buyer", buyer, to: developer),
            network.trade([range(256, 256)], from: "developer", developer, to: buyer),
            network.signed(
                SampleNetwork.redeem([range(300, 310), range(2_500, 2_501)]), as: buyer,
                by: "buyer"),
            network.signed(
                SampleNetwork.retire([range(600, 601), range(767, 768)]), as: developer,
                by: "developer"),
        ])
        try chain.make([
            network.trade([range(255, 256)], from: "buyer", buyer, to: developer),
            network.trade([range(1, 1)], from: "buyer", buyer, to: developer),
        ])
        return chain
    }

    @Test("Every owner, status, page and beginning gives what a look at all lots gives")
    func agrees() throws {
        let directory = try Directory()
        let chain = try Self.chain(directory)
        try chain.store.readNow { access in
            let all = try access.lots(
                owner: nil, status: nil, series: nil, after: nil, limit: 10_000)
            #expect(all.count > 15 && all.reduce(0) { $0 + $1.range.count } == 5_000)
            let owners = [nil] + [2, 3, 4].map { AccountID($0) }
            let statuses: [ProtoLotStatus?] = [nil, .active, .redeemed, .retired, .listed]
            for owner in owners {
                for status in statuses {
                    for after in [nil] + all.map({ Optional($0.range) }) {
                        let expected = all.filter { lot in
                            (owner == nil || lot.owner == owner)
                                && (status == nil || lot.status == status)
                                && after.map { lot.range > $0 } ?? true
                        }
                        for limit in [1, 2, 3, 100] {
                            let found = try access.lots(
                                owner: owner, status: status, series: nil, after: after,
                                limit: limit)
                            #expect(found.map(\.range) == expected.prefix(limit).map(\.range))
                        }
                    }
                }
            }
            let other = SeriesID(project: ProjectID(101), vintage: 2020)
            #expect(
                try access.lots(
                    owner: AccountID(SampleNetwork.buyer), status: .active, series: other,
                    after: nil, limit: 9
                ).isEmpty)
            // A beginning within a lot, and one behind all of them.
            let series = SeriesID(project: ProjectID(101), vintage: 2021)
            let within = try #require(
                DRECRange(series: series, first: DRECSerial(2_100), last: DRECSerial(2_100)))
            let behind = try access.lots(
                owner: AccountID(SampleNetwork.buyer), status: .active, series: series,
                after: within, limit: 9)
            #expect(behind.map(\.range.first.rawValue) == [2_502, 4_999])
            let last = try #require(
                DRECRange(series: series, first: DRECSerial(5_000), last: DRECSerial(5_000)))
            #expect(
                try access.lots(
                    owner: nil, status: .active, series: nil, after: last, limit: 9
                ).isEmpty)
        }
        try chain.store.close()
    }

    @Test("A file whose index was per lot is counted once when it is opened")
    func migrated() throws {
        let directory = try Directory()
        let chain = try Self.chain(directory)
        try chain.store.copy(to: directory.file("copy"))
        try chain.store.close()
        for sql in [
            "DROP TABLE lot_status", "DROP TABLE lot_owner",
            "CREATE TABLE lot_owner (x INTEGER) STRICT",
            "DELETE FROM grdb_migrations WHERE identifier = 'lots by stretches'",
        ] { try tamper(directory.file(), sql) }
        let store = try ChainStore(
            path: directory.file(), genesis: chain.genesis, creating: false)
        #expect(try store.differences(from: directory.file("copy")) == [])
        try store.close()
    }
}
