import Foundation
import Ledger
import Merkle
import Primitives
import SwiftProtobuf
import Wire

/// A chain of no blocks.
struct GenesisChain {
    let state: MemoryState
    let buckets: [Int: [UInt8]]
    let head: ChainHead
    let authorities: AuthoritySet

    init(_ genesis: GenesisDocument) throws {
        let changes = genesis.state.changes
        var tree = try StateTree(depth: 0)
        let overlay = try tree.update(
            changes.map { change in
                StateChange(
                    key: change.key.path, valueHash: change.value.map { Digest.sha256($0) })
            }, bucket: { _ in [] })
        try tree.commit(overlay)
        var state = MemoryState()
        state.write(changes)
        var buckets: [Int: [UInt8]] = [:]
        for bucket in overlay.changedBuckets { buckets[bucket.index] = bucket.bytes }
        let value = try state.value(for: .authorities(Epoch(0))) ?? Data()
        authorities = AuthoritySet(
            epoch: Epoch(0), value: try ProtoAuthoritySetValue(serializedBytes: value))
        head = ChainHead(
            height: Height(0), hash: genesis.hash,
            timeMilliseconds: genesis.founded.rawValue * 1_000, epoch: Epoch(0), view: View(0),
            frontier: LogFrontier(), stateRoot: tree.root)
        self.state = state
        self.buckets = buckets
    }
}
