import Foundation
import Ledger
import Merkle
import Primitives
import SampleNetworks
import Store
import SwiftProtobuf
import Testing
import Wire

@Suite("Snapshots of many leaves")
struct LargeSnapshotTests {
    @Test("Leaves in many pieces, sorted in several files, make the tree that batches make")
    func manyLeaves() throws {
        let directory = try Directory()
        let network = SampleNetwork()
        // Deep enough that the paths are parted into files.
        let leaves =
            network.genesis.state.changes.compactMap { key, value in
                value.map { StateLeaf(key: key, value: $0) }
            }
            + (0..<70_000).map { number in
                StateLeaf(key: StateKey(.pending, number, 0), value: Data(count: 20))
            }
        let changes = leaves.map {
            StateChange(key: $0.key.path, valueHash: Digest.sha256($0.value))
        }
        let tree = try StateTree(depth: 12)
        let overlay = try tree.update(changes, bucket: { _ in [] })
        let head = try #require(makeHead(of: network, stateRoot: overlay.root))

        let path = directory.path + "/snapshot"
        let writer = try SnapshotFileWriter(path: path)
        var pieces = SnapshotPieces { try writer.write(piece: $0) }
        try pieces.add(head: head, lastTiles: [])
        for leaf in leaves { try pieces.add(key: Data(leaf.key.bytes), value: leaf.value) }
        try pieces.finish()
        try writer.finish(
            SnapshotManifest(
                network: network.network, head: head, leafCount: pieces.leafCount,
                pieceHashes: pieces.hashes))
        #expect(pieces.hashes.count > 3)

        var reports: [Int] = []
        try ChainStore.found(
            at: directory.file(), genesis: network.genesis, from: SnapshotFile(path: path)
        ) { reports.append($0) }
        #expect(reports == Array(1...pieces.hashes.count))
        let store = try ChainStore(
            path: directory.file(), genesis: network.genesis, creating: false)
        let loaded = try store.load()
        #expect(loaded.head.stateRoot == overlay.root && loaded.head.height == Height(7))
        #expect(loaded.tree.leafCount == leaves.count && !loaded.tree.wantsDeepening)
        #expect(loaded.tree.depth == StateTree.depth(leafCount: UInt64(leaves.count)))
        #expect(loaded.tree.depth > 14)
        try store.readNow { access in
            for number in stride(from: 0, to: 70_000, by: 7_001) as StrideTo<UInt64> {
                let key = StateKey(.pending, number, 0)
                let proof = try access.stateProof(for: key, in: loaded.tree)
                #expect(
                    proof.verify(
                        key: key.path, valueHash: Digest.sha256(Data(count: 20)),
                        root: overlay.root))
            }
        }
        try store.close()
        // Nothing but the two files is left.
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: directory.path)
                .allSatisfy { $0 == "snapshot" || $0.hasPrefix("chain.sqlite") })
    }

    @Test("A leaf that no piece can hold is said to be too large")
    func hugeLeaf() throws {
        var pieces = SnapshotPieces { _ in }
        try pieces.add(key: Data([1]), value: Data(count: 1_024 * 1_024 - 100))
        #expect(throws: SnapshotError.tooLarge("a leaf of 1048576 bytes")) {
            try pieces.add(key: Data([1]), value: Data(count: 1_024 * 1_024))
        }
    }

    @Test("The depth for a number of leaves is the least one that holds them")
    func depths() {
        for (count, depth) in [
            (0, 0), (1, 0), (4, 0), (5, 1), (8, 1), (9, 2), (10_000_000, 22),
            (Int.max, StateTree.maximumDepth),
        ] { #expect(StateTree.depth(leafCount: UInt64(count)) == depth) }
    }

    private func makeHead(of network: SampleNetwork, stateRoot: Digest) -> FinalHeader? {
        let set = network.genesis.authoritySet
        var header = ProtoHeader()
        header.version = 1
        header.network = Data(network.network.bytes)
        header.height = 7
        header.view = 7
        header.logRoot = Data(LogHash.empty.bytes)
        header.stateRoot = Data(stateRoot.bytes)
        header.authoritiesHash = Data(set.hash.bytes)
        header.nextAuthoritiesHash = Data(set.hash.bytes)
        let subject = VoteSubject(
            epoch: Epoch(0), view: View(7), parentView: View(6),
            blockHash: Digest.tagged(.header, Array(header.canonicalBytes)))
        let payload = subject.payload(network: network.network)
        return FinalHeader(
            decoding: header.canonicalBytes,
            finalization: ProtoFinalization(
                subject: subject,
                signatures: [0: SampleNetwork.voteKey.sign(.finalize, payload)]))
    }
}
