import Consensus
import Foundation
import Ledger
import Merkle
import Primitives
import Replica
import Wire

/// A node's two files: the chain, and the records of its votes. What was written and not synced may
/// be lost in a crash; what was synced is kept.
final class SimulatedDisk: FinalChain {
    private let world: World
    private(set) var state: MemoryState
    private var buckets: [Int: [UInt8]]
    private var depth = 0
    private(set) var blocks: [FinalBlock] = []
    private var places: [Digest: TransactionPlace] = [:]
    private var heights: [Digest: Height] = [:]
    private(set) var authorities: AuthoritySet
    /// The finalization of the boundary that the present epoch began on.
    private var epochEntry: Certificate?

    /// Durable.
    private(set) var records: [ReplicaRecord] = []
    /// Written, not synced.
    private(set) var unsynced: [ReplicaRecord] = []
    /// Blocks of a transaction that is not committed.
    private(set) var uncommitted: [FinalBlock] = []
    /// Every sync and commit fails, and nobody knows what became of it.
    var isBroken = false
    /// Every sync and commit fails for want of room.
    var isFull = false
    /// A bit of a stored block that reads otherwise than it was written, for ever.
    private var flippedBit: (height: UInt64, bit: Int)?
    /// The vote file is new, or said to be an old copy (D5).
    var memory = ReplicaMachine.VoteMemory.complete

    init(_ world: World) {
        self.world = world
        state = world.start.state
        buckets = world.start.buckets
        authorities = world.start.authorities
    }

    /// The same bytes on another machine.
    func copy() -> SimulatedDisk {
        let copy = SimulatedDisk(world)
        copy.state = state
        copy.buckets = buckets
        copy.depth = depth
        copy.blocks = blocks
        copy.places = places
        copy.heights = heights
        copy.authorities = authorities
        copy.epochEntry = epochEntry
        copy.records = records
        return copy
    }

    var head: ChainHead { blocks.last.map(ChainHead.init(after:)) ?? world.start.head }

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
            bytes: asRead(block.bytes, height.rawValue), header: block.header,
            finalization: block.finalization)
    }

    private func asRead(_ bytes: Data, _ height: UInt64) -> Data {
        guard let flippedBit, flippedBit.height == height else { return bytes }
        var damaged = Array(bytes)
        damaged[flippedBit.bit / 8 % damaged.count] ^= 1 << UInt8(flippedBit.bit % 8)
        return Data(damaged)
    }

    /// Flips a bit of a stored block; one that was flipped before reads well again.
    func flipBit(_ numbers: inout SeededNumbers) {
        guard !blocks.isEmpty else { return }
        let height = 1 + numbers.below(UInt64(blocks.count))
        flippedBit = (height, numbers.index(8 * blocks[Int(height) - 1].bytes.count))
    }

    func height(ofBlock hash: Digest) throws -> Height? { heights[hash] }

    // MARK: Writing

    func write(_ record: ReplicaRecord) { unsynced.append(record) }
    func write(_ block: FinalBlock) { uncommitted.append(block) }

    /// Makes the written records durable and returns the new ones. Nil when a row of own votes is
    /// taken already (D2): then nothing more is written.
    func sync() -> [ReplicaRecord]? {
        var fresh: [ReplicaRecord] = []
        for record in unsynced {
            guard let old = records.first(where: { $0.sharesRow(with: record) }) else {
                records.append(record)
                fresh.append(record)
                continue
            }
            guard old == record || !record.isVote else {
                unsynced.removeAll()
                return nil
            }
        }
        unsynced.removeAll()
        return fresh
    }

    /// Commits the written blocks as one transaction.
    func commit() -> [FinalBlock] {
        let fresh = uncommitted
        uncommitted.removeAll()
        for block in fresh { apply(block) }
        return fresh
    }

    /// What a crash leaves of the writes that nobody waited for.
    func loseUnsynced(keeping recordCount: Int, keepsBlocks: Bool) {
        unsynced.removeLast(max(0, unsynced.count - recordCount))
        if !keepsBlocks { uncommitted.removeAll() }
    }

    private func apply(_ block: FinalBlock) {
        state.write(block.changes)
        for bucket in block.tree.changedBuckets {
            buckets[bucket.index] = bucket.bytes.isEmpty ? nil : bucket.bytes
        }
        for applied in block.transactions {
            for window in applied.windows { state.record(window, entry: applied.index) }
            places[applied.transaction.id] = TransactionPlace(
                index: applied.index, height: Height(block.header.height))
        }
        heights[block.hash] = Height(block.header.height)
        blocks.append(block)
        if let next = block.nextAuthorities {
            authorities = next
            epochEntry = try? Certificate(block.finalization, memberCount: 256)
        }
    }

    func deepen(_ machine: inout ReplicaMachine) throws {
        while machine.chain.tree.wantsDeepening {
            var deeper: [Int: [UInt8]] = [:]
            let old = buckets
            try machine.deepenTree(
                bucket: { old[$0] ?? [] }, store: { deeper[$0.index] = $0.bytes })
            buckets = deeper
            depth += 1
        }
    }

    func forget(through position: Position) {
        let newest = records.map(\.position).max()
        records.removeAll { $0.position <= position && $0.position != newest }
    }

    /// Puts an old copy of the vote file in the place of the newest.
    func restore(_ copy: [ReplicaRecord]) { records = copy }

    /// Changes the counters in the state, as a bad memory cell might.
    func damage() {
        guard let value = try? state.value(for: .counters),
            var counters = try? ProtoCountersValue(canonical: value, limit: 1_024)
        else { return }
        counters.nextAccount += 1
        state.write([(key: .counters, value: counters.canonicalBytes)])
    }

    // MARK: Starting

    /// The machine that these files make.
    func machine(_ setup: Setup, memo: inout CheckMemo) throws -> ReplicaMachine {
        let roots = try buckets.keys.sorted().map { index in
            let bucket = try StateBucket(
                index: index, depth: depth, bytes: buckets[index] ?? [])
            return StateTree.BucketRoot(index: index, root: bucket.root, count: bucket.count)
        }
        let chain = ChainReplica(
            network: world.network, head: head, authorities: authorities,
            tree: try StateTree(depth: depth, bucketRoots: roots),
            succession: setup.succession, deviations: setup.replicaDeviations)
        var votes: [Record] = []
        var candidates: [CandidateBlock] = []
        for record in records {
            switch record {
            case .consensus(let record): votes.append(record)
            case .block(_, _, let bytes):
                if let block = memo.candidate(bytes, network: world.network) {
                    candidates.append(block)
                }
            }
        }
        return try ReplicaMachine(
            start: ReplicaMachine.Start(
                chain: chain,
                finalization: try blocks.last.map {
                    try Certificate($0.finalization, memberCount: 256)
                }, epochEntry: epochEntry),
            parameters: setup.parameters, signer: setup.signer, memory: memory,
            mayResume: true, records: votes, blocks: candidates,
            deviations: setup.deviations)
    }

    /// What a process is started with, besides its files.
    struct Setup {
        let signer: (any VoteSigner)?
        let parameters: ConsensusParameters
        let succession: Succession
        let deviations: Deviations
        let replicaDeviations: ReplicaDeviations
    }
}

extension ReplicaRecord {
    var isVote: Bool {
        if case .consensus(.vote) = self { return true }
        return false
    }

    /// Whether both belong into the same row of a table (D2).
    func sharesRow(with other: ReplicaRecord) -> Bool {
        switch (self, other) {
        case (.consensus(.vote(let left)), .consensus(.vote(let right))):
            left.epoch == right.epoch && left.view == right.view
                && left.kind.slot == right.kind.slot
        case (.consensus(.certificate(let left)), .consensus(.certificate(let right))):
            left.epoch == right.epoch && left.view == right.view && left.kind == right.kind
        case (.block(_, let left, _), .block(_, let right, _)): left == right
        default: false
        }
    }
}
