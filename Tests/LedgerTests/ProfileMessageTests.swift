import Foundation
import Ledger
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

@Suite("Profiles between members")
struct ProfileMessageTests {
    private let profile: Profile
    private let network = SampleNetwork().network

    init() throws {
        profile = try #require(
            Profile(fields: [
                .init(name: "contact", value: "a@b.example", salt: Array(repeating: 7, count: 16)),
                .init(name: "address", value: "Main Street 1", salt: Array(1...16)),
            ]))
    }

    private var erasure: ProfileErasure {
        let signer = key("developer")
        return ProfileErasure(
            root: profile.root, key: signer.publicKey,
            signature: signer.sign(.profileErasure, network.bytes + profile.root.bytes))
    }

    @Test("Questions and answers are read back")
    func roundTrips() throws {
        let question = ProfileMessage.fetch(profile.root)
        let bytes = try #require(question.questionBytes)
        #expect(try ProfileMessage(question: bytes) == question)
        #expect(question.answerBytes == nil)
        for answer in [.profile(profile), .absent(profile.root), .erased(erasure)]
            as [ProfileMessage]
        {
            let bytes = try #require(answer.answerBytes)
            #expect(try ProfileMessage(answer: bytes, to: profile.root) == answer)
            #expect(answer.questionBytes == nil && answer.root == profile.root)
            #expect(throws: ProfileMessageError.self) { try ProfileMessage(question: bytes) }
            #expect(throws: ProfileMessageError.otherRoot) {
                try ProfileMessage(answer: bytes, to: .zero)
            }
        }
    }

    @Test("One changed bit of a profile makes it another root's, or none")
    func flippedBits() throws {
        let bytes = try #require(ProfileMessage.profile(profile).answerBytes)
        for place in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[place] ^= 1 << UInt8(bit)
                #expect(throws: ProfileMessageError.self) {
                    try ProfileMessage(answer: changed, to: profile.root)
                }
            }
        }
        for count in 0..<bytes.count {
            #expect(throws: ProfileMessageError.self) {
                try ProfileMessage(answer: bytes.prefix(count), to: profile.root)
            }
        }
    }

    @Test("What is no answer to the question is refused")
    func badAnswers() throws {
        func refused(
            _ error: ProfileMessageError, _ change: (inout ProtoProfileDocument) -> Void
        ) throws {
            var message = ProtoProfileDocument()
            message.root = Data(profile.root.bytes)
            message.json = Data(profile.json.canonicalBytes)
            change(&message)
            let bytes = message.canonicalBytes
            #expect(throws: error) { try ProfileMessage(answer: bytes, to: profile.root) }
        }
        let fields = profile.fields
        try refused(.malformed) { $0.answer = nil }
        try refused(.malformed) { $0.root = Data() }
        try refused(.malformed) { $0.root.removeLast() }
        try refused(.otherRoot) { $0.root = Data(Digest.zero.bytes) }
        try refused(.malformed) { $0.json = Data() }
        try refused(.malformed) { $0.json = Data("{}".utf8) }
        try refused(.malformed) { $0.json = Data("not json".utf8) }
        try refused(.malformed) { $0.json += Data(" ".utf8) }
        try refused(.malformed) { $0.json = Data(count: Profile.byteLimit + 1) }
        try refused(.malformed) { $0.json = Data(count: Profile.byteLimit + 1_000) }
        // A field less, another value, another salt, fields in another order.
        try refused(.otherRoot) {
            $0.json = Data(Profile(fields: [fields[0]])?.json.canonicalBytes ?? [])
        }
        try refused(.otherRoot) {
            let other = Profile.Field(name: "contact", value: "x", salt: fields[1].salt)
            $0.json = Data(Profile(fields: [fields[0], other])?.json.canonicalBytes ?? [])
        }
        try refused(.malformed) {
            let items = fields.reversed().map { field -> CanonicalJSON in
                [.string(field.salt.hex), .string(field.name), .string(field.value)]
            }
            let json: CanonicalJSON = ["fields": .array(Array(items))]
            $0.json = Data(json.canonicalBytes)
        }
        let order = erasure
        try refused(.malformed) { $0.absence.erased = ProtoProfileErasure() }
        try refused(.otherRoot) {
            $0.absence.erased = ProtoProfileErasure.with {
                $0.root = Data(Digest.zero.bytes)
                $0.publicKey = Data(order.key.bytes)
                $0.signature = Data(order.signature.bytes)
            }
        }
        for question in [Data(), Data([0]), Data(count: 100), Data([10, 1, 0])] {
            #expect(throws: ProfileMessageError.malformed) {
                try ProfileMessage(question: question)
            }
        }
    }

    @Test("An erasure is signed for one network and one root")
    func erasures() {
        #expect(erasure.isSigned(for: network))
        #expect(!erasure.isSigned(for: .zero))
        let other = ProfileErasure(
            root: .zero, key: erasure.key, signature: erasure.signature)
        #expect(!other.isSigned(for: network))
        let stranger = ProfileErasure(
            root: profile.root, key: key("stranger").publicKey, signature: erasure.signature)
        #expect(!stranger.isSigned(for: network))
    }
}
