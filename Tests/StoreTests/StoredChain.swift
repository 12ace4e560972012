import Foundation
import GRDB
import Ledger
import Merkle
import Primitives
import Replica
import SampleNetworks
import Store
import Wire

/// A directory of its own that goes with the value.
final class Directory {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "drec-store-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String = "chain") -> String { "\(path)/\(name).sqlite" }
}

/// A chain on disk and the replica that extends it, as a driver does.
struct StoredChain {
    let store: ChainStore
    let genesis: GenesisDocument
    var replica: ChainReplica

    init(path: String, genesis: GenesisDocument, creating: Bool = true) throws {
        self.genesis = genesis
        store = try ChainStore(path: path, genesis: genesis, creating: creating, durable: false)
        let loaded = try store.load()
        replica = ChainReplica(
            network: genesis.hash, head: loaded.head, authorities: loaded.authorities,
            tree: loaded.tree)
    }

    /// Proposes, votes, writes.
    @discardableResult
    mutating func make(
        _ transactions: [Data], now: UInt64 = SampleNetwork.beginning, evenIfEmpty: Bool = false
    ) throws -> FinalBlock? {
        let decoded = try transactions.map {
            try Transaction(decoding: $0, network: genesis.hash)
        }
        let current = replica
        let block = try store.advance { access -> FinalBlock? in
            let (draft, _) = try current.propose(
                decoded, now: now, on: state(access, current), evenIfEmpty: evenIfEmpty)
            guard let draft else { return nil }
            let payload = draft.subject.payload(network: genesis.hash)
            let block = draft.finalised(
                by: ProtoFinalization(
                    subject: draft.subject,
                    signatures: [0: SampleNetwork.voteKey.sign(.finalize, payload)]))
            try access.write(block)
            return block
        }
        if let block {
            try replica.advance(to: block)
            try deepen()
        }
        return block
    }

    /// Executes a stored block of another file.
    mutating func replay(_ height: Height, of other: ChainStore) throws {
        guard let stored = try other.readNow({ try $0.blockBytes(height) }) else {
            throw StoreError.damaged("block \(height)")
        }
        let (header, transactions) = try replica.decode(stored.block)
        let current = replica
        let block = try store.advance { access in
            let block = try current.execute(
                header: header, transactions: transactions, finalization: stored.finalization,
                on: state(access, current))
            try access.write(block)
            return block
        }
        try replica.advance(to: block)
        try deepen()
    }

    private func state(_ access: ChainAccess, _ replica: ChainReplica) -> ChainReplica.FinalState {
        let depth = replica.tree.depth
        return ChainReplica.FinalState(
            leaves: access, bucket: { try access.bucket($0, depth: depth) })
    }

    mutating func deepen() throws {
        while replica.tree.wantsDeepening {
            let depth = replica.tree.depth
            var deeper = replica
            try store.advance { access in
                try deeper.deepenTree(
                    bucket: { try access.bucket($0, depth: depth) },
                    store: { try access.storeDeepened($0, depth: depth + 1) })
                try access.finishDeepening(to: depth + 1)
            }
            replica = deeper
        }
    }
}

/// Runs SQL on a file behind the store's back.
func tamper(_ path: String, _ sql: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.write { try $0.execute(sql: sql) }
    try queue.close()
}

/// Three blocks or more: accounts, devices, reads, a trade, a redemption, a retirement.
func busyBatches(_ network: inout SampleNetwork) -> [[Data]] {
    let developer = SampleNetwork.developer
    let buyer = SampleNetwork.buyer
    return [
        network.settling(),
        [
            // 3 000 Wh from three reads of two devices: no boundary at a whole kWh.
            network.reads([
                SampleNetwork.history(1, "2021-03-01", 400),
                SampleNetwork.history(2, "2021-03-01", 1_350),
                SampleNetwork.history(1, "2021-03-02", 1_250),
            ]),
            network.reads([SampleNetwork.history(2, "2021-03-02", 7_700)]),
        ],
        [network.reads([SampleNetwork.history(1, "2021-03-03", 300)])],
        [
            network.trade(
                [SampleNetwork.range(2, 8)], from: "developer", developer, to: buyer),
            network.trade([SampleNetwork.range(3, 4)], from: "buyer", buyer, to: developer),
        ],
        [
            network.signed(
                SampleNetwork.redeem([SampleNetwork.range(6, 7)]), as: buyer, by: "buyer"),
            network.signed(
                SampleNetwork.retire([SampleNetwork.range(4, 4)]), as: developer,
                by: "developer"),
        ],
    ]
}
