import Consensus
import Primitives
import Wire

/// Blocks that are here and not executed; bounded by count and bytes, the oldest go first.
struct CandidateTable: Sendable {
    struct Entry {
        let block: CandidateBlock
        /// Whose link it came over; nil for the own disk.
        let source: Peer?
    }

    let countLimit: Int
    let byteLimit: Int
    private var entries: [Entry] = []
    private var byteCount = 0

    init(countLimit: Int, byteLimit: Int) {
        self.countLimit = countLimit
        self.byteLimit = byteLimit
    }

    subscript(hash: Digest) -> Entry? { entries.first { $0.block.hash == hash } }

    var isEmpty: Bool { entries.isEmpty }

    /// How many whole runs may come without anything having to go.
    var roomForRuns: Int {
        min(
            max(0, countLimit - entries.count) / ConsensusLimits.runBlocks,
            max(0, byteLimit - byteCount) / ConsensusLimits.runBytes)
    }

    /// One for each hash: the first stays until it is found wrong.
    mutating func insert(_ block: CandidateBlock, from source: Peer?) {
        guard self[block.hash] == nil, block.bytes.count <= byteLimit else { return }
        entries.append(Entry(block: block, source: source))
        byteCount += block.bytes.count
        while entries.count > countLimit || byteCount > byteLimit {
            byteCount -= entries.removeFirst().block.bytes.count
        }
    }

    mutating func remove(_ hash: Digest) {
        guard let place = entries.firstIndex(where: { $0.block.hash == hash }) else { return }
        byteCount -= entries.remove(at: place).block.bytes.count
    }

    /// Blocks that can no longer become final.
    mutating func removeAll(through height: Height) {
        entries.removeAll { $0.block.header.height <= height.rawValue }
        byteCount = entries.reduce(0) { $0 + $1.block.bytes.count }
    }
}
