import Foundation
import Ledger
import Merkle
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

@Suite("Checking a snapshot")
struct SnapshotCheckTests {
    static let four = ["north", "east", "south", "west"]
    static let epochs = [["north"], ["north", "east"], four, ["east", "west", "south"]]

    @Test("A whole snapshot of the first and of a later epoch is proved from genesis alone")
    func proved() throws {
        let first = try SampleSnapshot()
        let manifest = try first.read()
        #expect(try SnapshotManifest(decoding: manifest.bytes) == manifest)
        #expect(manifest.id == Digest.tagged(.snapshot, Array(manifest.bytes)))
        for count in 2...Self.epochs.count {
            try SampleSnapshot(Array(Self.epochs.prefix(count))).read()
        }
        // Three of four are a quorum.
        var quorum = try SampleSnapshot([Self.four])
        try quorum.changeHead(by: ["north", "east", "south"]) { _ in }
        try quorum.read()
    }

    @Test("What the check lets through is what the pieces say")
    func content() throws {
        let snapshot = try SampleSnapshot([["north"], ["east"]])
        let manifest = try snapshot.read()
        var check = try SnapshotCheck(manifest, genesis: snapshot.genesis)
        guard case .transition(let transition) = try check.take(snapshot.pieces[0].canonicalBytes),
            case .head(let head) = try check.take(snapshot.pieces[1].canonicalBytes),
            case .leaves(let leaves) = try check.take(snapshot.pieces[2].canonicalBytes)
        else {
            Issue.record("not the pieces")
            return
        }
        #expect(transition.block.height == Height(10) && transition.block.endsEpoch)
        #expect(transition.next.members.map(\.name) == ["east"])
        #expect(transition.next.epoch == Epoch(1))
        #expect(head.block.height == Height(1_000) && head.block.hasOwnVotes)
        #expect(head.frontier.size == UInt64(SampleSnapshot.entryCount))
        #expect(leaves.map(\.key) == Array(snapshot.genesis.state.changes.prefix(2).map(\.key)))
        // Ending early is no snapshot.
        #expect(throws: SnapshotError.malformed("cut short")) {
            try check.finish(stateRoot: snapshot.stateRoot)
        }
    }

    @Test("One bit changed in any byte of any piece or of the manifest is refused")
    func flippedBits() throws {
        let snapshot = try SampleSnapshot([["north"], ["east"]])
        var check = try SnapshotCheck(try snapshot.read(), genesis: snapshot.genesis)
        for (number, piece) in snapshot.pieces.map(\.canonicalBytes).enumerated() {
            for place in piece.indices {
                var changed = piece
                changed[place] ^= 1 << (place & 7)
                var copy = check
                #expect(throws: SnapshotError.pieceDiffers(number)) { try copy.take(changed) }
            }
            _ = try check.take(piece)
        }
        let manifest = try snapshot.read().bytes
        for place in manifest.indices {
            var changed = manifest
            changed[place] ^= 1 << (place & 7)
            #expect(throws: SnapshotError.self) {
                let decoded = try SnapshotManifest(decoding: changed)
                var check = try SnapshotCheck(decoded, genesis: snapshot.genesis)
                for piece in snapshot.pieces { _ = try check.take(piece.canonicalBytes) }
                try check.finish(stateRoot: snapshot.stateRoot)
            }
        }
    }

    /// A change whose hashes are right: only votes, roots and order can tell.
    struct Forgery: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let error: SnapshotError
        let change: @Sendable (inout SampleSnapshot) throws -> Void

        init(
            _ name: String, _ error: SnapshotError,
            _ change: @escaping @Sendable (inout SampleSnapshot) throws -> Void
        ) {
            testDescription = name
            self.error = error
            self.change = change
        }
    }

    static let headForgeries = [
        Forgery("another network", .otherNetwork) { snapshot in
            snapshot.genesis = SampleNetwork(name: "other").genesis
        },
        Forgery("a head of another network", .notFinal("head")) { snapshot in
            try snapshot.changeHead { $0.network = Data(Digest.zero.bytes) }
        },
        Forgery("a head of a later epoch", .notFinal("head")) { snapshot in
            try snapshot.changeHead { $0.epoch = 1 }
        },
        Forgery("a head of other authorities", .notFinal("head")) { snapshot in
            try snapshot.changeHead { $0.authoritiesHash = Data(Digest.zero.bytes) }
        },
        Forgery("a head of another version", .malformed("head")) { snapshot in
            try snapshot.changeHead { $0.version = 2 }
        },
        Forgery("a head voted on by a stranger", .notFinal("head")) { snapshot in
            try snapshot.changeHead(by: ["stranger"]) { _ in }
        },
        Forgery("a head nobody voted on", .notFinal("head")) { snapshot in
            try snapshot.changeHead(by: []) { _ in }
        },
        Forgery("votes for another block", .notFinal("head")) { snapshot in
            let votes = snapshot.pieces[snapshot.head].head.finalization
            try snapshot.changeHead { $0.timeMilliseconds += 1 }
            snapshot.pieces[snapshot.head].head.finalization = votes
        },
        Forgery("another head than the manifest's", .malformed("head")) { snapshot in
            snapshot.manifest.blockHash = Data(Digest.zero.bytes)
        },
        Forgery("another height than the manifest's", .malformed("head")) { snapshot in
            snapshot.manifest.height += 1
        },
        Forgery("another log root", .logDiffers) { snapshot in
            try snapshot.changeHead { $0.logRoot = Data(Digest.zero.bytes) }
        },
        Forgery("another log size", .logDiffers) { snapshot in
            try snapshot.changeHead { $0.logSize += 1 }
        },
        Forgery("a changed tile", .logDiffers) { snapshot in
            snapshot.pieces[0].head.logTiles[0][3] ^= 1
        },
        Forgery("a longer tile", .logDiffers) { snapshot in
            snapshot.pieces[0].head.logTiles[0] += Data(count: 32)
        },
        Forgery("half a hash", .logDiffers) { snapshot in
            snapshot.pieces[0].head.logTiles[0] += Data(count: 16)
        },
        Forgery("no tiles", .logDiffers) { $0.pieces[0].head.logTiles = [] },
        Forgery("too many tiles", .logDiffers) { snapshot in
            snapshot.pieces[0].head.logTiles += Array(repeating: Data(), count: 9)
        },
        Forgery("another state root", .stateDiffers) { snapshot in
            try snapshot.changeHead { $0.stateRoot = Data(Digest.zero.bytes) }
        },
    ]

    static let leafForgeries = [
        Forgery("a changed value", .stateDiffers) { snapshot in
            snapshot.pieces[1].leaves.leaves[0].value[0] ^= 1
        },
        Forgery("a missing leaf", .stateDiffers) { snapshot in
            snapshot.pieces[2].leaves.leaves.removeLast()
            snapshot.manifest.leafCount -= 1
        },
        Forgery("an added leaf", .stateDiffers) { snapshot in
            snapshot.pieces[2].leaves.leaves.append(
                .with {
                    $0.key = Data(StateKey(.pending, .max, .max).bytes)
                    $0.value = Data([1])
                })
            snapshot.manifest.leafCount += 1
        },
        Forgery("fewer leaves than it says", .leafCountDiffers) { snapshot in
            snapshot.pieces[2].leaves.leaves.removeLast()
        },
        Forgery("more leaves than it says", .leafCountDiffers) { $0.manifest.leafCount -= 1 },
        Forgery("a leaf twice", .outOfOrder("the leaves of piece 1")) { snapshot in
            let leaf = snapshot.pieces[1].leaves.leaves[1]
            snapshot.pieces[1].leaves.leaves.append(leaf)
            snapshot.manifest.leafCount += 1
        },
        Forgery("a leaf again in the next piece", .outOfOrder("the leaves of piece 2")) {
            snapshot in
            let leaf = snapshot.pieces[1].leaves.leaves[1]
            snapshot.pieces[2].leaves.leaves.insert(leaf, at: 0)
            snapshot.manifest.leafCount += 1
        },
        Forgery("leaves out of order", .outOfOrder("the leaves of piece 1")) { snapshot in
            snapshot.pieces[1].leaves.leaves.swapAt(0, 1)
        },
        Forgery("pieces of leaves swapped", .outOfOrder("the leaves of piece 2")) { snapshot in
            snapshot.pieces.swapAt(1, 2)
        },
        Forgery("leaves before the head", .outOfOrder("leaves before the head")) { snapshot in
            snapshot.pieces.swapAt(0, 1)
        },
        Forgery("an empty value", .malformed("a leaf of piece 1")) { snapshot in
            snapshot.pieces[1].leaves.leaves[0].value = Data()
        },
        Forgery("a key of no kind", .malformed("a leaf of piece 1")) { snapshot in
            snapshot.pieces[1].leaves.leaves[0].key = Data([0xff])
        },
        Forgery("a key that is too short", .malformed("a leaf of piece 1")) { snapshot in
            snapshot.pieces[1].leaves.leaves[1].key.removeLast()
        },
        Forgery("a piece without leaves", .malformed("piece 3")) { snapshot in
            snapshot.pieces.append(.with { $0.leaves = .init() })
        },
        Forgery("an empty piece", .malformed("piece 3")) { $0.pieces.append(.init()) },
        Forgery("a second head", .outOfOrder("a second head")) { snapshot in
            snapshot.pieces.append(snapshot.pieces[0])
        },
        Forgery("no head", .outOfOrder("leaves before the head")) { $0.pieces.removeFirst() },
    ]

    @Test(
        "A forged head or leaf is refused although all hashes are right",
        arguments: headForgeries + leafForgeries)
    func forged(_ forgery: Forgery) throws {
        var snapshot = try SampleSnapshot()
        try snapshot.read()
        try forgery.change(&snapshot)
        let forged = snapshot
        #expect(throws: forgery.error) { try forged.read() }
    }

    static let transitionForgeries = [
        Forgery("a transition left out", .notFinal("transition of epoch 1")) { snapshot in
            snapshot.pieces.remove(at: 1)
        },
        Forgery("all transitions left out", .notFinal("head")) { snapshot in
            snapshot.pieces.removeFirst(3)
        },
        Forgery("transitions swapped", .notFinal("transition of epoch 0")) { snapshot in
            snapshot.pieces.swapAt(0, 1)
        },
        Forgery("a transition twice", .notFinal("transition of epoch 1")) { snapshot in
            snapshot.pieces.insert(snapshot.pieces[0], at: 1)
        },
        Forgery("a transition after the head", .outOfOrder("a transition after the head")) {
            snapshot in
            let late = snapshot.pieces[2]
            snapshot = try SampleSnapshot(Array(epochs.prefix(3)))
            snapshot.pieces.insert(late, at: 3)
        },
        Forgery("other authorities", .malformed("transition of epoch 1")) { snapshot in
            snapshot.pieces[1].transition.nextAuthorities.authorities[0].voteKey =
                publicKey("stranger vote")
        },
        Forgery("no authorities", .malformed("transition of epoch 1")) { snapshot in
            snapshot.pieces[1].transition.nextAuthorities = .init()
        },
        Forgery("too many authorities", .malformed("transition of epoch 1")) { snapshot in
            let set = SampleSnapshot.set((0...50).map { "a\($0)" }, 2)
            try snapshot.changeTransition(1, by: ["north", "east"]) {
                $0.nextAuthoritiesHash = Data(set.hash.bytes)
            }
            snapshot.pieces[1].transition.nextAuthorities.authorities = set.members
        },
        Forgery("one vote of two", .notFinal("transition of epoch 1")) { snapshot in
            try snapshot.changeTransition(1, by: ["north"]) { _ in }
        },
        Forgery("two votes of four", .notFinal("transition of epoch 2")) { snapshot in
            try snapshot.changeTransition(2, by: ["north", "east"]) { _ in }
        },
        Forgery("votes of the next epoch's", .notFinal("transition of epoch 0")) { snapshot in
            try snapshot.changeTransition(0, by: ["east"]) { _ in }
        },
        Forgery("a block that ends no epoch", .malformed("transition of epoch 1")) { snapshot in
            try snapshot.changeTransition(1, by: ["north", "east"]) {
                $0.nextAuthoritiesHash = $0.authoritiesHash
            }
        },
        Forgery("a height before the last transition's", .notFinal("transition of epoch 1")) {
            snapshot in
            try snapshot.changeTransition(1, by: ["north", "east"]) { $0.height = 10 }
        },
        Forgery("a head before the last transition", .malformed("head")) { snapshot in
            try snapshot.changeHead(by: ["east", "west", "south"]) { $0.height = 30 }
        },
    ]

    @Test("A forged chain of authorities is refused", arguments: transitionForgeries)
    func forgedTransitions(_ forgery: Forgery) throws {
        var snapshot = try SampleSnapshot(Self.epochs)
        try snapshot.read()
        try forgery.change(&snapshot)
        let forged = snapshot
        #expect(throws: forgery.error) { try forged.read() }
    }

    @Test("A manifest that lies about lengths, or is of another version, is refused")
    func manifests() throws {
        let snapshot = try SampleSnapshot()
        let changes: [(SnapshotError, @Sendable (inout ProtoSnapshotManifest) -> Void)] = [
            (.unknownVersion(0), { $0.version = 0 }), (.unknownVersion(2), { $0.version = 2 }),
            (.malformed("manifest"), { $0.network = Data(count: 31) }),
            (.malformed("manifest"), { $0.blockHash = Data(count: 33) }),
            (.malformed("manifest"), { $0.height = 0 }),
            (.malformed("manifest"), { $0.leafCount = 0 }),
            (.malformed("manifest"), { $0.leafCount = .max }),
            (.malformed("manifest"), { $0.pieceHashes.removeLast() }),
            (.malformed("manifest"), { $0.pieceHashes = Data() }),
            (.malformed("manifest"), { $0.pieceHashes = Data(count: 32) }),
            (.malformed("manifest"), { $0.pieceHashes = Data(count: 32 * 32_001) }),
            (.malformed("manifest"), { $0.pieceHashes = Data(count: 2 * 1_024 * 1_024) }),
            (.malformed("cut short"), { $0.pieceHashes += Data(count: 32) }),
        ]
        for (error, change) in changes {
            #expect(throws: error) { try snapshot.read { _, manifest in change(&manifest) } }
        }
        // A piece more than the manifest names, and one that is too long.
        #expect(throws: SnapshotError.pieceDiffers(3)) {
            try snapshot.read { bytes, _ in bytes.append(bytes[2]) }
        }
        #expect(throws: SnapshotError.pieceDiffers(2)) {
            try snapshot.read { bytes, manifest in
                bytes[2] += Data(count: 1_024 * 1_024)
                manifest.pieceHashes = Data(bytes.flatMap { SnapshotPieces.hash($0).bytes })
            }
        }
        // Bytes behind a message, and an unknown field in it.
        for tail in [Data([0]), Data([0x78, 1])] {
            #expect(throws: SnapshotError.malformed("piece 1")) {
                try snapshot.read { bytes, manifest in
                    bytes[1] += tail
                    manifest.pieceHashes = Data(bytes.flatMap { SnapshotPieces.hash($0).bytes })
                }
            }
            #expect(throws: SnapshotError.malformed("manifest")) {
                try SnapshotManifest(decoding: try snapshot.read().bytes + tail)
            }
        }
    }

    @Test("The hashes of pieces and manifests are as they ever were")
    func golden() throws {
        let manifest = try SampleSnapshot(Self.epochs).read()
        #expect(
            manifest.id.hex
                == "23621b90841e6bace39ebbdde8f632e462610377a7e0efaf92fdec51f3243e42")
    }
}
