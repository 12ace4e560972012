package import Foundation
import Ledger
import Primitives
import Replica
package import Store
package import Wire

/// Takes blocks in one after the other, while the next ones are decoded and their signatures
/// checked on the other cores: the signatures are most of the work.
package struct ChainReplay {
    /// Blocks that are committed together; each is at most 4 MiB.
    private static let batch = 6
    /// Blocks that are decoded ahead of the one that is committed next.
    private static let ahead = UInt64(2 * batch)

    package typealias Stored = (block: Data, finalization: ProtoFinalization)

    private let first: UInt64
    private let last: UInt64
    private let block: @Sendable (UInt64) throws -> Stored

    /// - Parameters:
    ///   - heights: the blocks, in order; empty when `last` is below `first`.
    ///   - block: reads one, from any thread.
    package init(
        from first: UInt64, through last: UInt64,
        block: @escaping @Sendable (UInt64) throws -> Stored
    ) {
        self.first = first
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

    /// - Parameter report: is told of the last height of each batch that was taken in.
    /// - Throws: ``ReplicaError`` for a block that is not what it says, ``StoreError``.
    package func run(
        into target: inout StoredReplica, report: (UInt64) -> Void = { _ in }
    ) async throws {
        guard first <= last else { return }
        let network = target.replica.network
        let block = block
        var batch: [CheckedBlock] = []
        try await Lookahead.run(
            first..<last + 1, ahead: ChainReplay.ahead,
            prepare: { height in
                let stored = try block(height)
                return try await CheckedBlock(
                    checking: stored.block, finalization: stored.finalization,
                    network: network)
            },
            take: { height, checked in
                batch.append(checked)
                guard batch.count == ChainReplay.batch || height == last else { return }
                try target.take(batch)
                try target.deepenIfNeeded()
                batch.removeAll()
                report(height)
            })
    }
}
