import Consensus
import Foundation
import Ledger
import Merkle
import Primitives
import Replica
import SampleNetworks
import SwiftProtobuf
import Wire

/// What a process leaves behind: a chain in memory, and the records of its votes.
struct MemoryDisk: FinalChain {
    let network: Digest
    private(set) var state = SortedState()
    private var buckets: [Int: [UInt8]] = [:]
    private var depth = 0
    private(set) var blocks: [FinalBlock] = []
    private var places: [Digest: TransactionPlace] = [:]
    private let genesisHead: ChainHead
    private(set) var authorities: AuthoritySet
    /// The finalization of the boundary that the present epoch began on.
    private var epochEntry: Certificate?
    var records: [ReplicaRecord] = []
    /// Rows of own votes that were written twice, differently (D2).
    private(set) var doubleVotes = 0

    init(_ genesis: GenesisDocument) throws {
        network = genesis.hash
        let changes = genesis.state.changes
        var tree = try StateTree(depth: 0)
        let overlay = try tree.update(
            changes.map { change in
                StateChange(
                    key: change.key.path,
                    valueHash: change.value.map { Digest.sha256(Array($0)) })
            }, bucket: { _ in [] })
        try tree.commit(overlay)
        state.write(changes)
        for bucket in overlay.changedBuckets { buckets[bucket.index] = bucket.bytes }
        let value = try state.value(for: .authorities(Epoch(0))) ?? Data()
        authorities = AuthoritySet(
            epoch: Epoch(0), value: try ProtoAuthoritySetValue(serializedBytes: value))
        genesisHead = ChainHead(
            height: Height(0), hash: genesis.hash,
            timeMilliseconds: genesis.founded.rawValue * 1_000, epoch: Epoch(0),
            view: View(0), frontier: LogFrontier(), stateRoot: tree.root)
    }

    var head: ChainHead { blocks.last.map(ChainHead.init(after:)) ?? genesisHead }
    var history: [AppliedTransaction] { blocks.flatMap(\.transactions) }

    // MARK: FinalChain

    var leaves: any StateReader { state }

    func bucket(_ index: Int, depth: Int) throws -> [UInt8] {
        precondition(depth == self.depth, "the tree is read at another depth than it is kept")
        return buckets[index] ?? []
    }

    func place(ofTransaction id: Digest) throws -> TransactionPlace? { places[id] }

    func block(at height: Height) throws -> StoredBlock? {
        guard height.rawValue > 0, height.rawValue <= UInt64(blocks.count) else { return nil }
        let block = blocks[Int(height.rawValue) - 1]
        return StoredBlock(
            bytes: block.bytes, header: block.header, finalization: block.finalization)
    }

    func height(ofBlock hash: Digest) throws -> Height? {
        blocks.first { $0.hash == hash }.map { Height($0.header.height) }
    }

    // MARK: Writing

    mutating func write(_ block: FinalBlock) {
        state.write(block.changes)
        for bucket in block.tree.changedBuckets {
            buckets[bucket.index] = bucket.bytes.isEmpty ? nil : bucket.bytes
        }
        for applied in block.transactions {
            for window in applied.windows { state.record(window, entry: applied.index) }
            places[applied.transaction.id] = TransactionPlace(
                index: applied.index, height: Height(block.header.height))
        }
        blocks.append(block)
        if let next = block.nextAuthorities {
            authorities = next
            epochEntry = try? Certificate(block.finalization, memberCount: 256)
        }
    }

    /// Changes the counters, as a broken disk might.
    mutating func damage() {
        guard
            var value = state.values[.counters].flatMap({
                try? ProtoCountersValue(serializedBytes: $0)
            })
        else { return }
        value.nextAccount += 1
        state.write([(key: .counters, value: value.canonicalBytes)])
    }

    mutating func deepen(_ machine: inout ReplicaMachine) throws {
        while machine.chain.tree.wantsDeepening {
            var deeper: [Int: [UInt8]] = [:]
            let old = buckets
            try machine.deepenTree(
                bucket: { old[$0] ?? [] }, store: { deeper[$0.index] = $0.bytes })
            buckets = deeper
            depth += 1
        }
    }

    mutating func persist(_ record: ReplicaRecord) {
        if case .consensus(.vote(let vote)) = record {
            for case .consensus(.vote(let other)) in records
            where other.epoch == vote.epoch && other.view == vote.view
                && other.kind.slot == vote.kind.slot
                && other != vote
            {
                doubleVotes += 1
            }
        }
        if !records.contains(record) { records.append(record) }
    }

    mutating func forget(through position: Position) {
        let newest = records.map(\.position).max()
        records.removeAll { $0.position <= position && $0.position != newest }
    }

    // MARK: Starting

    func machine(
        signer: (any VoteSigner)?, parameters: ConsensusParameters,
        memory: ReplicaMachine.VoteMemory,
        mayResume: Bool, succession: Succession, deviations: ReplicaDeviations
    ) throws -> ReplicaMachine {
        let roots = try buckets.keys.sorted().map { index in
            let bytes = buckets[index] ?? []
            let bucket = try StateBucket(index: index, depth: depth, bytes: bytes)
            return StateTree.BucketRoot(index: index, root: bucket.root, count: bucket.count)
        }
        let chain = ChainReplica(
            network: network, head: head, authorities: authorities,
            tree: try StateTree(depth: depth, bucketRoots: roots), succession: succession,
            deviations: deviations)
        var votes: [Record] = []
        var candidates: [CandidateBlock] = []
        for record in records.reversed() {
            switch record {
            case .consensus(let record): votes.append(record)
            case .block(_, _, let bytes):
                candidates.append(try CandidateBlock(checking: bytes, network: network))
            }
        }
        return try ReplicaMachine(
            start: ReplicaMachine.Start(
                chain: chain,
                finalization: try blocks.last.map {
                    try Certificate($0.finalization, memberCount: 256)
                }, epochEntry: epochEntry),
            parameters: parameters, signer: signer, memory: memory, mayResume: mayResume,
            records: votes, blocks: candidates)
    }
}
