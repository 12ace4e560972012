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

        private func read(
            _ root: Digest, by name: String = "developer",
            time: UInt64 = SampleNetwork.beginning / 1_000, at gateway: NodeGateway
        ) async throws -> [UInt8]? {
            try await gateway.profile(
                ProfileRequest(
                    root: root, time: Timestamp(time), network: gateway.network.hash,
                    signedBy: key(name)))
        }

        @Test("A profile is shown to its owner, the owner's delegate and the initiative alone")
        func readers() async throws {
            let directory = try Directory()
            var network = SampleNetwork()
            let mine = try profile("mine")
            let delegation = { (roles: KeyRoles) in
                Action.changeDelegation(
                    .with {
                        $0.delegate = SampleNetwork.buyer
                        $0.roles = roles.rawValue
                    })
            }
            let clerk = Action.changeKeys(
                .with {
                    $0.add = [
                        .with {
                            $0.publicKey = Data(key("clerk").publicKey.bytes)
                            $0.roles = KeyRoles.trading.rawValue
                        }
                    ]
                })
            let developer = SampleNetwork.developer
            let bytes =
                network.settling() + [
                    network.signed(
                        .commitProfile(.with { $0.root = Data(mine.root.bytes) }),
                        as: developer, by: "developer"),
                    network.signed(clerk, as: developer, by: "developer", "clerk"),
                ]
            let steps: [(Action, Bool)] = [
                (delegation(.trading), false), (delegation([.devices, .trading]), true),
                (delegation([]), false),
            ]
            let delegations = steps.map {
                (network.signed($0.0, as: developer, by: "developer"), $0.1)
            }
            // Whoever repeats a root that stands on the chain gains nothing by it.
            let copycat = network.signed(
                .commitProfile(.with { $0.root = Data(mine.root.bytes) }),
                as: SampleNetwork.buyer, by: "buyer")
            let hash = network.network
            let node = try RunningNode(network, in: directory)
            try await node.running { gateway in
                for bytes in bytes { _ = try await gateway.submit(bytes) }
                let json = mine.json.canonicalBytes
                try await gateway.storeProfile(json)
                func isShown(to name: String) async throws -> Bool {
                    do {
                        return try await read(mine.root, by: name, at: gateway) == json
                    } catch GatewayError.notPermitted { return false }
                }
                #expect(try await isShown(to: "developer"))
                #expect(try await isShown(to: "initiative"))
                for name in ["buyer", "stranger", "clerk"] {
                    #expect(try await isShown(to: name) == false, "\(name)")
                }
                for (bytes, expected) in delegations {
                    _ = try await gateway.submit(bytes)
                    #expect(try await isShown(to: "buyer") == expected)
                }
                _ = try await gateway.submit(copycat)
                #expect(try await isShown(to: "buyer") == false)
                #expect(await erase(mine.root, "buyer", hash, at: gateway) != nil)
                #expect(try await isShown(to: "developer"))
                // Five minutes to either side, and no second more.
                let now = SampleNetwork.beginning / 1_000
                for (time, expected) in [
                    (now - 300, true), (now + 300, true), (now - 301, false),
                    (now + 301, false), (0, false), (.max, false),
                ] as [(UInt64, Bool)] {
                    let error = await gatewayError {
                        _ = try await read(mine.root, time: time, at: gateway)
                    }
                    #expect((error == nil) == expected, "\(time)")
                }
                #expect(try await read(mine.root, by: "initiative", at: gateway) == json)
                let unknown = await gatewayError {
                    _ = try await read(.zero, by: "initiative", at: gateway)
                }
                #expect(unknown != nil)
            }
            try node.close()
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
                    #expect(try await read(profile.root, at: gateway) == nil)
                    let json = profile.json.canonicalBytes
                    try await gateway.storeProfile(json)
                    #expect(try await read(profile.root, at: gateway) == json)
                    for other in ["buyer", "initiative", "stranger"] {
                        #expect(
                            await erase(profile.root, other, hash, at: gateway) != nil, "\(other)")
                    }
                    #expect(
                        await erase(profile.root, "developer", hash, at: gateway, tag: .transaction)
                            != nil)
                    #expect(await erase(profile.root, "developer", .zero, at: gateway) != nil)
                    #expect(try await read(profile.root, at: gateway) == json)
                    #expect(await erase(profile.root, "developer", hash, at: gateway) == nil)
                    #expect(try await read(profile.root, at: gateway) == nil)
                    let again = await gatewayError { try await gateway.storeProfile(json) }
                    #expect(again == .profileRefused("this profile was erased"))
                    #expect(try await read(profile.root, at: gateway) == nil)
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
