import Foundation
import Ledger
import Node
import Primitives
import Registry
import SampleNetworks
import Store
import SwiftProtobuf
import Testing
import Wire

@Suite("Profiles between members' nodes")
struct ProfileExchangeTests {
    /// A chain that commits to the first profile for a device of the developer's, and a registry.
    private final class Member {
        let path: String
        let network = SampleNetwork().network
        let profile: Profile
        let other: Profile
        let store: ChainStore
        let profiles: ProfileStore
        let exchange: ProfileExchange

        init() throws {
            path = NSTemporaryDirectory() + "drec-exchange-\(UUID().uuidString)"
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
            profile = try Self.profile("one")
            other = try Self.profile("other")
            var sample = SampleNetwork()
            store = try ChainStore(
                path: path + "/chain.sqlite", genesis: sample.genesis, creating: true,
                durable: false)
            profiles = try ProfileStore(path: path + "/registry.sqlite")
            exchange = ProfileExchange(network: network, store: store, profiles: profiles)
            var chain = try StoredReplica(store, network: network)
            let transactions = try [
                sample.signed(
                    SampleNetwork.registration("developer", .developer), as: 1, by: "initiative",
                    "developer"),
                sample.signed(
                    SampleNetwork.devices(named: ["one"], profile: profile.root),
                    as: SampleNetwork.developer, by: "developer"),
            ].map { try sample.decoded($0) }
            let made = try chain.make(
                now: SampleNetwork.beginning,
                finalise: { subject in
                    let payload = subject.payload(network: sample.network)
                    return ProtoFinalization(
                        subject: subject,
                        signatures: [0: SampleNetwork.voteKey.sign(.finalize, payload)])
                }, choose: { _ in transactions })
            try #require(made.block?.transactions.count == 2)
        }

        deinit {
            try? store.close()
            try? profiles.close()
            try? FileManager.default.removeItem(atPath: path)
        }

        static func profile(_ name: String) throws -> Profile {
            try #require(
                Profile(fields: [
                    .init(name: "name", value: name, salt: Array(repeating: 3, count: 16))
                ]))
        }

        func erasure(of root: Digest, by name: String) -> ProfileErasure {
            let signer = key(name)
            return ProfileErasure(
                root: root, key: signer.publicKey,
                signature: signer.sign(.profileErasure, network.bytes + root.bytes))
        }
    }

    @Test("A profile goes from the member that has it to the one that lacks it")
    func following() async throws {
        let (from, to) = (try Member(), try Member())
        let root = from.profile.root
        #expect(try await from.exchange.answer(to: root) == .absent(root))
        #expect(
            try await from.profiles.store(
                Data(from.profile.json.canonicalBytes), root: root))
        #expect(try await to.exchange.missing(after: nil, limit: 10).roots == [root])
        let bytes = try #require(try await from.exchange.answer(to: root).answerBytes)
        let answer = try ProfileMessage(answer: bytes, to: root)
        #expect(try await to.exchange.take(answer) == .kept)
        #expect(try await to.exchange.take(answer) == .kept)
        #expect(try await to.exchange.answer(to: root) == .profile(from.profile))
        #expect(try await to.exchange.missing(after: nil, limit: 10).roots.isEmpty)
        #expect(try await to.exchange.take(.absent(root)) == .absent)
    }

    @Test("What nobody committed to is not kept")
    func notCommitted() async throws {
        let member = try Member()
        let answer = ProfileMessage.profile(member.other)
        #expect(try await member.exchange.take(answer) == .refused(.notCommitted))
        #expect(try await member.profiles.profile(root: member.other.root) == nil)
        // Not even when its root is claimed to be another one: the root is computed.
        #expect(answer.root == member.other.root)
    }

    @Test("An owner's order erases, a stranger's does not, and what is erased stays away")
    func erasing() async throws {
        let member = try Member()
        let root = member.profile.root
        #expect(try await member.exchange.take(.profile(member.profile)) == .kept)
        for name in ["stranger", "initiative", "buyer"] {
            let order = ProfileMessage.erased(member.erasure(of: root, by: name))
            #expect(try await member.exchange.take(order) == .refused(.notTheOwner))
        }
        let good = member.erasure(of: root, by: "developer")
        let forged = ProfileErasure(
            root: root, key: good.key,
            signature: member.erasure(of: .zero, by: "developer").signature)
        #expect(try await member.exchange.take(.erased(forged)) == .refused(.notTheOwner))
        let uncommitted = member.erasure(of: member.other.root, by: "developer")
        #expect(try await member.exchange.take(.erased(uncommitted)) == .refused(.notTheOwner))
        #expect(try await member.exchange.answer(to: root) == .profile(member.profile))

        #expect(try await member.exchange.take(.erased(good)) == .erased)
        #expect(try await member.profiles.profile(root: root) == nil)
        // Who asks for it is told that it is gone for good, and by whose word.
        #expect(try await member.exchange.answer(to: root) == .erased(good))
        #expect(try await member.exchange.take(.profile(member.profile)) == .erased)
        #expect(try await member.exchange.answer(to: root) == .erased(good))
        #expect(try await member.exchange.missing(after: nil, limit: 10).roots.isEmpty)
    }

    @Test("Orders that are handed on are obeyed once, and only those of an owner")
    func handedOn() async throws {
        let (from, to) = (try Member(), try Member())
        let root = from.profile.root
        #expect(try await to.exchange.take(.profile(to.profile)) == .kept)
        let good = from.erasure(of: root, by: "developer")
        let forged = ProfileErasure(
            root: root, key: good.key,
            signature: from.erasure(of: .zero, by: "developer").signature)
        for (orders, isForged) in [
            ([forged], true), ([from.erasure(of: root, by: "stranger")], false),
            ([from.erasure(of: from.other.root, by: "developer")], false), ([], false),
        ] as [([ProfileErasure], Bool)] {
            let (new, wasForged) = try await to.exchange.take(orders)
            #expect(new.isEmpty && wasForged == isForged)
        }
        #expect(try await to.exchange.answer(to: root) == .profile(to.profile))
        #expect(try await from.exchange.take(.erased(good)) == .erased)
        let told = try await from.exchange.orders(after: nil)
        #expect(told.orders == [good] && told.isEnd)
        #expect(try await from.exchange.orders(after: root).orders.isEmpty)
        let (new, _) = try await to.exchange.take(told.orders)
        #expect(new == [good])
        #expect(try await to.profiles.profile(root: root) == nil)
        // Again, and a forged one of what is gone already: nothing to be done, nobody to blame.
        let again = try await to.exchange.take([good, forged])
        #expect(again.new.isEmpty && !again.forged)
    }

    @Test("Missing profiles come a page at a time")
    func pages() async throws {
        let member = try Member()
        let first = try await member.exchange.missing(after: nil, limit: 1)
        #expect(first.roots == [member.profile.root] && first.next == member.profile.root)
        let second = try await member.exchange.missing(after: first.next, limit: 1)
        #expect(second.roots.isEmpty && second.next == nil)
    }
}
