import Foundation
import Ledger
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Verifier
import Wire

@Suite("Authorities, followed from the genesis document")
struct AuthorityChainTests {
    private let blocks = VotedBlocks()
    private let first = VotedBlocks.set(VotedBlocks.names)
    private let second = VotedBlocks.set(["north", "east", "south", "middle"])
    private let three = [0: "north", 1: "east", 2: "south"]

    @Test("The document's hash is the network's name, with or without blanks in the file")
    func network() throws {
        let bytes = blocks.genesis.json.canonicalBytes
        #expect(try FoundingDocument(parsing: bytes).network == blocks.genesis.hash)
        #expect(try FoundingDocument(parsing: [0x0a] + bytes + [0x20]).name == "test")
    }

    @Test(
        "What is no genesis document is refused",
        arguments: [
            "", "{}", "[]", "{\"format\":\"drec-genesis-1\"}", "null",
            "{\"authorities\":[],\"format\":\"drec-genesis-1\",\"name\":\"x\"}",
            "{\"authorities\":[{}],\"format\":\"drec-genesis-1\",\"name\":\"x\"}",
            "{\"authorities\":[7],\"format\":\"drec-genesis-1\",\"name\":\"x\"}",
        ])
    func notGenesis(text: String) {
        #expect(throws: ProofFailure.self) { try FoundingDocument(parsing: Array(text.utf8)) }
    }

    @Test("A member is of its very name, and not of one that Unicode calls the same")
    func spelling() throws {
        let text = String(decoding: blocks.genesis.json.canonicalBytes, as: UTF8.self)
        #expect(text.contains("\"voteKey\""))
        let other = text.replacing("\"voteKey\"", with: "\"vote\u{212a}ey\"")
        #expect(throws: ProofFailure.self) { try FoundingDocument(parsing: Array(other.utf8)) }
    }

    @Test("A head is proved by any quorum of the founding authorities")
    func head() throws {
        let chain = AuthorityChain(try blocks.document)
        #expect(chain.quorum == 3)
        let header = blocks.header(7, by: first)
        for absent in 0..<4 {
            var names = Dictionary(uniqueKeysWithValues: VotedBlocks.names.enumerated().map { $0 })
            names[absent] = nil
            let block = try chain.head(
                header: header.canonicalBytes, certificate: blocks.votes(header, by: names))
            #expect(block.height == 7)
            #expect(block.logRoot == Digest(bytes: SampleNetworks.hash("log 7")))
            #expect(block.time == Timestamp(1_007))
        }
    }

    @Test("Two changes of authorities are followed, and only the last set proves the head")
    func twoChanges() throws {
        let third = VotedBlocks.set(["sixth"])
        var chain = AuthorityChain(try blocks.document)
        let boundary = blocks.header(3, by: first, next: second)
        try chain.follow(
            header: boundary.canonicalBytes, certificate: blocks.votes(boundary, by: three),
            next: second.canonicalBytes)
        let next = blocks.header(9, epoch: 1, by: second, next: third)
        try chain.follow(
            header: next.canonicalBytes,
            certificate: blocks.votes(next, by: [0: "north", 2: "south", 3: "middle"]),
            next: third.canonicalBytes)
        #expect(chain.epoch == 2)
        let header = blocks.header(10, epoch: 2, by: third)
        let votes = blocks.votes(header, by: [0: "sixth"])
        let head = try chain.head(header: header.canonicalBytes, certificate: votes)
        #expect(head.hash == Digest.tagged(.header, Array(header.canonicalBytes)))
        // Not by those of an earlier epoch, nor of a block that comes before the change.
        let early = blocks.header(9, epoch: 2, by: third)
        for (header, names) in [(header, three), (early, [0: "sixth"])] {
            #expect(throws: ProofFailure.self) {
                try chain.head(
                    header: header.canonicalBytes, certificate: blocks.votes(header, by: names))
            }
        }
    }

    /// What is wrong with a header, or with the votes for it.
    private typealias Defect = (
        String, @Sendable (inout ProtoHeader) -> Void,
        @Sendable (inout ProtoFinalization) -> Void
    )

    private static let defects: [Defect] = [
        ("another version", { $0.version = 2 }, { _ in }),
        ("another network", { $0.network = Data(count: 32) }, { _ in }),
        ("another epoch", { $0.epoch = 1 }, { _ in }),
        ("other authorities", { $0.authoritiesHash = Data(count: 32) }, { _ in }),
        ("no log root", { $0.logRoot = Data() }, { _ in }),
        ("no state root", { $0.stateRoot = Data(count: 31) }, { _ in }),
        ("votes for another block", { _ in }, { $0.blockHash = Data(count: 32) }),
        ("votes of another view", { _ in }, { $0.view += 1 }),
        ("votes on another parent", { _ in }, { $0.parentView += 1 }),
        ("votes of another epoch", { _ in }, { $0.epoch += 1 }),
        (
            "a vote too few", { _ in },
            {
                $0.signers = Data([0b011])
                $0.signatures.removeLast()
            }
        ),
        ("one vote twice", { _ in }, { $0.signatures[1] = $0.signatures[0] }),
        ("a signer too many", { _ in }, { $0.signers = Data([0b1111]) }),
        ("a signature too many", { _ in }, { $0.signatures.append($0.signatures[0]) }),
        ("a signer who has no seat", { _ in }, { $0.signers = Data([0b010011]) }),
        ("signers with a tail", { _ in }, { $0.signers = Data([0b111, 0]) }),
        ("signers far away", { _ in }, { $0.signers = Data(count: 4_000) + [1] }),
        ("votes in another order", { _ in }, { $0.signatures.swapAt(0, 2) }),
        (
            "no votes", { _ in },
            {
                $0.signers = Data()
                $0.signatures = []
            }
        ),
        ("a short signature", { _ in }, { $0.signatures[0].removeLast() }),
    ]

    @Test("Every defect of a header or of its votes is found", arguments: 0..<20)
    func defects(number: Int) throws {
        let (name, ofHeader, ofVotes) = Self.defects[number]
        let chain = AuthorityChain(try blocks.document)
        let header = blocks.header(7, by: first, ofHeader)
        let votes = blocks.votes(header, by: three, ofVotes)
        #expect(throws: ProofFailure.self, "\(name)") {
            try chain.head(header: header.canonicalBytes, certificate: votes)
        }
    }

    @Test("A vote of another kind, or by another key, is none")
    func otherVotes() throws {
        let chain = AuthorityChain(try blocks.document)
        let header = blocks.header(7, by: first)
        for votes in [
            blocks.votes(header, by: three, tag: .notarize),
            blocks.votes(header, by: [0: "north", 1: "east", 2: "sixth"]),
            blocks.votes(header, by: [0: "north", 1: "east", 3: "south"]),
        ] {
            #expect(throws: ProofFailure.self) {
                try chain.head(header: header.canonicalBytes, certificate: votes)
            }
        }
    }

    @Test("A change must end its epoch and name the set that is shown")
    func badChanges() throws {
        let chain = AuthorityChain(try blocks.document)
        let none = ProtoAuthoritySetValue()
        let same = blocks.header(3, by: first)
        let boundary = blocks.header(3, by: first, next: second)
        let empty = blocks.header(3, by: first, next: none)
        for (header, next) in [
            (same, first.canonicalBytes), (boundary, first.canonicalBytes),
            (boundary, Data()), (empty, none.canonicalBytes),
            (boundary, second.canonicalBytes + [0x22, 0x00]),
        ] {
            var broken = chain
            #expect(throws: ProofFailure.self) {
                try broken.follow(
                    header: header.canonicalBytes,
                    certificate: blocks.votes(header, by: three), next: next)
            }
            #expect(broken.epoch == 0)
        }
    }

    @Test("No bit of a head can be changed")
    func everyBit() throws {
        let chain = AuthorityChain(try blocks.document)
        let header = blocks.header(7, by: first)
        let parts = [header.canonicalBytes, blocks.votes(header, by: three)]
        for part in parts.indices {
            for bit in 0..<parts[part].count * 8 {
                var changed = parts
                changed[part][bit / 8] ^= 1 << UInt8(bit % 8)
                #expect(throws: ProofFailure.self, "part \(part), bit \(bit)") {
                    try chain.head(header: changed[0], certificate: changed[1])
                }
            }
        }
    }
}
