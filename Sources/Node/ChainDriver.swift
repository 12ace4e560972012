import Gateway
import Ledger
import Logging
import Merkle
import Metrics
import Primitives
import Replica
import ServiceLifecycle
import Store
import Synchronization
import Wire

/// Owns the replica: reads the inbox, makes blocks, commits them, answers.
///
/// The replica lives in a local variable of ``run()``. Execution and commit are one synchronous
/// stretch on the driver's own task: an `await` between step and effects would let another step in.
package struct ChainDriver: Service {
    let store: ChainStore
    let network: Digest
    let voteKey: SigningKey
    let inbox: Inbox
    let health: NodeHealth
    let clock: @Sendable () -> UInt64
    let logger: Logger

    package func run() async throws {
        defer {
            for arrival in inbox.close() {
                arrival.reply.resume(throwing: GatewayError.unavailable("the node is stopping"))
            }
        }
        var chain = try StoredReplica(store, network: network)
        let authorities = chain.replica.authorities
        guard authorities.quorum == 1, authorities.voteKey(of: 0) == voteKey.publicKey
        else { throw NodeError.notTheAuthority }
        health.update(chain.replica, pending: 0)
        logger.info(
            "chain loaded",
            metadata: [
                "height": "\(chain.replica.head.height)",
                "entries": "\(chain.replica.head.frontier.size)",
                "leaves": "\(chain.replica.tree.leafCount)",
            ])
        // The heartbeat's interval is asked for before the first block.
        let started = Timestamp(clock() / 1_000)
        health.use(try store.readNow { try $0.parameters(at: started) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Wakes the loop for heartbeats; the loop decides whether one is due.
            group.addTask { [inbox] in
                while !Task.isCancelled {
                    try? await Task.sleep(for: .seconds(1))
                    inbox.poke()
                }
            }
            var postponed: [Arrival] = []
            for await _ in inbox.signals.cancelOnGracefulShutdown() {
                repeat {
                    let arrivals = postponed + inbox.takeAll()
                    postponed = try step(&chain, arrivals)
                    if !arrivals.isEmpty { try await pause(after: chain.replica) }
                } while !postponed.isEmpty
            }
            group.cancelAll()
        }
    }

    /// Keeps the network's minimum interval between blocks, so that a burst becomes one block.
    private func pause(after replica: ChainReplica) async throws {
        let interval = health.minimumIntervalMilliseconds
        let passed = clock() &- replica.head.timeMilliseconds
        guard passed < interval else { return }
        try? await Task.sleep(for: .milliseconds(Int64(interval - passed)))
    }

    /// One block at most; gives the arrivals that found no room in it.
    private func step(_ chain: inout StoredReplica, _ arrivals: [Arrival]) throws -> [Arrival] {
        let now = clock()
        guard !arrivals.isEmpty || isHeartbeatDue(chain.replica, now) else {
            try probeIfFailing()
            return []
        }
        let started = ContinuousClock.now
        let result: (block: FinalBlock?, outcomes: [ChainReplica.Outcome])
        do {
            result = try makeBlock(&chain, arrivals.map(\.transaction), now)
            health.storeWorks()
        } catch let error as StoreError where error.disposition == .retry {
            // Rolled back as a whole: nothing was lost, nothing acknowledged.
            health.storeFails(error.description)
            logger.error("no block was written", metadata: ["reason": "\(error)"])
            let failure = GatewayError.unavailable(error.description)
            for arrival in arrivals { arrival.reply.resume(throwing: failure) }
            inbox.settle(arrivals.map(\.transaction.id))
            return []
        } catch {
            // Nobody knows what was written: the node stops, and nobody waits for ever.
            let failure = GatewayError.unavailable("the node is stopping")
            for arrival in arrivals { arrival.reply.resume(throwing: failure) }
            inbox.settle(arrivals.map(\.transaction.id))
            throw error
        }
        if let block = result.block { report(block, ContinuousClock.now - started) }
        let postponed = answer(arrivals, result.outcomes, after: chain.replica)
        do {
            try deepen(&chain)
        } catch {
            let failure = GatewayError.unavailable("the node is stopping")
            for arrival in postponed { arrival.reply.resume(throwing: failure) }
            inbox.settle(postponed.map(\.transaction.id))
            throw error
        }
        return postponed
    }

    /// A node that is not ready gets no transactions, so it finds out for itself whether it can
    /// write again.
    private func probeIfFailing() throws {
        guard health.isFailing else { return }
        do {
            try store.probe()
            health.storeWorks()
            logger.notice("the store works again")
        } catch let error as StoreError where error.disposition == .retry {
            health.storeFails(error.description)
        }
    }

    private func makeBlock(
        _ chain: inout StoredReplica, _ transactions: [Transaction], _ now: UInt64
    ) throws -> (block: FinalBlock?, outcomes: [ChainReplica.Outcome]) {
        var known: [LogIndex?] = []
        // With a quorum of one the authority's own vote makes the block final; block and vote
        // become durable together, before anybody hears of them.
        let result = try chain.make(
            now: now, evenIfEmpty: transactions.isEmpty,
            finalise: { subject in
                let signature = voteKey.sign(.finalize, subject.payload(network: network))
                return ProtoFinalization(subject: subject, signatures: [0: signature])
            },
            choose: { access in
                health.use(try access.parameters(at: Timestamp(now / 1_000)))
                // A copy may have passed the look-up before the original's block: it is final.
                known = try transactions.map { try access.index(of: $0.id) }
                return zip(transactions, known).filter { $0.1 == nil }.map(\.0)
            })
        var next = result.outcomes.makeIterator()
        return (
            result.block,
            known.compactMap { index in
                index.map { ChainReplica.Outcome.applied($0) } ?? next.next()
            }
        )
    }

    /// Makes the tree deeper where it wants to be; without room it is tried again after the next
    /// block, since depth is a matter of speed alone.
    private func deepen(_ chain: inout StoredReplica) throws {
        do {
            guard try chain.deepenIfNeeded() else { return }
            logger.info(
                "state tree deepened", metadata: ["depth": "\(chain.replica.tree.depth)"])
        } catch let error as StoreError where error.disposition == .retry {
            logger.warning("state tree not deepened", metadata: ["reason": "\(error)"])
        }
    }

    private func isHeartbeatDue(_ replica: ChainReplica, _ now: UInt64) -> Bool {
        let heartbeat = health.heartbeatMilliseconds
        return heartbeat > 0 && now >= replica.head.timeMilliseconds &+ heartbeat
    }

    private func answer(
        _ arrivals: [Arrival], _ outcomes: [ChainReplica.Outcome], after replica: ChainReplica
    ) -> [Arrival] {
        // Whoever is answered finds the node in the state that the answer speaks of.
        inbox.settle(
            zip(arrivals, outcomes).compactMap { arrival, outcome in
                if case .postponed = outcome { nil } else { arrival.transaction.id }
            })
        health.update(replica, pending: inbox.pendingCount)
        var postponed: [Arrival] = []
        for (arrival, outcome) in zip(arrivals, outcomes) {
            switch outcome {
            case .applied:
                arrival.reply.resume(returning: arrival.transaction.id)
            case .refused(let refusal):
                Counter(label: "drec_refusals", dimensions: [("code", "\(refusal.code.rawValue)")])
                    .increment()
                arrival.reply.resume(throwing: refusal)
            case .postponed: postponed.append(arrival)
            }
        }
        return postponed
    }

    private func report(_ block: FinalBlock, _ duration: Duration) {
        Counter(label: "drec_transactions").increment(by: Int64(block.transactions.count))
        Gauge(label: "drec_consensus_height").record(block.header.height)
        Timer(label: "drec_block_processing").recordNanoseconds(
            duration.components.seconds * 1_000_000_000
                + duration.components.attoseconds / 1_000_000_000)
        logger.debug(
            "block",
            metadata: [
                "height": "\(block.header.height)", "transactions": "\(block.transactions.count)",
                "hash": "\(block.hash)",
            ])
    }
}

/// Why a node cannot start or go on.
package enum NodeError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The vote key is not the one of the network's authority.
    case notTheAuthority
    /// The library of signatures answers otherwise than the network's profile asks for.
    case signatureProfile(String)
    /// Another process uses the data directory.
    case locked(String)
    /// A file of the data directory cannot be opened for writing, and why.
    case unusable(String, String)

    package var description: String {
        switch self {
        case .notTheAuthority: "the vote key is not the network's authority"
        case .signatureProfile(let name): "libsodium judges a signature wrongly: \(name)"
        case .locked(let path): "another process uses \(path)"
        case .unusable(let path, let reason): "cannot write to \(path): \(reason)"
        }
    }
}
