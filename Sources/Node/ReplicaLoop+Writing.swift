import Consensus
import Ledger
import Primitives
import Replica
import Store
import Wire

/// Final blocks go to the store.
extension ReplicaLoop {
    /// Writes blocks, and makes them durable unless more are to follow at once.
    mutating func write(_ blocks: [FinalBlock]) async throws {
        let hasMore = machine.hasMoreToWrite
        var next = batch
        next.add(blocks)
        let parameters = try await insist {
            try next.write(to: store)
            return try store.proceed { access in
                let time = blocks.last?.header.timeMilliseconds ?? 0
                return try access.parameters(at: Timestamp(time / 1_000))
            }
        }
        batch = next
        machine.use(ConsensusParameters(parameters))
        if !hasMore || batch.isFull { try await settle() }
    }

    /// Makes what was written durable, and says so.
    ///
    /// - Returns: whether there was anything.
    @discardableResult
    mutating func settle() async throws -> Bool {
        guard !batch.isEmpty else { return false }
        var last = batch
        try await insist { try last.commit(to: store) }
        batch = BlockBatch()
        report(last.blocks, ContinuousClock.now - last.started)
        return true
    }
}

extension ReplicaMachine.Effect {
    /// Whether somebody could build on it, so that blocks before it are durable first. Questions
    /// and the node's own alarm promise nothing.
    var waitsForBlocks: Bool {
        switch self {
        case .write, .setTimer, .forget, .send(.fetchBlocks, to: _), .report(.agreement(.entered)):
            false
        default: true
        }
    }
}
