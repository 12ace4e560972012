import Consensus
import Primitives
import Testing

/// The signed bytes, for ever: vectors written down by hand from the rule, and one by Ed25519.
@Suite struct SignedBytesTests {
    private let network = Digest(words: (0x0001_0203_0405_0607, 2, 3, 4))
    private let hash = Digest(words: (5, 6, 7, 0xffee_ddcc_bbaa_9988))
    private var subject: VoteSubject {
        VoteSubject(epoch: Epoch(1), view: View(0x0203), parentView: View(2), blockHash: hash)
    }

    /// The hexadecimal digits of what is signed.
    private func signed(_ statement: Statement) -> String {
        (statement.kind.tag.prefix + statement.payload(network: network)).hex
    }

    private let networkHex =
        "0001020304050607" + "0000000000000002" + "0000000000000003" + "0000000000000004"
    private let hashHex =
        "0000000000000005" + "0000000000000006" + "0000000000000007" + "ffeeddccbbaa9988"

    @Test("a vote covers its kind, network, epoch, view, and of a block its parent's view and hash")
    func bytes() {
        let place = networkHex + "0000000000000001" + "0000000000000203"
        let tag = { (text: String) in "00" + Array(text.utf8).hex + "00" }
        #expect(
            signed(.notarize(subject))
                == tag("drec/vote/notarize/v1") + place + "0000000000000002" + hashHex)
        #expect(
            signed(.finalize(subject))
                == tag("drec/vote/finalize/v1") + place + "0000000000000002" + hashHex)
        #expect(
            signed(.nullify(Epoch(1), View(0x0203))) == tag("drec/vote/nullify/v1") + place)
    }

    @Test("a real key's vote is accepted, and one changed in any byte is not")
    func ed25519() throws {
        let key = try #require(SigningKey(seed: [UInt8](repeating: 7, count: 32)))
        let committee = try #require(Committee(epoch: Epoch(1), keys: [key.publicKey]))
        let statement = Statement.finalize(subject)
        let signature = key.sign(.finalize, statement.payload(network: network))
        let verifier = Ed25519VoteVerifier()
        let vote = Vote(statement: statement, signer: 0, signature: signature)
        #expect(committee.verify(vote, network: network, with: verifier)?.value == vote)
        for index in stride(from: 0, to: 64, by: 7) {
            var bytes = signature.bytes
            bytes[index] ^= 1
            let changed = Vote(
                statement: statement, signer: 0,
                signature: try #require(Signature(bytes: bytes)))
            #expect(committee.verify(changed, network: network, with: verifier) == nil)
        }
        let notarize = Vote(statement: .notarize(subject), signer: 0, signature: signature)
        #expect(committee.verify(notarize, network: network, with: verifier) == nil)
    }

    @Test("the rows of own votes leave room for one notarize and one other vote")
    func slots() {
        #expect(Statement.Kind.allCases.map(\.slot) == [1, 2, 2])
    }
}
