import Consensus
import Foundation
import Gateway
import Ledger
import Logging
import Merkle
import Peering
import Primitives
import Replica
import ServiceLifecycle
import Store
import Wire

/// The driver's state while it runs: the machine, and what is under way for it.
struct ReplicaLoop {
    typealias Group = ThrowingDiscardingTaskGroup<any Error>

    let driver: ReplicaDriver
    var machine: ReplicaMachine
    var directory: PeerDirectory
    var alarm = Alarm()
    var checks = CertificateChecks()
    var service = BlockService()
    /// Transactions for the authorities that were not sent yet.
    var outgoing: [Data] = []
    /// When operators were last told, by uptime.
    var shownAt: UInt64 = 0
    /// Rows of the own votes up to there are let go of with the next ones that are kept.
    var forgettable: SafetyStore.Place?
    /// Blocks that were written and are not durable yet; empty between two inputs.
    var batch = BlockBatch()

    var store: ChainStore { driver.store }
    var health: NodeHealth { driver.health }
    var inbox: Inbox { driver.inbox }
    var logger: Logger { driver.logger }

    init(_ driver: ReplicaDriver) throws {
        self.driver = driver
        let now = Timestamp(driver.environment.time() / 1_000)
        let parameters = try driver.store.readNow { try $0.parameters(at: now) }
        machine = try ReplicaMachine(
            opening: driver.store, network: driver.network, safety: driver.safety,
            signer: driver.signer, mayResume: driver.mayResume,
            parameters: ConsensusParameters(parameters))
        directory = PeerDirectory(
            ownKey: driver.peers?.tlsKey.publicKey, addresses: driver.peers?.addresses ?? [:])
        guard driver.peering != nil || machine.committee.count == 1 && machine.isAuthority else {
            throw NodeError.notTheAuthority
        }
        guard driver.safety != nil || driver.signer == nil else { throw NodeError.noVotes }
    }

    // MARK: Taking in

    mutating func start(in group: inout Group) async throws {
        relink()
        showProgress()
        let head = machine.head
        logger.info(
            "chain loaded",
            metadata: [
                "height": "\(head.height)", "entries": "\(head.frontier.size)",
                "leaves": "\(machine.chain.tree.leafCount)", "epoch": "\(machine.committee.epoch)",
                "authority": "\(machine.isAuthority)",
            ])
        try countKeptEvidence()
        let effects = try handle(.started)
        try await obey(effects[...], in: &group)
        alarm.set(in: &group, driver.environment.uptime(), inbox)
    }

    mutating func take(_ inputs: [Input], in group: inout Group) async throws {
        var rest = inputs[...]
        while !rest.isEmpty {
            // Much of what comes is no event yet: it goes to a check, and asks the store nothing.
            var events: ArraySlice<ReplicaMachine.Event> = []
            while events.isEmpty, let input = rest.popFirst() {
                events = self.events(of: input, in: &group)[...]
            }
            while !events.isEmpty {
                let effects = try look(&events, &rest, in: &group)
                try await obey(effects, in: &group)
            }
        }
        sendTransactions()
        showProgressNowAndThen()
        health.setPending(inbox.pendingCount)
        alarm.set(in: &group, driver.environment.uptime(), inbox)
    }

    /// Most inputs ask for nothing that takes time: they share one look at the store.
    ///
    /// - Returns: the effects that are left, the first of which must become durable.
    private mutating func look(
        _ events: inout ArraySlice<ReplicaMachine.Event>, _ rest: inout ArraySlice<Input>,
        in group: inout Group
    ) throws -> ArraySlice<ReplicaMachine.Effect> {
        try store.inspect { access in
            let final = StoredChain(access: access)
            while true {
                guard let event = events.popFirst() else {
                    guard let input = rest.popFirst() else { return [] }
                    events = self.events(of: input, in: &group)[...]
                    continue
                }
                var effects = try machine.handle(event, at: moment, on: final)[...]
                while let effect = effects.first, obeyAtOnce(effect, in: &group) {
                    effects.removeFirst()
                }
                if !effects.isEmpty { return effects }
            }
        }
    }

    private var moment: ReplicaMachine.Moment {
        ReplicaMachine.Moment(
            instant: Instant(milliseconds: driver.environment.uptime()),
            timeMilliseconds: driver.environment.time())
    }

    private mutating func handle(_ event: ReplicaMachine.Event) throws -> [ReplicaMachine.Effect] {
        try store.inspect { access in
            try machine.handle(event, at: moment, on: StoredChain(access: access))
        }
    }

    // MARK: Obeying

    /// In order, each complete before the next one. Blocks that more are to follow share one
    /// transaction, as long as nothing comes in between that somebody could build on (D1).
    mutating func obey(
        _ effects: ArraySlice<ReplicaMachine.Effect>, in group: inout Group
    ) async throws {
        var rest = effects
        var written: Height?
        while true {
            while let effect = rest.first {
                if effect.waitsForBlocks, try await settle() { showProgress() }
                switch effect {
                case .persist:
                    try await keep(rest.takeRecords())
                case .write:
                    let blocks = rest.takeBlocks()
                    try await write(blocks)
                    written = blocks.last.map { Height($0.header.height) }
                default:
                    rest.removeFirst()
                    if !obeyAtOnce(effect, in: &group) { try await obeyDurably(effect) }
                }
            }
            guard let height = written else { break }
            written = nil
            rest = try handle(.wrote(height))[...]
            // What is shown can be read.
            if batch.isEmpty { showProgress() }
            checkRuns(in: &group)
        }
        if try await settle() { showProgress() }
        try deepenIfNeeded()
    }

    /// Own votes and certificates, synced together.
    private mutating func keep(_ records: [ReplicaRecord]) async throws {
        guard let safety = driver.safety else { return }
        let rows = records.map { SafetyStore.Row($0) }
        let place = forgettable
        try await insist { try safety.persist(rows, forgettingThrough: place) }
        forgettable = nil
    }

    /// What is known of the own votes is kept before anything that follows (D5).
    private mutating func obeyDurably(_ effect: ReplicaMachine.Effect) async throws {
        guard case .report(let notice) = effect else { return }
        if case .agreement(.evidence(let evidence)) = notice { return try await keep(evidence) }
        guard let safety = driver.safety else { return }
        switch notice {
        case .signsNothing:
            try await insist {
                if try safety.memory() != .lost { try safety.setMemory(.lost) }
            }
            show(notice)
        case .signsAbove(let position):
            try await insist {
                try safety.setMemory(.completeAbove(SafetyStore.Place(position)))
            }
            health.note { $0.silentBecause = nil }
            logger.notice(
                "signs again", metadata: ["above": "\(position.epoch)/\(position.view)"])
        default: break
        }
    }

    /// Tries until it works or the node is told to stop. While there is no room on the disk nothing
    /// else can be done, and nothing is lost by waiting: a failure that leaves doubt stops the node
    /// (D6).
    func insist<Result>(_ body: () throws -> Result) async throws -> Result {
        while true {
            do {
                let result = try body()
                if health.isFailing {
                    health.storeWorks()
                    logger.notice("the store works again")
                }
                return result
            } catch let error as StoreError where error.disposition == .retry {
                health.storeFails(error.description)
                logger.error("cannot write", metadata: ["reason": "\(error)"])
                if Task.isShuttingDownGracefully { throw CancellationError() }
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// Makes the tree deeper where it wants to be; without room it is tried again after the next
    /// block, since depth is a matter of speed alone.
    private mutating func deepenIfNeeded() throws {
        while machine.chain.tree.wantsDeepening, !machine.isWriting {
            let depth = machine.chain.tree.depth
            var deeper = machine
            do {
                try store.advance { access in
                    try deeper.deepenTree(
                        bucket: { try access.bucket($0, depth: depth) },
                        store: { try access.storeDeepened($0, depth: depth + 1) })
                    try access.finishDeepening(to: depth + 1)
                }
            } catch let error as StoreError where error.disposition == .retry {
                logger.warning("state tree not deepened", metadata: ["reason": "\(error)"])
                return
            }
            machine = deeper
            logger.info("state tree deepened", metadata: ["depth": "\(depth + 1)"])
        }
    }
}

extension ConsensusParameters {
    /// The protocol's times, those of the network's parameters included.
    init(_ parameters: ProtoParameters?) {
        self.init()
        guard let parameters else { return }
        heartbeatMilliseconds = parameters.heartbeatMilliseconds
        minimumIntervalMilliseconds = parameters.minimumBlockIntervalMilliseconds
    }
}

extension ArraySlice<ReplicaMachine.Effect> {
    /// Takes away the records that it begins with.
    fileprivate mutating func takeRecords() -> [ReplicaRecord] {
        var records: [ReplicaRecord] = []
        while case .persist(let record)? = first {
            records.append(record)
            removeFirst()
        }
        return records
    }

    /// Takes away the blocks that it begins with.
    fileprivate mutating func takeBlocks() -> [FinalBlock] {
        var blocks: [FinalBlock] = []
        while case .write(let block)? = first {
            blocks.append(block)
            removeFirst()
        }
        return blocks
    }
}
