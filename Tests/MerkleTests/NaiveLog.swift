import Merkle
import Primitives

/// RFC 9162 §2.1 written down as it stands, recursive and slow.
enum NaiveLog {
    static func split(_ count: Int) -> Int {
        var width = 1
        while width * 2 < count { width *= 2 }
        return width
    }

    static func hash(_ left: Digest, _ right: Digest) -> Digest {
        Digest.sha256([1] + left.bytes + right.bytes)
    }

    /// MTH over leaf hashes, §2.1.1.
    static func root(_ leaves: ArraySlice<Digest>) -> Digest {
        if leaves.isEmpty { return Digest.sha256([]) }
        if leaves.count == 1 { return leaves[leaves.startIndex] }
        let middle = leaves.startIndex + split(leaves.count)
        return hash(root(leaves[..<middle]), root(leaves[middle...]))
    }

    /// PATH, §2.1.3.1.
    static func path(_ index: Int, _ leaves: ArraySlice<Digest>) -> [Digest] {
        if leaves.count == 1 { return [] }
        let width = split(leaves.count)
        let middle = leaves.startIndex + width
        return index < width
            ? path(index, leaves[..<middle]) + [root(leaves[middle...])]
            : path(index - width, leaves[middle...]) + [root(leaves[..<middle])]
    }

    /// SUBPROOF, §2.1.4.1.
    static func subproof(_ older: Int, _ leaves: ArraySlice<Digest>, _ isWhole: Bool) -> [Digest] {
        if older == leaves.count { return isWhole ? [] : [root(leaves)] }
        let width = split(leaves.count)
        let middle = leaves.startIndex + width
        return older <= width
            ? subproof(older, leaves[..<middle], isWhole) + [root(leaves[middle...])]
            : subproof(older - width, leaves[middle...], false) + [root(leaves[..<middle])]
    }
}

/// The nodes that a frontier reported, as a store would keep them.
struct ReportedNodes: LogNodeReader {
    struct Place: Hashable {
        let level: Int
        let index: UInt64
    }

    struct Missing: Error, Equatable {}

    private(set) var nodes: [Place: Digest] = [:]
    private(set) var frontier = LogFrontier()
    /// Whether a node was reported more than once.
    private(set) var hasRepeats = false

    init(_ leafHashes: [Digest]) throws {
        var reported: [Place: Digest] = [:]
        var isRepeated = false
        try frontier.append(contentsOf: leafHashes) { level, index, hash in
            let before = reported.updateValue(hash, forKey: Place(level: level, index: index))
            if before != nil { isRepeated = true }
        }
        nodes = reported
        hasRepeats = isRepeated
    }

    func node(level: Int, index: UInt64) throws -> Digest {
        guard let node = nodes[Place(level: level, index: index)] else { throw Missing() }
        return node
    }
}
