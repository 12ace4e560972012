package import Foundation
import Ledger
import Primitives
import Replica
package import Store
package import Wire

/// Takes blocks in one after the other, while the next ones are decoded and their signatures
/// checked on the other cores: the signatures are most of the work.
package struct ChainReplay {
    /// Transactions that are committed together, and as how many of them a block counts: more
    /// at once write fewer pages, and take longer to be written again after a crash.
    private static let batch = 24_000
    private static let blockWeight = 100
    /// Blocks that are read and checked ahead of the one that is executed.
    private static let ahead: UInt64 = 6

    package typealias Stored = (block: Data, finalization: ProtoFinalization)

    private let first: UInt64
    private let last: UInt64
    private let block: @Sendable (UInt64) throws -> Stored

    /// - Parameters:
    ///   - first: the height of the first block; there is none below 1.
    ///   - last: the height of the last one; nothing is done when it is below `first`.
    ///   - block: reads one, from any thread.
    package init(
        from first: UInt64, through last: UInt64,
        block: @escaping @Sendable (UInt64) throws -> Stored
    ) {
        self.first = max(1, first)
        self.last = last
        self.block = block
    }

    /// The blocks of a store.
    package init(from first: UInt64, through last: UInt64, of store: ChainStore) {
        self.init(from: first, through: last) { height in
            guard let stored = try store.readNow({ try $0.blockBytes(Height(height)) }) else {
                throw StoreError.damaged("block \(height) is missing")
            }
            return stored
        }
    }

    /// All blocks are durable when it returns.
    ///
    /// - Parameter report: is told of the last height of each batch that was taken in.
    /// - Throws: ``ReplicaError`` for a block that is not what it says, ``StoreError``; what was
    ///   committed before stays.
    package func run(
        into target: inout StoredReplica, report: (UInt64) -> Void = { _ in }
    ) async throws {
        guard first <= last else { return }
        let preparation = BlockPreparation(
            from: first, through: last, ahead: ChainReplay.ahead,
            network: target.replica.network, block: block)
        let failure: (any Error)? = await withDiscardingTaskGroup { group in
            defer { group.cancelAll() }
            do {
                try await take(from: preparation, into: &target, &group, report)
                return nil
            } catch {
                return error
            }
        }
        guard let failure else { return }
        try target.abandon()
        throw failure
    }

    private func take(
        from preparation: BlockPreparation, into target: inout StoredReplica,
        _ group: inout DiscardingTaskGroup, _ report: (UInt64) -> Void
    ) async throws {
        var taken = first - 1
        preparation.moveOn(past: taken, in: &group)
        var open = 0
        for try await block in preparation.blocks {
            try target.add(block)
            taken += 1
            open += block.transactions.count + ChainReplay.blockWeight
            preparation.moveOn(past: taken, in: &group)
            guard open >= ChainReplay.batch && target.isProven || taken == last else { continue }
            try target.commit()
            try target.deepenIfNeeded()
            report(taken)
            open = 0
        }
        // Without an error the blocks end early only where the task was cancelled.
        guard taken == last else { throw CancellationError() }
        try target.store.flush()
    }
}
