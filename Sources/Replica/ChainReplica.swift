package import Foundation
package import Ledger
package import Merkle
package import Primitives
package import Wire

/// Joins rules, log and state tree into a chain of blocks: makes blocks, checks them, and takes
/// final ones in.
///
/// A pure machine: the clock, the state's leaves and the tree's buckets come from its driver.
package struct ChainReplica: Sendable {
    package let network: Digest
    package private(set) var head: ChainHead
    package private(set) var authorities: AuthoritySet
    package private(set) var tree: StateTree

    let succession: Succession
    /// Bugs switched on for a test; none in production.
    let deviations: ReplicaDeviations

    package init(
        network: Digest, head: ChainHead, authorities: AuthoritySet, tree: StateTree,
        succession: Succession = .ofState, deviations: ReplicaDeviations = []
    ) {
        self.network = network
        self.head = head
        self.authorities = authorities
        self.tree = tree
        self.succession = succession
        self.deviations = deviations
    }

    /// Where a replica reads what is final.
    package struct FinalState {
        package let leaves: any StateReader
        /// The bytes of a bucket of the state tree.
        package let bucket: (Int) throws -> [UInt8]

        package init(leaves: any StateReader, bucket: @escaping (Int) throws -> [UInt8]) {
            self.leaves = leaves
            self.bucket = bucket
        }
    }

    /// A block that was executed and is not signed yet.
    package struct Draft {
        package let header: ProtoHeader
        package let headerBytes: Data
        package let hash: Digest
        package let subject: VoteSubject
        package let execution: BlockExecution
        /// Changed leaves, ascending by key; nil values are deletions.
        package let changes: [(key: StateKey, value: Data?)]
        package let tree: StateTreeOverlay
        package let frontier: LogFrontier
        package let logNodes: [LogNode]
        /// Of the next epoch, if the block ends its own.
        package let nextAuthorities: AuthoritySet?

        /// The bug of taking a header at its word.
        func claimed(by header: ProtoHeader) -> Draft {
            let bytes = header.canonicalBytes
            return Draft(
                header: header, headerBytes: bytes,
                hash: Digest.tagged(.header, Array(bytes)), subject: subject,
                execution: execution, changes: changes, tree: tree, frontier: frontier,
                logNodes: logNodes, nextAuthorities: nextAuthorities)
        }

        /// The block with the votes that made it final.
        package func finalised(by finalization: ProtoFinalization) -> FinalBlock {
            FinalBlock(
                hash: hash, header: header, headerBytes: headerBytes,
                finalization: finalization, transactions: execution.applied,
                changes: changes, tree: tree, frontier: frontier, logNodes: logNodes,
                nextAuthorities: nextAuthorities)
        }
    }

    /// What became of the transactions that a leader tried.
    package enum Outcome: Sendable {
        case applied(LogIndex)
        case refused(Refusal)
        /// The block was full; it may come into the next one.
        case postponed
    }

    /// The end of the final chain as something to build on.
    package func tip(on state: FinalState) -> BlockTip {
        BlockTip(head: head, authorities: authorities, tree: nil, leaves: state.leaves)
    }

    /// Executes transactions in order on top of the head and drafts a block of those that apply,
    /// in the view after the head's.
    ///
    /// - Parameters:
    ///   - now: the leader's clock in milliseconds; the block's time is later than its parent's in
    ///     any case (C11).
    ///   - evenIfEmpty: makes a block without transactions, for a heartbeat.
    /// - Returns: the draft, nil when nothing applied; and what became of each transaction.
    package func propose(
        _ transactions: [Transaction], now: UInt64, on state: FinalState,
        evenIfEmpty: Bool = false
    ) throws -> (draft: Draft?, outcomes: [Outcome]) {
        let tip = tip(on: state)
        return try propose(
            transactions, now: now, in: View(tip.view.rawValue &+ 1), on: tip,
            bucket: state.bucket, evenIfEmpty: evenIfEmpty)
    }

    /// The same on any block and in any view.
    ///
    /// - Parameter effort: how much of the work budget is used.
    package func propose(
        _ transactions: [Transaction], now: UInt64, in view: View, on tip: BlockTip,
        bucket: (Int) throws -> [UInt8], effort: BlockEffort = BlockEffort(),
        evenIfEmpty: Bool = false
    ) throws -> (draft: Draft?, outcomes: [Outcome]) {
        let time = max(tip.head.timeMilliseconds &+ 1, now)
        let parameters = try parametersInForce(at: time, on: tip)
        let budget = effort.share(of: parameters)
        var execution = BlockExecution(
            context: context(time: time, parameters: parameters, on: tip), over: tip.leaves)
        var outcomes: [Outcome] = []
        outcomes.reserveCapacity(transactions.count)
        // What is refused costs work too: no more is tried than a block may hold.
        var tried = BlockWork()
        for transaction in transactions {
            guard
                execution.work.hasRoom(
                    for: transaction, leaves: execution.state.changeCount, in: budget),
                tried.hasRoom(for: transaction, leaves: 0, in: budget),
                effort.permits(transaction, after: tried)
            else {
                outcomes.append(.postponed)
                continue
            }
            tried.add(transaction, lots: 0)
            do {
                outcomes.append(.applied(try execution.apply(transaction).index))
            } catch let refusal as Refusal {
                outcomes.append(.refused(refusal))
            }
        }
        guard evenIfEmpty || !execution.applied.isEmpty else { return (nil, outcomes) }
        let draft = try seal(
            execution, view: view, proposer: tip.authorities.leader(of: view), time: time,
            parameters: parameters, on: tip, bucket: bucket)
        return (draft, outcomes)
    }

    /// Takes in a final block: the caller has written it.
    package mutating func advance(to block: FinalBlock) throws {
        try tree.commit(block.tree)
        head = ChainHead(after: block)
        if let next = block.nextAuthorities { authorities = next }
    }

    /// Makes the state tree deeper where its buckets have become too full.
    package mutating func deepenTree(
        bucket: (Int) throws -> [UInt8], store: (StateBucket) throws -> Void
    ) throws {
        try tree.deepen(bucket: bucket, store: store)
    }

    func context(time: UInt64, parameters: ProtoParameters, on tip: BlockTip) -> BlockContext {
        BlockContext(
            network: network, height: height(after: tip), time: Timestamp(time / 1_000),
            parameters: parameters, logSize: tip.head.frontier.size)
    }

    /// No height is used twice, over the end of an epoch either.
    func height(after tip: BlockTip) -> Height {
        if deviations.contains(.reusesHeights), tip.startsEpoch { return tip.head.height }
        return Height(tip.head.height.rawValue &+ 1)
    }

    func parametersInForce(at time: UInt64, on tip: BlockTip) throws -> ProtoParameters {
        guard let parameters = try tip.leaves.parameters(at: Timestamp(time / 1_000)) else {
            throw ReplicaError.stateWithoutParameters
        }
        return parameters
    }

    /// Ends an executed block, with its roots and header.
    func seal(
        _ execution: BlockExecution, view: View, proposer: Int, time: UInt64,
        parameters: ProtoParameters, on tip: BlockTip, bucket: (Int) throws -> [UInt8]
    ) throws -> Draft {
        var execution = execution
        try execution.end(
            parentTime: tip.head.time, losesQueue: deviations.contains(.secondQueuedChangeLost))
        var frontier = tip.head.frontier
        var logNodes: [LogNode] = []
        for entry in logEntries(execution.applied) {
            try frontier.append(LogHash.leaf(entry)) { level, index, hash in
                if let node = LogNode(level: level, index: index, hash: hash) {
                    logNodes.append(node)
                }
            }
        }
        let changes = execution.state.changes
        let overlay = try tree.update(
            changes.map { change in
                StateChange(
                    key: change.key.path,
                    valueHash: change.value.map { Digest.sha256($0) })
            }, over: tip.tree, bucket: bucket)
        let next = try succession.next(
            tip.authorities, execution.context.height, execution.state)
        var header = ProtoHeader()
        header.version = 1
        header.network = Data(network.bytes)
        header.epoch = tip.authorities.epoch.rawValue
        header.height = execution.context.height.rawValue
        header.view = view.rawValue
        header.parentHash = Data(tip.head.hash.bytes)
        header.timeMilliseconds = time
        header.proposer = UInt32(proposer)
        header.logSize = frontier.size
        header.logRoot = Data(frontier.root.bytes)
        header.stateRoot = Data(overlay.root.bytes)
        header.authoritiesHash = Data(tip.authorities.hash.bytes)
        header.nextAuthoritiesHash = Data((next ?? tip.authorities).hash.bytes)
        header.parametersHash = Data(
            Digest.tagged(.parameters, Array(parameters.canonicalBytes)).bytes)
        let headerBytes = header.canonicalBytes
        let hash = Digest.tagged(.header, Array(headerBytes))
        return Draft(
            header: header, headerBytes: headerBytes, hash: hash,
            subject: VoteSubject(
                epoch: tip.authorities.epoch, view: view, parentView: tip.view, blockHash: hash),
            execution: execution, changes: changes, tree: overlay, frontier: frontier,
            logNodes: logNodes, nextAuthorities: next)
    }

    private func logEntries(_ applied: [AppliedTransaction]) -> [[UInt8]] {
        guard deviations.contains(.ordersLogByHashing) else { return applied.map(\.logEntry) }
        return Array(Set(applied.map(\.logEntry)))
    }
}
