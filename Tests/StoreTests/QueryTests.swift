import Foundation
import Ledger
import Merkle
import Primitives
import Replica
import SampleNetworks
import Store
import SwiftProtobuf
import Testing
import Wire

@Suite("Queries and their pages")
struct QueryTests {
    private func chain(_ directory: Directory) throws -> StoredChain {
        var network = SampleNetwork()
        var chain = try StoredChain(path: directory.file(), genesis: network.genesis)
        for batch in busyBatches(&network) { try chain.make(batch) }
        return chain
    }

    /// Pages through a list from its beginning; at most 50 pages.
    private func pages<Item>(
        limit: Int, _ page: (Item?, Int) throws -> [Item]
    ) rethrows -> [Item] {
        var all: [Item] = []
        for _ in 0..<50 {
            let next = try page(all.last, limit)
            #expect(next.count <= limit)
            if next.isEmpty { break }
            all += next
        }
        return all
    }

    @Test("Lots are found by owner, status and series, and agree with the certificates")
    func lots() throws {
        let directory = try Directory()
        let chain = try chain(directory)
        try chain.store.readNow { access in
            func serials(
                _ owner: UInt64?, _ status: ProtoLotStatus? = nil
            ) throws -> [ClosedRange<UInt64>] {
                try access.lots(
                    owner: owner.map { AccountID($0) }, status: status, series: nil, after: nil,
                    limit: 100
                ).map { $0.range.first.rawValue...$0.range.last.rawValue }
            }
            let all = try serials(nil)
            #expect(all.flatMap { Array($0) } == Array(1...11))
            #expect(try serials(SampleNetwork.buyer, .redeemed) == [6...7])
            #expect(try serials(SampleNetwork.developer, .retired) == [4...4])
            #expect(
                try serials(SampleNetwork.buyer, .active).flatMap { Array($0) } == [2, 5, 8])
            #expect(
                try serials(SampleNetwork.developer, .active).flatMap { Array($0) }
                    == [1, 3, 9, 10, 11])
            #expect(try serials(nil, .redeemed) == [6...7])
            #expect(try serials(99).isEmpty)
            let other = SeriesID(project: ProjectID(101), vintage: 2020)
            #expect(
                try access.lots(owner: nil, status: nil, series: other, after: nil, limit: 9)
                    .isEmpty)
            for owner in [nil, AccountID(SampleNetwork.developer), AccountID(SampleNetwork.buyer)] {
                for status in [nil, ProtoLotStatus.active] {
                    let whole = try access.lots(
                        owner: owner, status: status, series: nil, after: nil, limit: 100
                    ).map(\.range)
                    for limit in 1...4 {
                        let paged: [LotRecord] = try pages(limit: limit) { last, limit in
                            try access.lots(
                                owner: owner, status: status, series: nil, after: last?.range,
                                limit: limit)
                        }
                        #expect(paged.map(\.range) == whole)
                    }
                }
            }
        }
        try chain.store.close()
    }

    @Test("Blocks, transactions, reads, redemptions: pages are the whole, each item once")
    func newestFirst() throws {
        let directory = try Directory()
        let chain = try chain(directory)
        try chain.store.readNow { access in
            for limit in [1, 2, 3, 100] {
                let blocks: [BlockRecord] = try pages(limit: limit) { last, limit in
                    try access.blocks(
                        before: last.map { Height($0.header.height) }, limit: limit)
                }
                #expect(blocks.map(\.header.height) == [5, 4, 3, 2, 1])
                let all: [TransactionRecord] = try pages(limit: limit) { last, limit in
                    try access.transactions(of: nil, before: last?.index, limit: limit)
                }
                #expect(all.map(\.index.rawValue) == Array((0...9).reversed()))
                let buyers: [TransactionRecord] = try pages(limit: limit) { last, limit in
                    try access.transactions(
                        of: AccountID(SampleNetwork.buyer), before: last?.index, limit: limit)
                }
                // Registered, bought, sold, redeemed.
                #expect(buyers.map(\.index.rawValue) == [8, 7, 6, 1])
                let reads: [ReadRecord] = try pages(limit: limit) { last, limit in
                    try access.reads(
                        of: DeviceID(1), before: last?.window.start, limit: limit)
                }
                #expect(reads.map(\.window.energy.rawValue) == [300, 1_250, 400])
                let redemptions: [RedemptionRecord] = try pages(limit: limit) { last, limit in
                    try access.redemptions(before: last?.entry, limit: limit)
                }
                #expect(redemptions.map(\.entry.rawValue) == [8])
                let accounts: [AccountRecord] = try pages(limit: limit) { last, limit in
                    try access.accounts(after: last?.id, limit: limit)
                }
                #expect(accounts.map(\.id.rawValue) == [1, 2, 3])
                let projects: [ProjectRecord] = try pages(limit: limit) { last, limit in
                    try access.projects(after: last?.id, limit: limit)
                }
                #expect(projects.map(\.id.rawValue) == [101])
            }
        }
        try chain.store.close()
    }

    @Test("Devices of all and of an owner come page by page, with energy and reads")
    func devices() throws {
        let directory = try Directory()
        let chain = try chain(directory)
        let now = time("2023-06-15T12:00:00Z")
        try chain.store.readNow { access in
            for owner in [nil, AccountID(SampleNetwork.developer)] {
                for limit in 1...3 {
                    let devices: [DeviceRecord] = try pages(limit: limit) { last, limit in
                        try access.devices(of: owner, after: last?.id, limit: limit, at: now)
                    }
                    #expect(devices.map(\.id.rawValue) == [1, 2])
                    #expect(devices.map(\.energy.rawValue) == [1_950, 9_050])
                    #expect(devices.map(\.readCount) == [3, 2])
                }
            }
            #expect(
                try access.devices(
                    of: AccountID(SampleNetwork.buyer), after: nil, limit: 9, at: now
                ).isEmpty)
            let months = try access.months(of: DeviceID(1), limit: 12, at: now)
            #expect(months.count == 1 && months[0].days.count == 31)
            #expect(months[0].days.prefix(3) == [400, 1_250, 300])
            #expect(months[0].days.allSatisfy { $0 <= months[0].dayLimit })
        }
        try chain.store.close()
    }

    @Test("Cursors at the end of the numbers give an empty page, not a trap, not the beginning")
    func extremeCursors() throws {
        let directory = try Directory()
        let chain = try chain(directory)
        let now = time("2023-06-15T12:00:00Z")
        try chain.store.readNow { access in
            for far in [UInt64.max, .max - 1, 1 << 63, 1 << 63 - 1] as [UInt64] {
                #expect(try access.accounts(after: AccountID(far), limit: 9).isEmpty)
                #expect(try access.projects(after: ProjectID(far), limit: 9).isEmpty)
                #expect(
                    try access.devices(of: nil, after: DeviceID(far), limit: 9, at: now).isEmpty)
                let beyond = try access.devices(
                    of: AccountID(SampleNetwork.developer), after: DeviceID(far), limit: 9,
                    at: now)
                do {
                    #expect(beyond.isEmpty)
                }
                #expect(try access.blocks(before: Height(far), limit: 9).count == 5)
                #expect(try access.block(Height(far)) == nil)
                #expect(try access.blockBytes(Height(far)) == nil)
                #expect(try access.transaction(at: LogIndex(far)) == nil)
                #expect(try access.transactionBytes(at: LogIndex(far)) == nil)
                #expect(
                    try access.transactions(of: nil, before: LogIndex(far), limit: 9).count == 9)
                #expect(
                    try access.reads(of: DeviceID(1), before: Timestamp(far), limit: 9).count == 3)
                #expect(try access.reads(of: DeviceID(far), before: nil, limit: 9).isEmpty)
                #expect(try access.redemptions(before: LogIndex(far), limit: 9).count == 1)
                #expect(try access.deviceRecord(DeviceID(far), at: now) == nil)
                #expect(try access.months(of: DeviceID(far), limit: 9, at: now).isEmpty)
            }
            #expect(try access.blocks(before: Height(0), limit: 9).isEmpty)
            #expect(try access.redemptions(before: LogIndex(0), limit: 9).isEmpty)
            #expect(try access.transactions(of: nil, before: LogIndex(0), limit: 9).isEmpty)
            let last = DRECSerial(DRECRange.maximumSerial)
            let far = try #require(
                DRECRange(
                    series: SeriesID(project: ProjectID(.max), vintage: .max), first: last,
                    last: last))
            #expect(
                try access.lots(owner: nil, status: nil, series: nil, after: far, limit: 9)
                    .isEmpty)
            let beyond = try access.lots(
                owner: AccountID(SampleNetwork.developer), status: nil, series: nil, after: far,
                limit: 9)
            do {
                #expect(beyond.isEmpty)
            }
        }
        try chain.store.close()
    }

    @Test("Blocks and transactions are found by hash, id and index, with the bytes that came")
    func lookUps() throws {
        let directory = try Directory()
        var network = SampleNetwork()
        var chain = try StoredChain(path: directory.file(), genesis: network.genesis)
        let bytes = network.settling()
        let block = try #require(try chain.make(bytes))
        try chain.store.readNow { access in
            #expect(try access.block(hash: block.hash)?.header == block.header)
            #expect(try access.block(Height(1))?.firstEntry == LogIndex(0))
            #expect(try access.block(hash: network.network) == nil)
            #expect(try access.blockBytes(Height(1))?.block == block.bytes)
            for (index, bytes) in bytes.enumerated() {
                let applied = block.transactions[index]
                let record = try #require(try access.transaction(applied.transaction.id))
                #expect(record.index == applied.index && record.receipt == applied.receipt)
                #expect(record.body == applied.transaction.body)
                #expect(try access.transactionBytes(at: applied.index) == bytes)
                #expect(try access.index(of: applied.transaction.id) == applied.index)
            }
            #expect(try access.transaction(.zero) == nil)
        }
        try chain.store.close()
    }

    @Test(
        "Totals by status are the sums over the series, also in a file from before they were kept")
    func totalsByStatus() throws {
        let directory = try Directory()
        let chain = try chain(directory)
        func check(_ store: ChainStore) throws {
            try store.readNow { access in
                let totals = try access.totals(height: Height(5))
                let series = try access.projects(after: nil, limit: 100).flatMap(\.series)
                #expect(!series.isEmpty)
                #expect(totals.active == series.reduce(0) { $0 + $1.value.active })
                #expect(totals.redeemed == series.reduce(0) { $0 + $1.value.redeemed })
                #expect(totals.retired == series.reduce(0) { $0 + $1.value.retired })
                #expect(totals.active == 8 && totals.redeemed == 2 && totals.retired == 1)
            }
        }
        try check(chain.store)
        try chain.store.close()
        try tamper(
            directory.file(),
            """
            DELETE FROM total WHERE name IN ('active', 'redeemed', 'retired');
            DELETE FROM grdb_migrations WHERE identifier = 'totals by status'
            """)
        let old = try ChainStore(
            path: directory.file(), genesis: chain.genesis, creating: false)
        try check(old)
        try old.close()
    }

    @Test("Months go on below another one, the newest first")
    func monthsBefore() throws {
        let directory = try Directory()
        var network = SampleNetwork()
        var chain = try StoredChain(path: directory.file(), genesis: network.genesis)
        try chain.make(network.settling())
        try chain.make([
            network.reads(
                (1...9).map { SampleNetwork.history(1, "2021-0\($0)-05", 10) })
        ])
        try chain.store.readNow { access in
            let now = Timestamp(SampleNetwork.beginning / 1_000)
            let paged: [DeviceMonthRecord] = try pages(limit: 2) { last, limit in
                try access.months(
                    of: DeviceID(1), before: last?.month, limit: limit, at: now)
            }
            #expect(paged.map(\.month.month) == Array((1...9).reversed()))
            for ordinal in [0, 1] as [UInt32] {
                let before = CivilMonth(ordinal: ordinal)
                let none = try access.months(of: DeviceID(1), before: before, limit: 9, at: now)
                #expect(none.isEmpty)
            }
            let last = CivilMonth(ordinal: .max)
            let all = try access.months(of: DeviceID(1), before: last, limit: 99, at: now)
            #expect(all.count == 9)
        }
        try chain.store.close()
    }
}
