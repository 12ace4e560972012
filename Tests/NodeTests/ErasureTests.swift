import Foundation
import Gateway
import Ledger
import Node
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

extension NodeSuites {
    @Suite("An owner's order to erase")
    struct ErasureTests {
        private static let four = ["east", "north", "south", "west"]

        private static func profile(_ value: String) throws -> Profile {
            try #require(
                Profile(fields: [
                    .init(name: "contact", value: value, salt: Array(repeating: 1, count: 16))
                ]))
        }

        /// Whether nodes have a profile, or all of them have not.
        private static func all(
            _ names: [String], of network: RunningNetwork, have root: Digest, _ wanted: Bool
        ) async throws -> Bool {
            try await eventually {
                for name in names {
                    let found = try await network[name].profiles.profile(root: root)
                    guard (found != nil) == wanted else { return false }
                }
                return true
            }
        }

        @Test("It reaches all members, those that were away, and a member's own observers alone")
        func handedOn() async throws {
            var sample = SampleNetwork(authorities: Self.four)
            let (profile, later) = (try Self.profile("somebody"), try Self.profile("other"))
            let bytes =
                sample.settling()
                + [profile, later].map { profile in
                    sample.signed(
                        .commitProfile(.with { $0.root = Data(profile.root.bytes) }),
                        as: SampleNetwork.developer, by: "developer")
                }
            let network = try RunningNetwork(
                sample, authorities: Self.four, observers: ["own", "stranger"])
            let readers = ProfileAudience(readers: [key("own tls").publicKey])
            try await network.start("east", audience: readers)
            for name in Self.four.dropFirst() { try await network.start(name) }
            let source = ProfileAudience(source: key("east tls").publicKey)
            try await network.start("own", isObserver: true, audience: source)
            // One that asks the same authority, which does not know it.
            try await network.start("stranger", isObserver: true, audience: source)
            for bytes in bytes { _ = try await network["east"].gateway.submit(bytes) }
            #expect(try await network.agree(transactions: UInt64(bytes.count)))
            let members = Self.four + ["own"]
            for profile in [profile, later] {
                try await network["north"].gateway.storeProfile(profile.json.canonicalBytes)
                #expect(
                    try await Self.all(members, of: network, have: profile.root, true))
            }
            #expect(
                try await Self.all(["stranger"], of: network, have: profile.root, false))

            try await network.stop("west")
            try await Self.erase(profile.root, at: network["south"], in: sample.network)
            let present = members.filter { $0 != "west" }
            #expect(try await Self.all(present, of: network, have: profile.root, false))
            try await network.start("west")
            #expect(try await Self.all(["west"], of: network, have: profile.root, false))
            // And nowhere does it come back.
            for name in members {
                let refused = await gatewayError {
                    try await network[name].gateway.storeProfile(profile.json.canonicalBytes)
                }
                #expect(refused == .profileRefused("this profile was erased"), "\(name)")
            }
            // What a member's observer was told goes to all members by way of its own.
            try await Self.erase(later.root, at: network["own"], in: sample.network)
            #expect(try await Self.all(members, of: network, have: later.root, false))
            try await network.stopAll()
        }

        private static func erase(
            _ root: Digest, at member: RunningNetwork.Member, in network: Digest
        ) async throws {
            let owner = key("developer")
            try await member.gateway.eraseProfile(
                root: root, key: owner.publicKey,
                signature: owner.sign(.profileErasure, network.bytes + root.bytes))
        }
    }
}
