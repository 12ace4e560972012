import Consensus
import Foundation
import Primitives
import SwiftProtobuf
import Testing
import Wire

/// C13 at the edge: each message has one encoding, and bad ones are refused by name.
@Suite struct WireTests {
    private static let members = Members(4)

    private static let samples: [PeerMessage] = {
        let subject = members.subject(3, on: 1, "a")
        let finalization = members.certificate(.finalize(members.subject(1, on: 0, "z")))
        let hello = { (entry: Certificate?) in
            PeerMessage.hello(
                Hello(
                    network: Members.network, epoch: Epoch(0), view: View(4), height: Height(1),
                    finalization: finalization, entry: entry))
        }
        let notarization = members.certificate(.notarize(subject), by: [1, 2, 3])
        let nullification = members.certificate(members.nullify(3))
        return [
            .proposal(members.vote(3, .notarize(subject)), block: Data([1, 2, 3])),
            .vote(members.vote(0, .notarize(subject))),
            .vote(members.vote(1, members.nullify(3))),
            .vote(members.vote(2, .finalize(subject))),
            .certificate(notarization), .certificate(nullification),
            .certificate(finalization),
            hello(nil), hello(notarization), hello(nullification),
            .hello(
                Hello(
                    network: Members.network, epoch: Epoch(0), view: View(1), height: Height(0),
                    finalization: nil, entry: nil)),
            .fetch(CertificateKey(epoch: Epoch(2), view: View(3), kind: .nullify)),
            .fetch(CertificateKey(epoch: Epoch(0), view: View(1), kind: .notarize)),
            .fetchBlocks(.hash(Members.block("a"))),
            .fetchBlocks(.run(first: Height(0), count: 64)),
            .blocks(BlockRun(blocks: [Data([1]), Data([2, 2])], finalization: finalization)),
            .blocks(BlockRun(blocks: [], finalization: nil)),
            .cosign(
                Cosignature(
                    signer: 3, size: LogIndex(9), root: Members.block("root"),
                    time: Timestamp(1_700_000_000),
                    signature: members.vote(3, members.nullify(1)).signature)),
        ]
    }()

    private func decode(_ bytes: Data, members: Int = 4) -> Result<PeerMessage, PeerMessageError> {
        do {
            return .success(try PeerMessage(decoding: bytes, memberCount: members))
        } catch {
            return .failure(error)
        }
    }

    private static let transactions: [PeerMessage] = [
        .transactions([Data([1])]), .transactions([Data([1, 2]), Data([3])]),
        .transactions(Array(repeating: Data(count: 200), count: ConsensusLimits.transactions)),
        .transactions([Data(count: ConsensusLimits.transactionBytes)]),
        .profileQuestion(Data([1, 2, 3])), .profileAnswer(Data(count: 1_024 * 1_024)),
        .erasureQuestion(Data([1])), .erasures(Data(count: 60 * 1_024)), .erase(Data([2])),
    ]

    @Test("each message comes back as it was sent")
    func roundTrip() {
        for message in Self.samples + Self.transactions {
            #expect(decode(message.bytes) == .success(message))
        }
    }

    @Test("the encodings are those of the first version")
    func golden() {
        let all = Self.samples.reduce(into: [UInt8]()) { $0 += Array($1.bytes) }
        #expect(
            Digest.sha256(all).hex
                == "f298aeb1d3f4dead24979e512bdb0fed395119e92b51eaa53e0a9bc1a9d7dfe9")
    }

    @Test("a certificate of finality is the one that blocks keep")
    func finalization() throws {
        let certificate = Self.members.certificate(
            .finalize(Self.members.subject(3, on: 1, "a")), by: [0, 2, 3])
        let value = ProtoFinalization(certificate)
        #expect(value.signers == Data([0b1101]) && value.signatures.count == 3)
        #expect(try Certificate(value, memberCount: 4) == certificate)
        #expect(throws: PeerMessageError.range("signers")) {
            try Certificate(value, memberCount: 3)
        }
    }

    @Test("every proper beginning of a message, and every message with a byte more, is refused")
    func cut() {
        for message in Self.samples {
            let bytes = message.bytes
            for length in 0..<bytes.count {
                if case .success(let other) = decode(bytes.prefix(length)) {
                    Issue.record("\(length) bytes of \(message) are \(other)")
                }
            }
            for byte in [0, 1, 0x0a, 0xff] as [UInt8] {
                if case .success = decode(bytes + [byte]) {
                    Issue.record("\(message) with \(byte) behind it was taken")
                }
            }
        }
    }

    @Test("any changed bit is refused, or is another message, and nothing traps")
    func flipped() {
        for message in Self.samples {
            let bytes = message.bytes
            for index in bytes.indices {
                var changed = bytes
                changed[index] ^= 1 << UInt8(index % 8)
                #expect(decode(changed) != .success(message))
            }
        }
    }

    private func bytes(_ change: (inout ProtoPeerMessage) -> Void) -> Data {
        var message = ProtoPeerMessage()
        change(&message)
        return message.canonicalBytes
    }

    private var vote: ProtoVote {
        guard
            case .vote(let vote)? = try? ProtoPeerMessage(
                serializedBytes: Self.samples[1].bytes
            ).message
        else { preconditionFailure("the second sample is a vote") }
        return vote
    }

    @Test("a vote with a field out of its bounds is refused by the field's name")
    func badVotes() {
        let cases: [(PeerMessageError, (inout ProtoVote) -> Void)] = [
            (.range("kind"), { $0.kind = .unspecified }),
            (.range("kind"), { $0.kind = .UNRECOGNIZED(4) }),
            (.range("view"), { $0.view = 0 }),
            (.range("view"), { $0.view = .max }),
            (.range("parent_view"), { $0.parentView = 3 }),
            (.length("block_hash"), { $0.blockHash = Data(count: 31) }),
            (.length("block_hash"), { $0.blockHash = Data() }),
            (.range("signer"), { $0.signer = 4 }),
            (.range("signer"), { $0.signer = .max }),
            (.length("signature"), { $0.signature = Data(count: 65) }),
            (.length("signature"), { $0.signature = Data() }),
            (
                .length("block_hash"),
                {
                    $0.kind = .nullify
                    $0.parentView = 0
                }
            ),
            (.range("parent_view"), { $0.kind = .nullify }),
        ]
        for (error, change) in cases {
            var changed = vote
            change(&changed)
            #expect(decode(bytes { $0.vote = changed }) == .failure(error))
        }
    }

    @Test("other messages with a field out of its bounds are refused")
    func badMessages() {
        let cases: [(PeerMessageError, (inout ProtoPeerMessage) -> Void)] = [
            (.unknownKind, { _ in }),
            (.range("kind"), { $0.vote = ProtoVote() }),
            (
                .range("proposal.vote.kind"),
                {
                    $0.proposal.vote = vote
                    $0.proposal.vote.kind = .finalize
                    $0.proposal.block = Data([1])
                }
            ),
            (.length("proposal.block"), { $0.proposal.vote = vote }),
            (.range("signers"), { $0.nullification.view = 1 }),
            (
                .range("signers"),
                {
                    $0.nullification.view = 1
                    $0.nullification.signers = Data([16])
                    $0.nullification.signatures = [Data(count: 64)]
                }
            ),
            (
                .range("signers"),
                {
                    $0.nullification.view = 1
                    $0.nullification.signers = Data([1, 0])
                }
            ),
            (
                .range("signatures"),
                {
                    $0.nullification.view = 1
                    $0.nullification.signers = Data([3])
                    $0.nullification.signatures = [Data(count: 64)]
                }
            ),
            (
                .length("signature"),
                {
                    $0.nullification.view = 1
                    $0.nullification.signers = Data([1])
                    $0.nullification.signatures = [Data(count: 63)]
                }
            ),
            (.range("view"), { $0.notarization = ProtoNotarization() }),
            (.length("network"), { $0.hello.view = 1 }),
            (.range("kind"), { $0.fetchCertificate.view = 1 }),
            (.range("view"), { $0.fetchCertificate.kind = .nullify }),
            (.range("count"), { $0.fetchBlocks = ProtoFetchBlocks() }),
            (.range("count"), { $0.fetchBlocks.count = 65 }),
            (
                .range("count"),
                {
                    $0.fetchBlocks.hash = Data(count: 32)
                    $0.fetchBlocks.count = 1
                }
            ),
            (.length("hash"), { $0.fetchBlocks.hash = Data(count: 33) }),
            (.range("blocks"), { $0.blocks.blocks = Array(repeating: Data([1]), count: 65) }),
            (.length("blocks"), { $0.blocks.blocks = [Data()] }),
            (
                .length("blocks"),
                {
                    $0.blocks.blocks = [Data(count: ConsensusLimits.blockBytes + 1)]
                }
            ),
            (.range("signer"), { $0.cosign.signer = 9 }),
            (.length("root"), { $0.cosign.signer = 1 }),
            (.length("transactions"), { $0.transactions = ProtoTransactions() }),
            (.length("profile"), { $0.fetchProfile = Data() }),
            (.length("profile"), { $0.profile = Data() }),
            (.length("profile"), { $0.fetchErasures = Data() }),
            (.length("profile"), { $0.erasures = Data() }),
            (.length("profile"), { $0.erase = Data() }),
            (.length("transactions"), { $0.transactions.transactions = [Data([1]), Data()] }),
            (
                .length("transactions"),
                {
                    $0.transactions.transactions = [
                        Data(count: ConsensusLimits.transactionBytes + 1)
                    ]
                }
            ),
            (
                .length("transactions"),
                {
                    $0.transactions.transactions = Array(
                        repeating: Data([1]), count: ConsensusLimits.transactions + 1)
                }
            ),
        ]
        for (error, change) in cases { #expect(decode(bytes(change)) == .failure(error)) }
    }

    @Test("a message is as long as its kind may be, and no longer")
    func lengths() {
        let long = bytes { message in
            message.vote = vote
            message.vote.signature = Data(count: ConsensusLimits.messageBytes)
        }
        #expect(
            decode(long) == .failure(.encoding(.tooLarge(limit: ConsensusLimits.messageBytes))))
        let block = Data(count: ConsensusLimits.blockBytes)
        let proposal = PeerMessage.proposal(
            Self.members.vote(3, .notarize(Self.members.subject(3, on: 1, "a"))), block: block)
        #expect(decode(proposal.bytes) == .success(proposal))
        let larger = bytes { message in
            message.proposal.vote = vote
            message.proposal.block = block + [0]
        }
        #expect(decode(larger) == .failure(.length("proposal.block")))
    }

    @Test("bytes that are no message are refused")
    func garbage() {
        for bytes in [Data([0]), Data([0xff]), Data([0x12, 0xff]), Data("GET /".utf8)] {
            #expect(decode(bytes) == .failure(.encoding(.malformed)))
        }
        #expect(decode(Data([0xba, 0x02, 0])) == .failure(.encoding(.notCanonical)))
    }
}
