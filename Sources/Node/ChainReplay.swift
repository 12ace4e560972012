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
    private static let batch: UInt64 = 6
    /// Blocks that are decoded ahead of the one that is committed next.
    private static let ahead = 2 * batch

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

    /// - Parameter report: is told of each height that was taken in.
    /// - Throws: ``ReplicaError`` for a block that is not what it says, ``StoreError``.
    package func run(
        into target: inout StoredReplica, report: (UInt64) -> Void = { _ in }
    ) async throws {
        guard first <= last else { return }
        let network = target.replica.network
        let block = block
        try await withThrowingTaskGroup(of: (UInt64, CheckedBlock).self) { group in
            func check(_ height: UInt64) {
                guard height <= last else { return }
                group.addTask {
                    let stored = try block(height)
                    return (
                        height,
                        try await CheckedBlock(
                            checking: stored.block, finalization: stored.finalization,
                            network: network)
                    )
                }
            }
            for height in first..<first + ChainReplay.ahead { check(height) }
            var waiting: [UInt64: CheckedBlock] = [:]
            var height = first
            while height <= last {
                let end = min(last, height + ChainReplay.batch - 1)
                var blocks: [CheckedBlock] = []
                for number in height...end {
                    while waiting[number] == nil, let (other, checked) = try await group.next() {
                        waiting[other] = checked
                    }
                    guard let next = waiting.removeValue(forKey: number) else { break }
                    blocks.append(next)
                }
                guard !blocks.isEmpty else { return }
                for number in height...end { check(number + ChainReplay.ahead) }
                try target.take(blocks)
                try target.deepenIfNeeded()
                report(end)
                height = end + 1
            }
        }
    }
}
