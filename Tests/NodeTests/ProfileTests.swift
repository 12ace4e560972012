import Foundation
import Gateway
import Ledger
import Merkle
import Node
import Primitives
import SampleNetworks
import Store
import SwiftProtobuf
import Testing
import Wire

private func profile(_ name: String) throws -> Profile {
    try #require(
        Profile(fields: [
            Profile.Field(
                name: "contact", value: name, salt: [UInt8](repeating: 1, count: 16)),
            Profile.Field(
                name: "address", value: "A street", salt: [UInt8](repeating: 2, count: 16)),
        ]))
}

extension NodeSuites {
    @Suite("Profiles at a node")
    struct ProfileTests {
        private func erase(
            _ root: Digest, _ name: String, _ network: Digest, at gateway: NodeGateway,
            tag: HashTag = .profileErasure
        ) async -> GatewayError? {
            let signer = key(name)
            return await gatewayError {
                try await gateway.eraseProfile(
                    root: root, key: signer.publicKey,
                    signature: signer.sign(tag, network.bytes + root.bytes))
            }
        }

        @Test("A profile is kept, given, erased by its owner alone, and does not come back")
        func lifetime() async throws {
            let directory = try Directory()
            var network = SampleNetwork()
            let mine = try profile("mine")
            let device = try profile("device")
            let bytes =
                network.settling() + [
                    network.signed(
                        .commitProfile(.with { $0.root = Data(mine.root.bytes) }),
                        as: SampleNetwork.developer, by: "developer"),
                    network.signed(
                        SampleNetwork.devices(named: ["three"], profile: device.root),
                        as: SampleNetwork.developer, by: "developer"),
                ]
            let hash = network.network
            let node = try RunningNode(network, in: directory)
            try await node.running { gateway in
                for bytes in bytes { _ = try await gateway.submit(bytes) }
                for profile in [mine, device] {
                    #expect(try await gateway.profile(root: profile.root) == nil)
                    let json = profile.json.canonicalBytes
                    try await gateway.storeProfile(json)
                    #expect(try await gateway.profile(root: profile.root) == json)
                    for other in ["buyer", "initiative", "stranger"] {
                        #expect(
                            await erase(profile.root, other, hash, at: gateway) != nil, "\(other)")
                    }
                    #expect(
                        await erase(profile.root, "developer", hash, at: gateway, tag: .transaction)
                            != nil)
                    #expect(await erase(profile.root, "developer", .zero, at: gateway) != nil)
                    #expect(try await gateway.profile(root: profile.root) == json)
                    #expect(await erase(profile.root, "developer", hash, at: gateway) == nil)
                    #expect(try await gateway.profile(root: profile.root) == nil)
                    let again = await gatewayError { try await gateway.storeProfile(json) }
                    #expect(again == .profileRefused("this profile was erased"))
                    #expect(try await gateway.profile(root: profile.root) == nil)
                }
            }
            try node.close()
            let again = try RunningNode(network, in: directory)
            let refused = await gatewayError {
                try await again.gateway.storeProfile(mine.json.canonicalBytes)
            }
            #expect(refused != nil)
            try again.close()
        }

        @Test("What is no profile is refused")
        func malformed() async throws {
            let directory = try Directory()
            let node = try RunningNode(SampleNetwork(), in: directory)
            for text in [
                "", "{}", "[]", "null", #"{"fields":[]}"#, #"{"fields":[["00","a","b"]]}"#,
                #"{"fields":{}}"#,
                "{\"fields\":[[\"\(String(repeating: "0", count: 32))\",\"a\"]]}",
                String(repeating: "[", count: 100_000),
            ] {
                let error = await gatewayError {
                    try await node.gateway.storeProfile(Array(text.utf8))
                }
                #expect(error == .profileRefused("this is not a profile"), "\(text.prefix(60))")
            }
            try node.close()
        }

        @Test("A profile that no account or device commits to is refused")
        func uncommitted() async throws {
            let directory = try Directory()
            let node = try RunningNode(SampleNetwork(), in: directory)
            let json = try profile("nobody's").json.canonicalBytes
            let error = await gatewayError { try await node.gateway.storeProfile(json) }
            do {
                #expect(error != nil)
            }
            try node.close()
        }

        @Test("An owner can erase the profile that a newer commitment replaced")
        func replaced() async throws {
            let directory = try Directory()
            var network = SampleNetwork()
            let old = try profile("old")
            let new = try profile("new")
            let settling = network.settling()
            let commitments = [old, new].map { profile in
                network.signed(
                    .commitProfile(.with { $0.root = Data(profile.root.bytes) }),
                    as: SampleNetwork.developer, by: "developer")
            }
            let hash = network.network
            let node = try RunningNode(network, in: directory)
            try await node.running { gateway in
                for bytes in settling { _ = try await gateway.submit(bytes) }
                _ = try await gateway.submit(commitments[0])
                try await gateway.storeProfile(old.json.canonicalBytes)
                _ = try await gateway.submit(commitments[1])
                try await gateway.storeProfile(new.json.canonicalBytes)
                let error = await erase(old.root, "developer", hash, at: gateway)
                do {
                    #expect(error == nil)
                }
                #expect(await erase(new.root, "developer", hash, at: gateway) == nil)
            }
            try node.close()
        }
    }
}
