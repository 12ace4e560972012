import Foundation
import Gateway
import Ledger
import Logging
import Merkle
import Node
import Primitives
import SampleNetworks
import ServiceLifecycle
import Store
import SwiftProtobuf
import Testing
import Wire

/// The same body with a signature that does not match.
private func spoiled(_ bytes: Data) throws -> Data {
    var envelope = try ProtoSignedTransaction(serializedBytes: bytes)
    envelope.signatures[0][3] ^= 1
    return envelope.canonicalBytes
}

/// Says that the services run.
private struct Herald: Service {
    let signal: AsyncStream<Void>.Continuation

    func run() async throws {
        signal.yield()
        try await gracefulShutdown()
    }
}

extension NodeSuites {
    @Suite("Receiving without waiting")
    struct ReceptionTests {
        @Test("Submitting does not wait for a driver, and waiting for it ends in time")
        func doesNotWait() async throws {
            let directory = try Directory()
            var network = SampleNetwork()
            let bytes = network.account("a")
            let node = try RunningNode(network, in: directory)
            // No driver runs yet.
            let id = try await node.gateway.submit(Array(bytes))
            #expect(await node.gateway.isPending(id))
            #expect(try await node.gateway.final(id, withinMilliseconds: 0) == nil)
            #expect(try await node.gateway.final(id, withinMilliseconds: 20) == nil)
            #expect(try await node.gateway.submit(Array(bytes)) == id)
            let record = try await node.running {
                try await $0.final(id, withinMilliseconds: patience)
            }
            #expect(record?.id == id)
            try node.close()
        }

        @Test("Whoever waits gets the refusal, and whoever asks later too")
        func refusalIsRemembered() async throws {
            let directory = try Directory()
            var network = SampleNetwork()
            let early = network.signed(
                SampleNetwork.devices(named: ["x"]), as: 9, by: "initiative")
            let other = network.signed(
                SampleNetwork.devices(named: ["y"]), as: 9, by: "initiative")
            let node = try RunningNode(network, in: directory)
            let id = try await node.gateway.submit(Array(early))
            #expect(await node.gateway.refusal(of: id) == nil)
            try await node.running { gateway in
                await #expect(throws: Refusal.self) {
                    _ = try await gateway.final(id, withinMilliseconds: patience)
                }
                await #expect(throws: Refusal.self) {
                    _ = try await gateway.final(id, withinMilliseconds: 0)
                }
                #expect(await gateway.refusal(of: id)?.code == .accountUnknown)
                #expect(await gateway.isPending(id) == false)
                // Many waiters at once hear the same.
                let second = try await gateway.submit(Array(other))
                let heard = await withTaskGroup(of: Bool.self) { group in
                    for _ in 0..<50 {
                        group.addTask {
                            do {
                                _ = try await gateway.final(second, withinMilliseconds: patience)
                                return false
                            } catch { return error is Refusal }
                        }
                    }
                    return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                }
                #expect(heard == 50)
            }
            #expect(await node.gateway.refusal(of: .zero) == nil)
            try node.close()
        }

        @Test("An id is forgotten when as many newer ones were decided as are remembered")
        func forgets() async throws {
            let directory = try Directory()
            var network = SampleNetwork()
            let refused = (0..<4).map { number in
                network.signed(
                    SampleNetwork.devices(named: ["\(number)"]), as: 9, by: "initiative")
            }
            var limits = NodeLimits()
            limits.verdicts = 3
            let node = try RunningNode(network, in: directory, limits: limits)
            let ids = try await node.running { gateway in
                var ids: [Digest] = []
                for bytes in refused {
                    let id = try await gateway.submit(Array(bytes))
                    await #expect(throws: Refusal.self) {
                        _ = try await gateway.final(id, withinMilliseconds: patience)
                    }
                    ids.append(id)
                }
                return ids
            }
            var known: [Bool] = []
            for id in ids { known.append(await node.gateway.refusal(of: id) != nil) }
            #expect(known == [false, true, true, true])
            try node.close()
        }

        @Test("A signature that does not match is refused although its id waits or is final")
        func signaturesOfKnownIDs() async throws {
            let directory = try Directory()
            var network = SampleNetwork()
            let good = network.account("a")
            let bad = try spoiled(good)
            let node = try RunningNode(network, in: directory)
            let id = try await node.gateway.submit(Array(good))
            await #expect(throws: Refusal(.signatureInvalid, "signatures[0]")) {
                _ = try await node.gateway.submit(Array(bad))
            }
            try await node.running { gateway in
                _ = try #require(try await gateway.final(id, withinMilliseconds: patience))
                await #expect(throws: Refusal(.signatureInvalid, "signatures[0]")) {
                    _ = try await gateway.submit(Array(bad))
                }
                #expect(try await gateway.submit(Array(good)) == id)
            }
            try node.close()
        }

        @Test("What no known key signs is refused at once and takes no room")
        func strangers() async throws {
            let directory = try Directory()
            var network = SampleNetwork()
            let stranger = network.signed(
                SampleNetwork.registration("x", .buyer), as: 1, by: "stranger", "x")
            let takeOver = network.signed(
                .takeOver(ProtoTakeOver()), as: 1, by: "stranger")
            let vouched = network.account("member")
            let member = network.signed(
                SampleNetwork.retire([SampleNetwork.range(1, 1)]), as: 2, by: "member")
            let node = try RunningNode(network, in: directory)
            for bytes in [stranger, takeOver, member] {
                #expect(try await node.gateway.refusal(bytes)?.code == .unknownKey)
                // Its signatures were not even looked at.
                #expect(try await node.gateway.refusal(spoiled(bytes))?.code == .unknownKey)
            }
            #expect(node.node.pendingTransactions == 0)
            // A key that a waiting registration brings may sign already.
            _ = try await node.gateway.submit(Array(vouched))
            _ = try await node.gateway.submit(Array(member))
            #expect(node.node.pendingTransactions == 2)
            try await node.running { gateway in
                let refusal = try await gateway.refusal(member)
                #expect(refusal != nil && refusal?.code != .unknownKey)
            }
            try node.close()
        }

        @Test("A takeover key, which has no record, may sign")
        func takeoverKey() async throws {
            let directory = try Directory()
            var network = SampleNetwork()
            let registration = network.signed(
                .registerAccount(
                    .with {
                        $0.kind = .buyer
                        $0.legalName = "buyer"
                        $0.country = "ZAF"
                        $0.keys = [
                            .with {
                                $0.publicKey = Data(key("buyer").publicKey.bytes)
                                $0.roles = KeyRoles.all.rawValue
                            }
                        ]
                        $0.takeoverKey = Data(key("vault").publicKey.bytes)
                    }), as: 1, by: "initiative", "buyer")
            let takeOver = network.signed(
                .takeOver(
                    .with {
                        $0.keys = [
                            .with {
                                $0.publicKey = Data(key("new").publicKey.bytes)
                                $0.roles = KeyRoles.all.rawValue
                            }
                        ]
                    }), as: 2, by: "vault", "new")
            let old = network.signed(
                SampleNetwork.retire([SampleNetwork.range(1, 1)]), as: 2, by: "buyer")
            let node = try RunningNode(network, in: directory)
            try await node.running { gateway in
                _ = try await gateway.submit(registration)
                _ = try await gateway.submit(takeOver)
                #expect(
                    try await gateway.key(key("new").publicKey)?.value.account == 2)
                #expect(try await gateway.refusal(old)?.code == .keyRemoved)
            }
            try node.close()
        }

        @Test("An inbox is full by bytes as well as by number, and has room again afterwards")
        func full() async throws {
            var network = SampleNetwork()
            let bytes = (0..<4).map { network.account("member \($0)") }
            let sizes = bytes.map(\.count)
            for (name, limit) in [("bytes", sizes[0] + sizes[1]), ("number", 2)] {
                var limits = NodeLimits()
                if name == "bytes" { limits.bytes = limit } else { limits.transactions = limit }
                let place = try Directory()
                let node = try RunningNode(network, in: place, limits: limits)
                _ = try await node.gateway.submit(Array(bytes[0]))
                let second = try await node.gateway.submit(Array(bytes[1]))
                let error = await gatewayError {
                    _ = try await node.gateway.submit(Array(bytes[2]))
                }
                #expect(error == .busy, "\(name)")
                #expect(node.node.droppedTransactions == 1)
                try await node.running { gateway in
                    _ = try #require(
                        try await gateway.final(second, withinMilliseconds: patience))
                    _ = try await gateway.submit(bytes[2])
                    _ = try await gateway.submit(bytes[3])
                }
                try node.close()
            }
        }

        @Test("Too many questions at once are told busy, and the rest is answered")
        func manyQuestions() async throws {
            let directory = try Directory()
            var limits = NodeLimits()
            limits.reads = 0
            let shut = try RunningNode(SampleNetwork(), in: directory, limits: limits)
            #expect(await gatewayError { _ = try await shut.gateway.totals() } == .busy)
            try shut.close()
            limits.reads = 1
            let node = try RunningNode(SampleNetwork(), in: directory, limits: limits)
            let answers = await withTaskGroup(of: GatewayError?.self) { group in
                for _ in 0..<200 {
                    group.addTask { await gatewayError { _ = try await node.gateway.totals() } }
                }
                return await group.reduce(into: [GatewayError?]()) { $0.append($1) }
            }
            #expect(answers.contains { $0 == nil })
            #expect(answers.allSatisfy { $0 == nil || $0 == .busy })
            // Whoever was let in has left again.
            _ = try await node.gateway.totals()
            try node.close()
        }

        @Test("A node that is told to stop says so as long as it still answers")
        func stopping() async throws {
            let directory = try Directory()
            let node = try RunningNode(SampleNetwork(), in: directory)
            try await node.running { gateway in
                let isReady = try await eventually {
                    try await gateway.status().notReadyBecause == nil
                }
                #expect(isReady)
                let (started, signal) = AsyncStream<Void>.makeStream()
                let services = ServiceGroup(
                    configuration: ServiceGroupConfiguration(
                        services: [
                            .init(service: StoppingNotice(node.node.health)),
                            .init(service: Herald(signal: signal)),
                        ], logger: Logger(label: "test")))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await services.run() }
                    for await _ in started { break }
                    await services.triggerGracefulShutdown()
                    try await group.waitForAll()
                }
                #expect(try await gateway.status().notReadyBecause == "the node is stopping")
                #expect(node.node.health.notReadyBecause == "the node is stopping")
            }
            try node.close()
        }
    }
}
