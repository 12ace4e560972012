import Foundation
import Ledger
import Merkle
import Primitives
import Wire

/// A block that was executed and is not written yet, with all that it changes.
///
/// Its overlay holds its own changes alone and no reader: the state below is put under it for each
/// use, so no reader outlives its call and no chain of overlays grows.
struct ExecutedBlock {
    let hash: Digest
    let header: ProtoHeader
    let headerBytes: Data
    let bytes: Data
    let applied: [AppliedTransaction]
    let changes: [(key: StateKey, value: Data?)]
    let overlay: StateOverlay
    private(set) var tree: StateTreeOverlay
    let frontier: LogFrontier
    let logNodes: [LogNode]
    /// Of the blocks on it.
    let authorities: AuthoritySet
    let nextAuthorities: AuthoritySet?
    let parentHash: Digest

    init(_ draft: ChainReplica.Draft, bytes: Data, on tip: BlockTip) {
        hash = draft.hash
        header = draft.header
        headerBytes = draft.headerBytes
        self.bytes = bytes
        applied = draft.execution.applied
        changes = draft.changes
        overlay = draft.execution.state.rebased(on: EmptyState())
        tree = draft.tree
        frontier = draft.frontier
        logNodes = draft.logNodes
        authorities = draft.nextAuthorities ?? tip.authorities
        nextAuthorities = draft.nextAuthorities
        parentHash = tip.head.hash
    }

    var height: Height { Height(header.height) }
    var view: View { View(header.view) }
    /// Whether it ends its epoch.
    var isBoundary: Bool { nextAuthorities != nil }

    var head: ChainHead {
        ChainHead(
            height: height, hash: hash, timeMilliseconds: header.timeMilliseconds,
            epoch: Epoch(header.epoch), view: view, frontier: frontier, stateRoot: tree.root)
    }

    func finalised(by finalization: ProtoFinalization) -> FinalBlock {
        FinalBlock(
            hash: hash, header: header, headerBytes: headerBytes, finalization: finalization,
            transactions: applied, changes: changes, tree: tree, frontier: frontier,
            logNodes: logNodes, nextAuthorities: nextAuthorities)
    }

    /// Follows the tree one level down.
    mutating func deepen() throws { tree = try tree.deepened() }
}

/// Executed blocks above the final chain: branches that share their beginnings.
struct BlockTree {
    /// In the order of execution; few, so they are searched one by one.
    private(set) var blocks: [ExecutedBlock] = []

    subscript(hash: Digest) -> ExecutedBlock? { blocks.first { $0.hash == hash } }

    mutating func insert(_ block: ExecutedBlock) { blocks.append(block) }

    /// The blocks from the one after `base` to the one named, oldest first; empty for the base
    /// itself, nil where they do not connect.
    func path(from base: Digest, to hash: Digest) -> [ExecutedBlock]? {
        var path: [ExecutedBlock] = []
        var cursor = hash
        while cursor != base {
            guard let block = self[cursor], path.count <= blocks.count else { return nil }
            path.append(block)
            cursor = block.parentHash
        }
        return path.reversed()
    }

    /// Keeps what stands on a block that became the end of the final chain, and gives the rest,
    /// without that block itself.
    mutating func advance(to hash: Digest) -> [ExecutedBlock] {
        var kept: Set<Digest> = [hash]
        var losers: [ExecutedBlock] = []
        var remaining: [ExecutedBlock] = []
        // A block is executed after its parent, so one pass finds all descendants.
        for block in blocks where block.hash != hash {
            if kept.contains(block.parentHash) {
                kept.insert(block.hash)
                remaining.append(block)
            } else {
                losers.append(block)
            }
        }
        blocks = remaining
        return losers
    }

    /// Lets go the oldest block that none of the others stands on and that is not held.
    mutating func removeOldestLeaf(except isHeld: (ExecutedBlock) -> Bool) {
        let place = blocks.firstIndex { block in
            !isHeld(block) && !blocks.contains { $0.parentHash == block.hash }
        }
        if let place { blocks.remove(at: place) }
    }

    mutating func deepen() throws {
        for index in blocks.indices { try blocks[index].deepen() }
    }
}
