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

/// Writes a snapshot of a chain as it is now.
@discardableResult
func snapshot(
    of chain: StoredChain, in directory: Directory, _ name: String = "snapshot"
) throws -> SnapshotManifest {
    try #require(
        try chain.store.readNow { access in
            try access.writeSnapshot(
                of: chain.genesis.hash,
                to: SnapshotFileWriter(path: directory.path + "/" + name))
        })
}

/// Founds a chain from a snapshot and opens it.
func restored(
    _ genesis: GenesisDocument, in directory: Directory, from name: String = "snapshot",
    as file: String = "restored"
) throws -> StoredChain {
    try ChainStore.found(
        at: directory.file(file), genesis: genesis,
        from: SnapshotFile(path: directory.path + "/" + name))
    return try StoredChain(path: directory.file(file), genesis: genesis, creating: false)
}

@Suite("Snapshots in the store")
struct SnapshotTests {
    /// Everything that a state can hold today, and more than a tile of the log.
    static func busyChain(
        _ directory: Directory, _ network: inout SampleNetwork, members: Int = 300
    ) throws -> StoredChain {
        var chain = try StoredChain(path: directory.file(), genesis: network.genesis)
        for batch in busyBatches(&network) { try chain.make(batch) }
        for start in stride(from: 0, to: members, by: 100) {
            try chain.make((start..<start + 100).map { network.account("member \($0)") })
        }
        let rows = [SampleNetwork.history(1, "2021-04-01", 900)]
        try chain.make([network.reads(rows, deferred: true)])
        return chain
    }

    /// Further blocks that use what was there before: a mint of deferred reads, trades of old
    /// lots, a redemption, new members, devices and reads.
    static func furtherBatches(_ network: inout SampleNetwork, deferred: UInt64) -> [[Data]] {
        let developer = SampleNetwork.developer
        return [
            [
                network.signed(
                    .mint(.with { $0.evidence = deferred }), as: developer, by: "developer",
                    reads: [SampleNetwork.history(1, "2021-04-01", 900)]),
                network.account("newcomer"),
            ],
            [
                network.trade(
                    [SampleNetwork.range(9, 10)], from: "developer", developer,
                    to: SampleNetwork.buyer)
            ],
            [
                network.signed(
                    SampleNetwork.redeem([SampleNetwork.range(9, 9)]), as: SampleNetwork.buyer,
                    by: "buyer"),
                network.signed(
                    SampleNetwork.devices(named: ["three"]), as: developer, by: "developer"),
            ],
            [network.reads([SampleNetwork.history(2, "2021-05-01", 2_300)])],
        ]
    }

    @Test("A restored chain is at the same head, with the same state, log edge and authorities")
    func restoring() throws {
        let directory = try Directory()
        var network = SampleNetwork()
        let chain = try Self.busyChain(directory, &network)
        let manifest = try snapshot(of: chain, in: directory)
        #expect(manifest.height == chain.replica.head.height)
        #expect(manifest.blockHash == chain.replica.head.hash)
        #expect(manifest.leafCount == UInt64(chain.replica.tree.leafCount))
        let other = try restored(network.genesis, in: directory)
        #expect(other.replica.head == chain.replica.head)
        #expect(other.replica.tree.root == chain.replica.tree.root)
        #expect(other.replica.tree.leafCount == chain.replica.tree.leafCount)
        #expect(other.replica.tree.depth == chain.replica.tree.depth)
        #expect(other.replica.authorities == chain.replica.authorities)
        #expect(other.store.base?.hash == chain.replica.head.hash)
        #expect(chain.store.base == nil)
        // State and tree row by row; what is gone is history alone.
        #expect(
            try other.store.differences(from: directory.file()) == [
                "log_tile", "entry", "block", "read", "placement", "account_entry",
                "device_total", "total", "posting", "source_run", "tally",
            ])
        let (totals, before) = try (
            other.store.readNow { try $0.totals(height: Height(0)) },
            chain.store.readNow { try $0.totals(height: Height(0)) }
        )
        #expect(totals.reads == 0 && before.reads > 0)
        var same = before
        same.reads = 0
        #expect(totals == same)
        for id in [DeviceID(1), DeviceID(2)] {
            let time = chain.replica.head.time
            let device = try other.store.readNow { try $0.deviceRecord(id, at: time) }
            let known = try chain.store.readNow { try $0.deviceRecord(id, at: time) }
            #expect(device?.energy == known?.energy && device?.readCount == 0)
        }
        // Nothing but the file is left.
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        #expect(names.allSatisfy { !$0.contains("founding") && !$0.contains("partial") })
        try chain.store.close()
        try other.store.close()
    }

    @Test("The original and the restored chain take the same blocks to the same roots and rows")
    func goingOn() throws {
        let directory = try Directory()
        var network = SampleNetwork()
        var chain = try Self.busyChain(directory, &network)
        try snapshot(of: chain, in: directory)
        let base = chain.replica.head
        var other = try restored(network.genesis, in: directory)
        // Enough to make both trees deeper and to begin a tile.
        var batches = Self.furtherBatches(&network, deferred: base.frontier.size - 1)
        for start in stride(from: 0, to: 300, by: 100) {
            batches.append((start..<start + 100).map { network.account("later \($0)") })
        }
        for batch in batches {
            let block = try #require(try chain.make(batch))
            #expect(block.transactions.count == batch.count)
            try other.replay(Height(block.header.height), of: chain.store)
            #expect(other.replica.head == chain.replica.head)
        }
        // And the restored one may be the leader as well.
        try other.make([network.account("last")])
        try chain.replay(other.replica.head.height, of: other.store)
        #expect(chain.replica.head == other.replica.head)

        let first = base.frontier.size
        let size = chain.replica.head.frontier.size
        let root = chain.replica.head.frontier.root
        let rows = { (store: ChainStore) in
            try store.readNow { access in
                try (
                    access.transactions(of: nil, before: nil, limit: 1_000)
                        .filter { $0.index.rawValue >= first }.map(\.id),
                    access.transactions(
                        of: AccountID(SampleNetwork.developer), before: nil, limit: 1_000
                    ).filter { $0.index.rawValue >= first }.map(\.id),
                    access.blocks(before: nil, limit: 1_000)
                        .filter { $0.header.height > base.height.rawValue }.map(\.hash),
                    access.reads(of: DeviceID(2), before: nil, limit: 1_000)
                        .filter { $0.entry.rawValue >= first }.map(\.window),
                    access.lots(
                        owner: AccountID(SampleNetwork.buyer), status: nil, series: nil,
                        after: nil, limit: 1_000
                    ).map(\.range),
                    access.redemptions(before: nil, limit: 1_000).map(\.entry)
                )
            }
        }
        #expect(try rows(other.store) == rows(chain.store))
        #expect(try rows(other.store).0.count == Int(size - first))
        // Every later entry is proved, against the head and against earlier sizes.
        try other.store.readNow { access in
            for index in first..<size {
                let proof = try access.logProof(of: LogIndex(index))
                let known = try chain.store.readNow { try $0.logProof(of: LogIndex(index)) }
                #expect(proof == known)
                let early = try access.logProof(of: LogIndex(index), size: index + 1)
                let earlier = try chain.store.readNow {
                    try $0.logProof(of: LogIndex(index), size: index + 1)
                }
                #expect(early == earlier)
            }
            #expect(
                try access.consistencyProof(from: first, to: size)
                    == chain.store.readNow {
                        try $0.consistencyProof(from: first, to: size)
                    })
            for key in [StateKey.account(AccountID(3)), .account(AccountID(9_999)), .counters] {
                let value = try access.value(for: key)
                #expect(
                    try access.stateProof(for: key).verify(
                        key: key.path, valueHash: value.map { Digest.sha256($0) },
                        root: chain.replica.head.stateRoot))
            }
        }
        #expect(root == other.replica.head.frontier.root)
        #expect(
            try other.store.differences(from: directory.file()) == [
                "log_tile", "entry", "block", "read", "placement", "account_entry",
                "device_total", "total", "posting", "source_run", "tally",
            ])
        try chain.store.close()
        try other.store.close()
    }

    @Test("A replay from the snapshot gives the restored chain again, row by row")
    func replaying() throws {
        let directory = try Directory()
        var network = SampleNetwork()
        var chain = try Self.busyChain(directory, &network)
        try snapshot(of: chain, in: directory)
        var other = try restored(network.genesis, in: directory)
        for batch in Self.furtherBatches(
            &network, deferred: chain.replica.head.frontier.size - 1)
        {
            let block = try #require(try chain.make(batch))
            try other.replay(Height(block.header.height), of: chain.store)
        }
        var copy = try restored(network.genesis, in: directory, as: "copy")
        let base = try #require(copy.store.base).height.rawValue
        for height in (base + 1)...other.replica.head.height.rawValue {
            try copy.replay(Height(height), of: other.store)
        }
        #expect(try other.store.differences(from: directory.file("copy")) == [])
        // A block from before is not there to be replayed.
        #expect(throws: StoreError.damaged("block \(base)")) {
            try copy.replay(Height(base), of: other.store)
        }
        for file in [chain, other, copy] { try file.store.close() }
    }

    @Test("What lies before the snapshot is missing and said to be missing")
    func history() throws {
        let directory = try Directory()
        var network = SampleNetwork()
        var chain = try Self.busyChain(directory, &network)
        try snapshot(of: chain, in: directory)
        let base = chain.replica.head
        var other = try restored(network.genesis, in: directory)
        for batch in Self.furtherBatches(&network, deferred: base.frontier.size - 1) {
            let block = try #require(try chain.make(batch))
            try other.replay(Height(block.header.height), of: chain.store)
        }
        try other.store.readNow { access in
            #expect(try access.block(base.height) == nil && access.blockBytes(base.height) == nil)
            #expect(try access.block(hash: base.hash) == nil)
            #expect(try access.transaction(at: LogIndex(3)) == nil)
            #expect(try access.blocks(before: nil, limit: 100).count == 4)
            func provenance(_ first: UInt64, _ last: UInt64) throws -> ProvenanceRecord {
                let range = try #require(DRECRange("DREC101-2021-\(first)..\(last)"))
                return try #require(try access.provenance(of: range))
            }
            // Untouched since: no source and no step, and it says so.
            let old = try provenance(1, 1)
            #expect(old.truncation == .history && old.sources.isEmpty && old.steps.isEmpty)
            // Traded and redeemed since: these steps are there.
            let moved = try provenance(9, 9)
            #expect(moved.truncation == .history)
            #expect(moved.steps.map(\.kind) == [.trade, .redeem])
            #expect(moved.redemptions.count == 1)
            // Minted since from a read of before: the step is there, the read is not.
            let minted = try provenance(12, 12)
            #expect(minted.truncation == .history && minted.steps.map(\.kind) == [.mint])
            // Minted since, all of it.
            let new = try provenance(14, 14)
            #expect(new.truncation.isEmpty && new.sources.count == 1)
            #expect(new.sources.first?.share == WattHours(1_000))
            // A redemption of before is in the state; its transaction is not here.
            let redemptions = try access.redemptions(before: nil, limit: 10)
            #expect(redemptions.count == 2)
            #expect(redemptions.map { $0.transaction == nil } == [false, true])
            // Log entries of before cannot be proved, and no wrong proof is made.
            #expect(throws: (any Error).self) { try access.logProof(of: LogIndex(3)) }
        }
        let range = try #require(DRECRange("DREC101-2021-1..14"))
        let whole = try #require(try chain.store.readNow { try $0.provenance(of: range) })
        #expect(whole.truncation.isEmpty)
        try chain.store.close()
        try other.store.close()
    }
}
