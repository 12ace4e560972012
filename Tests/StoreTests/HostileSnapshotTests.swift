import Foundation
import Ledger
import Merkle
import Primitives
import SampleNetworks
import Store
import SwiftProtobuf
import Testing
import Wire

@Suite("Snapshots that are none")
struct HostileSnapshotTests {
    /// A snapshot's bytes, and where a damaged one is put.
    private struct Sample {
        let directory: Directory
        let network: SampleNetwork
        let bytes: Data
        let path: String

        init() throws {
            directory = try Directory()
            var network = SampleNetwork()
            let chain = try SnapshotTests.busyChain(directory, &network, members: 0)
            try snapshot(of: chain, in: directory)
            try chain.store.close()
            self.network = network
            path = directory.path + "/damaged"
            bytes = try Data(contentsOf: URL(fileURLWithPath: directory.path + "/snapshot"))
        }

        /// Founds from these bytes; nothing may be left of a try that fails.
        func found(_ bytes: Data, _ genesis: GenesisDocument? = nil) throws {
            try bytes.write(to: URL(fileURLWithPath: path))
            defer { try? FileManager.default.removeItem(atPath: path) }
            let before = try names
            do {
                try ChainStore.found(
                    at: directory.file("restored"), genesis: genesis ?? network.genesis,
                    from: SnapshotFile(path: path))
            } catch {
                #expect(try names == before)
                throw error
            }
        }

        private var names: [String] {
            get throws {
                try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
            }
        }

        /// The pieces and the manifest, changed and put together again with right hashes.
        func rebuilt(
            _ change: (inout [ProtoSnapshotPiece], inout ProtoSnapshotManifest) throws -> Void
        ) throws -> Data {
            try bytes.write(to: URL(fileURLWithPath: path))
            let file = try SnapshotFile(path: path)
            var manifest = try ProtoSnapshotManifest(serializedBytes: file.manifest.bytes)
            var pieces: [ProtoSnapshotPiece] = []
            try file.forEachPiece { pieces.append(try ProtoSnapshotPiece(serializedBytes: $0)) }
            try change(&pieces, &manifest)
            manifest.pieceHashes = Data(
                pieces.flatMap { SnapshotPieces.hash($0.canonicalBytes).bytes })
            return try Self.file(pieces.map(\.canonicalBytes), manifest.canonicalBytes)
        }

        static func file(_ pieces: [Data], _ manifest: Data) throws -> Data {
            var bytes = Data("drec snapshot 1\n".utf8)
            for piece in pieces { bytes += length(piece.count) + piece }
            return bytes + manifest + length(manifest.count)
                + Digest.tagged(.snapshot, Array(manifest)).bytes
        }

        static func length(_ count: Int) -> Data {
            Data([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) })
        }
    }

    @Test("A whole one put together again founds a chain: the forgeries below fail for their own")
    func whole() throws {
        let sample = try Sample()
        #expect(try sample.rebuilt { _, _ in } == sample.bytes)
        try sample.found(sample.bytes)
        // The path is taken now.
        #expect(throws: StoreError.exists(sample.directory.file("restored"))) {
            try sample.found(sample.bytes)
        }
    }

    @Test("One flipped bit anywhere is refused and leaves nothing")
    func flippedBits() throws {
        let sample = try Sample()
        // Every byte of the framing, and a sample of the rest.
        let edges = [0..<24, sample.bytes.count - 120..<sample.bytes.count].flatMap { Array($0) }
        for place in edges + stride(from: 24, to: sample.bytes.count - 120, by: 61) {
            var damaged = sample.bytes
            damaged[place] ^= 1 << UInt8(place & 7)
            #expect(throws: SnapshotError.self, "byte \(place)") { try sample.found(damaged) }
        }
    }

    @Test("A file that is cut short or goes on is refused")
    func lengths() throws {
        let sample = try Sample()
        let bytes = sample.bytes
        #expect(throws: SnapshotError.notASnapshot) { try sample.found(Data()) }
        #expect(throws: SnapshotError.notASnapshot) { try sample.found(bytes.prefix(15)) }
        for count in [16, 17, 40, 51, 52, 60, bytes.count / 2, bytes.count - 1] {
            #expect(throws: SnapshotError.self, "\(count) bytes") {
                try sample.found(bytes.prefix(count))
            }
        }
        for tail in [Data([0]), Data([0x0a]), bytes] {
            #expect(throws: SnapshotError.self) { try sample.found(bytes + tail) }
        }
        #expect(throws: SnapshotError.notASnapshot) { try sample.found(Data([0]) + bytes) }
        // No file, and no file at all.
        #expect(throws: (any Error).self) {
            try SnapshotFile(path: sample.directory.path + "/none")
        }
        #expect(throws: (any Error).self) { try SnapshotFile(path: sample.directory.path) }
    }

    @Test("Lengths that lie, within right hashes, are refused before anything is read by them")
    func lyingLengths() throws {
        let sample = try Sample()
        try sample.bytes.write(to: URL(fileURLWithPath: sample.path))
        let file = try SnapshotFile(path: sample.path)
        let manifest = file.manifest.bytes
        var pieces: [Data] = []
        try file.forEachPiece { pieces.append($0) }
        let whole = try Sample.file(pieces, manifest)
        #expect(whole == sample.bytes)
        // A piece more, a piece less, two swapped, an empty one, bytes between pieces and manifest.
        for changed in [
            pieces + [pieces[1]], Array(pieces.dropLast()), pieces.reversed(), [Data()] + pieces,
            pieces.dropLast() + [pieces[pieces.count - 1] + Data([0])],
        ] {
            #expect(throws: SnapshotError.self) {
                try sample.found(try Sample.file(changed, manifest))
            }
        }
        var first = whole
        for length in [0, 1, 1_024 * 1_024, 1_024 * 1_024 + 1, 0x7fff_ffff, 0xffff_ffff] {
            first.replaceSubrange(16..<20, with: Sample.length(length))
            #expect(throws: SnapshotError.self, "a piece of \(length)") { try sample.found(first) }
        }
        let trailer = whole.count - 36
        for length in [0, 1, manifest.count - 1, manifest.count + 1, whole.count, 0xffff_ffff] {
            var last = whole
            last.replaceSubrange(trailer..<trailer + 4, with: Sample.length(length))
            #expect(throws: SnapshotError.self, "a manifest of \(length)") {
                try sample.found(last)
            }
        }
    }

    @Test("Contents that no votes prove are refused although every hash is right")
    func forgeries() throws {
        typealias Change = (inout [ProtoSnapshotPiece], inout ProtoSnapshotManifest) throws -> Void
        let sample = try Sample()
        let table: [(SnapshotError, Change)] = [
            (.stateDiffers, { pieces, _ in pieces[1].leaves.leaves[3].value[1] ^= 1 }),
            (
                .stateDiffers,
                { pieces, manifest in
                    pieces[1].leaves.leaves.removeLast()
                    manifest.leafCount -= 1
                }
            ),
            (
                .stateDiffers,
                { pieces, manifest in
                    pieces[1].leaves.leaves.append(
                        .with {
                            $0.key = Data(StateKey(.pending, .max, .max).bytes)
                            $0.value = Data([1])
                        })
                    manifest.leafCount += 1
                }
            ),
            (.leafCountDiffers, { pieces, _ in pieces[1].leaves.leaves.removeLast() }),
            (.leafCountDiffers, { $1.leafCount += 1 }),
            (
                .outOfOrder("the leaves of piece 1"),
                { pieces, _ in pieces[1].leaves.leaves.swapAt(0, 1) }
            ),
            (
                .outOfOrder("the leaves of piece 2"),
                { pieces, manifest in
                    manifest.leafCount *= 2
                    pieces.append(pieces[1])
                }
            ),
            (.outOfOrder("leaves before the head"), { pieces, _ in pieces.swapAt(0, 1) }),
            (
                .notFinal("head"),
                { pieces, _ in pieces[0].head.finalization.signatures[0][5] ^= 1 }
            ),
            (.logDiffers, { pieces, _ in pieces[0].head.logTiles[0][0] ^= 1 }),
            (.malformed("head"), { $1.height += 1 }),
            (.unknownVersion(2), { $1.version = 2 }),
            (.otherNetwork, { $1.network = Data(Digest.zero.bytes) }),
        ]
        for (error, change) in table {
            let forged = try sample.rebuilt(change)
            #expect(throws: error) { try sample.found(forged) }
        }
        #expect(throws: SnapshotError.otherNetwork) {
            try sample.found(sample.bytes, SampleNetwork(name: "other").genesis)
        }
        // The same network's name with another authority is another network.
        #expect(throws: SnapshotError.otherNetwork) {
            try sample.found(sample.bytes, SampleNetwork(authorities: ["south"]).genesis)
        }
    }

    @Test("Leaves that do not decode are refused before the root is known")
    func undecodable() throws {
        let sample = try Sample()
        let forged = try sample.rebuilt { pieces, _ in
            for place in pieces[1].leaves.leaves.indices {
                pieces[1].leaves.leaves[place].value = Data([0xff])
            }
        }
        #expect(throws: (any Error).self) { try sample.found(forged) }
    }
}
