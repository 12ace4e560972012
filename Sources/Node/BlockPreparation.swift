import Foundation
import Ledger
import Primitives
import Replica
import Synchronization

/// Reads blocks, decodes them and checks their signatures on all cores, in the order of their
/// heights, ahead of the one who takes them in.
///
/// As many workers as there are cores take the next part of the lowest block that has one, so a
/// block is ready as early as it can be. A worker steps back after each part: the taker waits for
/// one part at most, not for all that were begun. Workers end where the taker is too far behind,
/// and it starts them again.
final class BlockPreparation: Sendable {
    /// Transactions that are decoded and checked in one go.
    private static let part = 32

    private struct State {
        /// The next block that is read.
        var next: UInt64
        /// Blocks that are read and not ready, in order.
        var open: [OpenBlock] = []
        /// Blocks that are ready and wait for one before them.
        var ready: [UInt64: CheckedBlock] = [:]
        /// The next block that is handed over.
        var handedOver: UInt64
        /// Blocks from here on are not read yet.
        var limit: UInt64
        var workers = 0
        var hasFailed = false
    }

    private struct OpenBlock {
        let height: UInt64
        let envelope: BlockEnvelope
        let stored: ChainReplay.Stored
        var begun = 0
        var missing: Int
        var parts: [[Transaction]]
    }

    private enum Work {
        case read(UInt64)
        case check(height: UInt64, part: Int, of: BlockEnvelope)
    }

    private let state: Mutex<State>
    private let last: UInt64
    private let ahead: UInt64
    private let network: Digest
    private let block: @Sendable (UInt64) throws -> ChainReplay.Stored
    private let output: AsyncThrowingStream<CheckedBlock, any Error>.Continuation
    /// The blocks in order.
    let blocks: AsyncThrowingStream<CheckedBlock, any Error>

    /// - Parameter ahead: blocks that are read and not taken yet.
    init(
        from first: UInt64, through last: UInt64, ahead: UInt64, network: Digest,
        block: @escaping @Sendable (UInt64) throws -> ChainReplay.Stored
    ) {
        state = Mutex(State(next: first, handedOver: first, limit: first))
        self.last = last
        self.ahead = ahead
        self.network = network
        self.block = block
        // What waits in it is bounded by `ahead`.
        (blocks, output) = AsyncThrowingStream.makeStream()
    }

    /// Says how many blocks were taken, and starts the workers that are missing.
    func moveOn(past taken: UInt64, in group: inout DiscardingTaskGroup) {
        let missing = state.withLock { state in
            state.limit = min(last, taken + ahead) + 1
            let width = max(2, ProcessInfo.processInfo.activeProcessorCount)
            defer { state.workers = width }
            return width - state.workers
        }
        for _ in 0..<missing { group.addTask { await self.work() } }
    }

    private func work() async {
        while !Task.isCancelled, let work = claim() {
            do {
                switch work {
                case .read(let height): try read(height)
                case .check(let height, let part, let envelope):
                    try check(height, part, of: envelope)
                }
            } catch {
                state.withLock { $0.hasFailed = true }
                output.finish(throwing: error)
            }
            await Task.yield()
        }
    }

    /// The next thing to do; nil ends the worker.
    private func claim() -> Work? {
        state.withLock { state in
            guard !state.hasFailed else {
                state.workers -= 1
                return nil
            }
            for index in state.open.indices
            where state.open[index].begun < state.open[index].parts.count {
                let part = state.open[index].begun
                state.open[index].begun += 1
                return .check(
                    height: state.open[index].height, part: part, of: state.open[index].envelope)
            }
            guard state.next < state.limit else {
                state.workers -= 1
                return nil
            }
            defer { state.next += 1 }
            return .read(state.next)
        }
    }

    private func read(_ height: UInt64) throws {
        let stored = try block(height)
        let envelope = try BlockEnvelope(decoding: stored.block)
        let count = envelope.transactionBytes.count
        let parts = (count + BlockPreparation.part - 1) / BlockPreparation.part
        state.withLock { state in
            let place = state.open.firstIndex { $0.height > height } ?? state.open.endIndex
            state.open.insert(
                OpenBlock(
                    height: height, envelope: envelope, stored: stored, missing: parts,
                    parts: Array(repeating: [], count: parts)), at: place)
            if parts == 0 { finish(at: place, &state) }
        }
    }

    private func check(_ height: UInt64, _ part: Int, of envelope: BlockEnvelope) throws {
        let first = part * BlockPreparation.part
        let end = min(first + BlockPreparation.part, envelope.transactionBytes.count)
        let transactions = try envelope.transactions(
            first..<end, network: network, checkingSignatures: true)
        state.withLock { state in
            guard let place = state.open.firstIndex(where: { $0.height == height }) else { return }
            state.open[place].parts[part] = transactions
            state.open[place].missing -= 1
            if state.open[place].missing == 0 { finish(at: place, &state) }
        }
    }

    /// Hands over the block, and those that waited for it.
    private func finish(at place: Int, _ state: inout State) {
        let block = state.open.remove(at: place)
        state.ready[block.height] = CheckedBlock(
            header: block.envelope.header, transactions: block.parts.flatMap { $0 },
            finalization: block.stored.finalization)
        while let next = state.ready.removeValue(forKey: state.handedOver) {
            output.yield(next)
            state.handedOver += 1
        }
        if state.handedOver > last { output.finish() }
    }
}
