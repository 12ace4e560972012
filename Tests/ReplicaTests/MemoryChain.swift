import Foundation
import Ledger
import Merkle
import Primitives
import Replica
import SampleNetworks
import SwiftProtobuf
import Wire

/// A replica with everything that it needs in memory: what a node is without disk and clock.
struct MemoryChain {
    private(set) var replica: ChainReplica
    private(set) var leaves = SortedState()
    private var buckets: [Int: [UInt8]] = [:]

    init(_ genesis: GenesisDocument) throws {
        let changes = genesis.state.changes
        var tree = try StateTree(depth: 0)
        let overlay = try tree.update(
            changes.map { change in
                StateChange(
                    key: change.key.path,
                    valueHash: change.value.map { Digest.sha256(Array($0)) })
            }, bucket: { _ in [] })
        try tree.commit(overlay)
        leaves.write(changes)
        for bucket in overlay.changedBuckets { buckets[bucket.index] = bucket.bytes }
        let value = try leaves.value(for: .authorities(Epoch(0))) ?? Data()
        replica = ChainReplica(
            network: genesis.hash,
            head: ChainHead(
                height: Height(0), hash: genesis.hash,
                timeMilliseconds: genesis.founded.rawValue * 1_000, epoch: Epoch(0),
                view: View(0), frontier: LogFrontier(), stateRoot: tree.root),
            authorities: AuthoritySet(
                epoch: Epoch(0), value: try ProtoAuthoritySetValue(serializedBytes: value)),
            tree: tree)
    }

    var state: ChainReplica.FinalState {
        ChainReplica.FinalState(leaves: leaves, bucket: { [buckets] in buckets[$0] ?? [] })
    }

    /// Writes a final block and moves on to it.
    mutating func take(_ block: FinalBlock) throws {
        leaves.write(block.changes)
        for bucket in block.tree.changedBuckets { buckets[bucket.index] = bucket.bytes }
        try replica.advance(to: block)
    }

    /// Executes a block as it travels, and moves on to it.
    mutating func take(_ bytes: Data, _ finalization: ProtoFinalization) throws {
        let (header, transactions) = try replica.decode(bytes)
        try take(
            try replica.execute(
                header: header, transactions: transactions, finalization: finalization,
                on: state))
    }

    /// Proposes a block, has it voted on, and moves on to it.
    @discardableResult
    mutating func make(
        _ transactions: [Transaction], now: UInt64 = SampleNetwork.beginning,
        evenIfEmpty: Bool = false
    ) throws -> FinalBlock? {
        let (draft, _) = try replica.propose(
            transactions, now: now, on: state, evenIfEmpty: evenIfEmpty)
        guard let draft else { return nil }
        let block = draft.finalised(by: finalization(of: draft.subject))
        try take(block)
        return block
    }

    /// The vote of the named members.
    func finalization(
        of subject: VoteSubject, by names: [Int: String] = [0: "north vote"]
    ) -> ProtoFinalization {
        let payload = subject.payload(network: replica.network)
        return ProtoFinalization(
            subject: subject, signatures: names.mapValues { key($0).sign(.finalize, payload) })
    }
}
