import Foundation
import Ledger
import Merkle
import Primitives
import Replica
import Wire

/// The end of a run: states are looked at as wholes, and the chain is replayed from genesis.
extension Simulation {
    func finishAudit() throws {
        auditor.settleAccounts()
        checkBounds()
        if scenario.defect == .damagedState { nodes[defective].disk.damage() }
        for index in nodes.indices where isHonest(index) {
            auditor.examine(
                nodes[index].disk.state.leaves.map { leaf in
                    Auditor.Leaf(key: leaf.key.bytes, path: leaf.key.path, value: leaf.value)
                }, of: index)
        }
        try replay()
        try verifyHeaders()
    }

    /// S7: a replay from genesis equals the live state.
    private func replay() throws {
        let live = nodes.filter { isHonest($0.index) }
            .max { $0.disk.blocks.count < $1.disk.blocks.count }
        guard let live else { return }
        do {
            let state = try replayed(live.disk.blocks)
            if state.leaves != live.disk.state.leaves {
                auditor.report("S7", "a replay gives another state than node \(live.index) has")
            }
        } catch {
            auditor.report("S7", "the chain of node \(live.index) cannot be replayed: \(error)")
        }
    }

    private func replayed(_ blocks: [FinalBlock]) throws -> MemoryState {
        let start = world.start
        var state = start.state
        var buckets = start.buckets
        let roots = try buckets.keys.sorted().map { index in
            let bucket = try StateBucket(index: index, depth: 0, bytes: buckets[index] ?? [])
            return StateTree.BucketRoot(index: index, root: bucket.root, count: bucket.count)
        }
        var chain = ChainReplica(
            network: world.network, head: start.head, authorities: start.authorities,
            tree: try StateTree(depth: 0, bucketRoots: roots), succession: succession)
        for block in blocks {
            let (header, transactions) = try chain.decode(block.bytes)
            let read: (Int) throws -> [UInt8] = { [buckets] in buckets[$0] ?? [] }
            let tip = chain.tip(on: ChainReplica.FinalState(leaves: state, bucket: read))
            let result = try chain.execute(
                header: header, transactions: transactions, on: tip, bucket: read
            ).finalised(by: block.finalization)
            state.write(result.changes)
            for applied in result.transactions {
                for window in applied.windows { state.record(window, entry: applied.index) }
            }
            for bucket in result.tree.changedBuckets { buckets[bucket.index] = bucket.bytes }
            try chain.advance(to: result)
        }
        return state
    }
}
