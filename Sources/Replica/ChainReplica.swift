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

    package init(
        network: Digest, head: ChainHead, authorities: AuthoritySet, tree: StateTree
    ) {
        self.network = network
        self.head = head
        self.authorities = authorities
        self.tree = tree
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

        /// The block with the votes that made it final.
        package func finalised(by finalization: ProtoFinalization) -> FinalBlock {
            FinalBlock(
                hash: hash, header: header, headerBytes: headerBytes,
                finalization: finalization, transactions: execution.applied,
                changes: changes, tree: tree, frontier: frontier, logNodes: logNodes)
        }
    }

    /// What became of the transactions that a leader tried.
    package enum Outcome: Sendable {
        case applied(LogIndex)
        case refused(Refusal)
        /// The block was full; it may come into the next one.
        case postponed
    }

    /// Executes transactions in order on top of the head and drafts a block of those that apply.
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
        let time = max(head.timeMilliseconds + 1, now)
        let parameters = try parametersInForce(at: time, on: state)
        var execution = BlockExecution(
            context: context(time: time, parameters: parameters), over: state.leaves)
        var outcomes: [Outcome] = []
        outcomes.reserveCapacity(transactions.count)
        // What is refused costs work too: no more is tried than a block may hold.
        var tried = BlockWork()
        for transaction in transactions {
            guard
                execution.work.hasRoom(
                    for: transaction, leaves: execution.state.changeCount, in: parameters),
                tried.hasRoom(for: transaction, leaves: 0, in: parameters)
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
        let view = View(head.view.rawValue + 1)
        let draft = try seal(
            execution, view: view, proposer: authorities.leader(of: view), time: time,
            parameters: parameters, on: state)
        return (draft, outcomes)
    }

    /// Takes in a final block: the caller has written it.
    package mutating func advance(to block: FinalBlock) throws {
        try tree.commit(block.tree)
        head = ChainHead(after: block)
    }

    /// Makes the state tree deeper where its buckets have become too full.
    package mutating func deepenTree(
        bucket: (Int) throws -> [UInt8], store: (StateBucket) throws -> Void
    ) throws {
        try tree.deepen(bucket: bucket, store: store)
    }

    func context(time: UInt64, parameters: ProtoParameters) -> BlockContext {
        BlockContext(
            network: network, height: Height(head.height.rawValue + 1),
            time: Timestamp(time / 1_000), parameters: parameters,
            logSize: head.frontier.size)
    }

    func parametersInForce(at time: UInt64, on state: FinalState) throws -> ProtoParameters {
        guard let parameters = try state.leaves.parameters(at: Timestamp(time / 1_000)) else {
            throw ReplicaError.stateWithoutParameters
        }
        return parameters
    }

    /// Roots and header of an executed block.
    func seal(
        _ execution: BlockExecution, view: View, proposer: Int, time: UInt64,
        parameters: ProtoParameters, on state: FinalState
    ) throws -> Draft {
        var frontier = head.frontier
        var logNodes: [LogNode] = []
        for applied in execution.applied {
            try frontier.append(LogHash.leaf(applied.logEntry)) { level, index, hash in
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
            }, bucket: state.bucket)
        var header = ProtoHeader()
        header.version = 1
        header.network = Data(network.bytes)
        header.epoch = authorities.epoch.rawValue
        header.height = head.height.rawValue + 1
        header.view = view.rawValue
        header.parentHash = Data(head.hash.bytes)
        header.timeMilliseconds = time
        header.proposer = UInt32(proposer)
        header.logSize = frontier.size
        header.logRoot = Data(frontier.root.bytes)
        header.stateRoot = Data(overlay.root.bytes)
        header.authoritiesHash = Data(authorities.hash.bytes)
        header.nextAuthoritiesHash = Data(authorities.hash.bytes)
        header.parametersHash = Data(
            Digest.tagged(.parameters, Array(parameters.canonicalBytes)).bytes)
        let headerBytes = header.canonicalBytes
        let hash = Digest.tagged(.header, Array(headerBytes))
        return Draft(
            header: header, headerBytes: headerBytes, hash: hash,
            subject: VoteSubject(
                epoch: authorities.epoch, view: view, parentView: head.view, blockHash: hash),
            execution: execution, changes: changes, tree: overlay, frontier: frontier,
            logNodes: logNodes)
    }
}

/// Why a replica cannot go on, or a block is not one of its chain.
package enum ReplicaError: Error, Equatable, Sendable {
    /// The state has no parameters: it is damaged.
    case stateWithoutParameters
    /// The bytes are not a block.
    case malformedBlock
    /// The block is well-formed, but not what executing it gives; the text names the first field
    /// that differs.
    case differs(String)
    /// A transaction of the block is refused; the whole block is invalid.
    case invalidTransaction(Int, Refusal)
    /// More work than the parameters permit a block, from the transaction at that place on.
    case overBudget(Int)
    /// No quorum signed the block.
    case notFinal
}
