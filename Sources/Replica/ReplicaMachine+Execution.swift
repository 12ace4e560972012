import Consensus
import Foundation
import Ledger
import Primitives
import Wire

/// Executing blocks on top of what is not final yet.
extension ReplicaMachine {
    /// What is known of a block and its ancestors down to the final chain.
    enum Resolution {
        case head
        case executed(ExecutedBlock)
        /// A block is not here; its child is, if there is one.
        case missing(Digest, child: CandidateBlock?)
        /// Wrong for ever, whatever transactions come with it.
        case condemned(ReplicaError)
        /// The transactions that came with a header are not its own; they were let go.
        case unusable(Digest, from: Peer?, ReplicaError)
    }

    /// The end of the final chain as something to build on.
    func finalTip(_ final: any FinalChain) -> BlockTip { chain.tip(on: finalState(final)) }

    /// An executed block as something to build on.
    func tip(_ block: ExecutedBlock, _ final: any FinalChain) -> BlockTip? {
        guard let path = executed.path(from: head.hash, to: block.hash) else { return nil }
        var leaves = final.leaves
        for ancestor in path { leaves = ancestor.overlay.rebased(on: leaves) }
        return BlockTip(
            head: block.head, authorities: block.authorities, tree: block.tree, leaves: leaves)
    }

    /// Executes a block and whatever it stands on, as far as it is here.
    mutating func resolve(_ hash: Digest, _ final: any FinalChain) throws -> Resolution {
        if hash == head.hash { return .head }
        var open: [CandidateTable.Entry] = []
        var cursor = hash
        while cursor != head.hash, executed[cursor] == nil {
            if condemned.contains(cursor) { return .condemned(.differs("header")) }
            guard let entry = candidates[cursor] else {
                return .missing(cursor, child: open.last?.block)
            }
            guard entry.block.header.height > head.height.rawValue,
                let parent = entry.block.parentHash, open.count < ReplicaLimits.candidateBlocks
            else { return condemn(cursor, .differs("parent_hash")) }
            open.append(entry)
            cursor = parent
        }
        for entry in open.reversed() {
            switch try execute(entry, final) {
            case .executed: continue
            case let other: return other
            }
        }
        guard let block = executed[hash] else { return .missing(hash, child: nil) }
        return .executed(block)
    }

    /// Executes a block whose parent is executed or the head.
    mutating func execute(
        _ entry: CandidateTable.Entry, _ final: any FinalChain
    ) throws -> Resolution {
        let block = entry.block
        let parent = block.parentHash.flatMap { executed[$0] }
        guard let tip = parent.map({ tip($0, final) }) ?? finalTip(final) else {
            return condemn(block.hash, .differs("parent_hash"))
        }
        candidates.remove(block.hash)
        guard let transactions = block.transactions else {
            return .unusable(block.hash, from: entry.source, .malformedBlock)
        }
        do {
            let draft = try chain.execute(
                header: block.header, transactions: transactions, on: tip,
                bucket: finalState(final).bucket)
            let result = ExecutedBlock(draft, bytes: block.bytes, on: tip)
            insert(result)
            return .executed(result)
        } catch let error as ReplicaError {
            guard error != .stateWithoutParameters, error != .stateWithoutAuthorities else {
                throw error
            }
            if error.condemnsHeader { return condemn(block.hash, error) }
            return .unusable(block.hash, from: entry.source, error)
        }
    }

    mutating func insert(_ block: ExecutedBlock) {
        executed.insert(block)
        guard executed.blocks.count > ReplicaLimits.executedBlocks else { return }
        let held = Set(
            certifying.map(\.blockHash) + targets.compactMap { $0.subject?.blockHash }
                + [block.hash, checking?.parent, building?.parentHash].compactMap(\.self))
        executed.removeOldestLeaf { held.contains($0.hash) }
    }

    private mutating func condemn(_ hash: Digest, _ error: ReplicaError) -> Resolution {
        candidates.remove(hash)
        condemned.append(hash)
        if condemned.count > ReplicaLimits.candidateBlocks { condemned.removeFirst() }
        return .condemned(error)
    }

    /// Whether the own clock is not too far behind a block's time (C11).
    func isTimely(_ block: ExecutedBlock) -> Bool { isTimely(block.header.timeMilliseconds) }

    func isTimely(_ milliseconds: UInt64) -> Bool {
        let (latest, overflow) = timeMilliseconds.addingReportingOverflow(
            ReplicaLimits.clockToleranceMilliseconds)
        return overflow || milliseconds <= latest
    }
}
