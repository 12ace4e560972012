import Merkle
import Primitives
import Testing

@Suite("The frontier of the log")
struct LogFrontierTests {
    @Test("Every complete node is reported once and nothing else is")
    func reports() throws {
        let leaves = LogProofTests.leaves(300)
        let nodes = try ReportedNodes(leaves)
        #expect(!nodes.hasRepeats)
        var count = 0
        for level in 0..<9 {
            let width = 1 << level
            for index in 0..<(leaves.count / width) {
                let place = ReportedNodes.Place(level: level, index: UInt64(index))
                let expected = NaiveLog.root(leaves[index * width..<(index + 1) * width])
                #expect(nodes.nodes[place] == expected)
                count += 1
            }
        }
        #expect(nodes.nodes.count == count)
    }

    @Test("A stored frontier goes on where it was, in any batches")
    func resumes() throws {
        let leaves = LogProofTests.leaves(100)
        for cut in 0...leaves.count {
            var first = LogFrontier()
            try first.append(contentsOf: leaves[..<cut])
            var second = try #require(LogFrontier(size: first.size, edge: first.edge))
            #expect(second == first && second.root == NaiveLog.root(leaves[..<cut]))
            try second.append(contentsOf: leaves[cut...])
            #expect(second.root == NaiveLog.root(leaves[...]))
        }
    }

    @Test("An edge with a wrong number of hashes or an impossible size is refused")
    func validation() {
        let hash = Digest.sha256([])
        #expect(LogFrontier(size: 0, edge: []) == LogFrontier())
        #expect(LogFrontier(size: 0, edge: [hash]) == nil)
        #expect(LogFrontier(size: 1, edge: []) == nil)
        #expect(LogFrontier(size: 7, edge: [hash, hash]) == nil)
        #expect(LogFrontier(size: 8, edge: [hash, hash]) == nil)
        #expect(LogFrontier(size: 1 << 63, edge: [hash]) == nil)
        #expect(LogFrontier(size: .max, edge: [Digest](repeating: hash, count: 64)) == nil)
    }

    @Test("A full log takes no more, and a failing append changes nothing")
    func limits() throws {
        let hash = Digest.sha256([])
        let edge = [Digest](repeating: hash, count: 63)
        var full = try #require(LogFrontier(size: LogFrontier.maximumSize, edge: edge))
        #expect(throws: MerkleError.logFull) { try full.append(hash) }

        var frontier = LogFrontier()
        try frontier.append(contentsOf: LogProofTests.leaves(3))
        let before = frontier
        #expect(throws: ReportedNodes.Missing()) {
            try frontier.append(contentsOf: [hash, hash]) { level, _, _ in
                if level == 2 { throw ReportedNodes.Missing() }
            }
        }
        #expect(frontier == before)
        #expect(throws: ReportedNodes.Missing()) {
            try frontier.append(hash) { level, _, _ in
                if level == 1 { throw ReportedNodes.Missing() }
            }
        }
        #expect(frontier == before)
    }
}
