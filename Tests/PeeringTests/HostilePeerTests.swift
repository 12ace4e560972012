import Foundation
import NIOCore
import NIOSSL
import Peering
import Primitives
import Testing

/// A node against sockets that do as they like.
@Suite(.timeLimit(.minutes(10))) struct HostilePeerTests {
    private let hello = Frame.hello(FrameTests.hello)

    /// A node with member 1, and that member's greeted connection.
    private func greeted(
        _ node: TestNode, _ body: (RawPeer) async throws -> Void
    ) async throws {
        try await running([node]) {
            let peer = try await RawPeer.connect(port: node.port, key: 1)
            peer.send([hello])
            await node.log.connected(Keys[1])
            try await peer.wait { if case .hello = $0 { true } else { false } }
            try await body(peer)
            peer.close()
            await peer.closed()
        }
    }

    @Test("a certificate whose dates are over, or to come, is as good as any: keys count")
    func dates() async throws {
        let past = Date(timeIntervalSince1970: 0)...Date(timeIntervalSince1970: 1)
        let future = Date(timeIntervalSinceNow: 1e8)...Date(timeIntervalSinceNow: 2e8)
        for validity in [past, future] {
            let node = try TestNode(0, members: [0, 1])
            try await running([node]) {
                let peer = try await RawPeer.connect(port: node.port, key: 1, validity: validity)
                peer.send([hello])
                #expect(await node.log.connected(Keys[1]) == .authority)
                peer.close()
            }
        }
    }

    @Test(
        "a wrong key, no certificate, another protocol or none, and TLS 1.2 are refused",
        arguments: ["key", "certificate", "alpn", "no alpn", "tls 1.2"])
    func handshakes(fault: String) async throws {
        let node = try TestNode(0, members: [0, 1])
        try await running([node]) {
            let peer = try await RawPeer.connect(port: node.port, key: fault == "key" ? 4 : 1) {
                switch fault {
                case "certificate":
                    $0.certificateChain = []
                    $0.privateKey = nil
                case "alpn": $0.applicationProtocols = ["h2"]
                case "no alpn": $0.applicationProtocols = []
                case "tls 1.2": $0.maximumTLSVersion = .tlsv12
                default: break
                }
            }
            peer.send([hello])
            await peer.closed()
            #expect(peer.frames.isEmpty)
            #expect(node.connectionCount == 0)
        }
    }

    @Test("a foreign network is told why")
    func foreign() async throws {
        let node = try TestNode(0, members: [0, 1])
        try await running([node]) {
            let peer = try await RawPeer.connect(port: node.port, key: 1)
            peer.send([.hello(MachineUnderTest.hello(1, network: .zero))])
            await peer.closed()
            #expect(peer.frames == [.goodbye(.otherNetwork)])
        }
    }

    @Test(
        "who breaks the framing is told, disconnected and banned",
        arguments: [
            "ffffffff00", "0100000100", "00000000ff", "0000000004", "00000001020c", "0000003001",
        ])
    func framing(hex: String) async throws {
        let node = try TestNode(0, members: [0, 1]) {
            $0.ban = .init(minimum: 60_000, maximum: 60_000)
        }
        try await greeted(node) { peer in
            peer.send(try #require([UInt8](hex: hex)))
            await peer.closed()
            #expect(peer.frames.last == .goodbye(.misbehaved))
            let end = try #require(await node.log.disconnected(Keys[1]))
            #expect(["oversized", "malformed"].contains(end.code))
            try await node.wait(for: Keys[1]) { $0.bannedMilliseconds > 0 }
            let again = try await RawPeer.connect(port: node.port, key: 1)
            again.send([hello])
            await again.closed()
            #expect(again.frames == [.goodbye(.banned)])
            // An operator's word lets it in again.
            node.service.pardon(Keys[1])
            let pardoned = try await RawPeer.connect(port: node.port, key: 1)
            pardoned.send([hello])
            await node.log.connected(Keys[1], times: 2)
            pardoned.close()
        }
    }

    @Test("a message before the greeting is an offence")
    func early() async throws {
        let node = try TestNode(0, members: [0, 1])
        try await running([node]) {
            let peer = try await RawPeer.connect(port: node.port, key: 1)
            peer.send([.message(Data([1]))])
            await peer.closed()
            #expect(peer.frames == [.goodbye(.misbehaved)])
            #expect(node.log.messages(from: Keys[1]).isEmpty)
        }
    }

    @Test("an observer may send less than an authority")
    func observerLimit() async throws {
        let node = try TestNode(0, members: [0], observers: .anyone)
        try await running([node]) {
            let peer = try await RawPeer.connect(port: node.port, key: 1)
            peer.send([hello])
            try await peer.wait { if case .hello = $0 { true } else { false } }
            peer.send([.message(Data(count: FrameLimits.fromObserver))])
            #expect(await node.log.received(Keys[1])?.count == FrameLimits.fromObserver)
            peer.send([.message(Data(count: FrameLimits.fromObserver + 1))])
            let end = await node.log.disconnected(Keys[1])
            #expect(
                end
                    == .oversized(
                        length: FrameLimits.fromObserver + 1, limit: FrameLimits.fromObserver))
            await peer.closed()
        }
    }

    @Test("half a frame and then silence is a dead peer")
    func halfFrame() async throws {
        let node = try TestNode(0, members: [0, 1]) {
            $0.heartbeatMilliseconds = 50
            $0.silenceMilliseconds = 300
        }
        try await greeted(node) { peer in
            peer.send(Array(FrameTests.bytes([.message(Data(count: 1_000))]).prefix(500)))
            #expect(await node.log.disconnected(Keys[1]) == .silent)
            await peer.closed()
            #expect(peer.frames.contains(.heartbeat))
            #expect(peer.frames.last == .goodbye(.silent))
            #expect(node.log.messages(from: Keys[1]).isEmpty)
        }
    }

    @Test("a frame that trickles in is cut off although there is never silence")
    func trickle() async throws {
        let node = try TestNode(0, members: [0, 1]) { $0.frameMilliseconds = 200 }
        try await greeted(node) { peer in
            peer.send(Array(FrameTests.bytes([.message(Data(count: 1_000_000))]).prefix(10)))
            while peer.channel.isActive {
                peer.send([0])
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(await node.log.disconnected(Keys[1]) == .slowFrame)
        }
    }

    @Test(
        "a connection that is not through with its greeting in time is closed",
        arguments: ["nothing", "half a TLS hello", "TLS without a hello"])
    func slowLoris(stage: String) async throws {
        let node = try TestNode(0, members: [0, 1]) { $0.handshakeMilliseconds = 200 }
        try await running([node]) {
            let peer =
                stage == "TLS without a hello"
                ? try await RawPeer.connect(port: node.port, key: 1)
                : try await RawPeer.plain(port: node.port)
            if stage == "half a TLS hello" { peer.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]) }
            await peer.closed()
            #expect(node.connectionCount == 0)
        }
    }

    @Test("a peer that reads nothing loses its oldest votes, and then the connection")
    func slowReader() async throws {
        let node = try TestNode(0, members: [0, 1]) {
            $0.queuedVotes = 8
            $0.queuedBulkBytes = 1 << 20
        }
        try await greeted(node) { peer in
            try await peer.stopReading()
            let vote = Data(count: FrameLimits.message)
            // The sockets' buffers take some; then the queue fills, and the oldest votes go.
            while node.status(Keys[1])?.traffic.droppedVotes ?? 0 < 100 {
                try #require(node.service.send(vote, to: Keys[1], lane: .votes) == .queued)
                await Task.yield()
            }
            var outcome = SendOutcome.queued
            var queued = 0
            while outcome == .queued {
                outcome = node.service.send(vote, to: Keys[1], lane: .bulk)
                if outcome == .queued { queued += 1 }
            }
            #expect(outcome == .overflowed)
            #expect(queued <= (1 << 20) / vote.count)
            #expect(await node.log.disconnected(Keys[1]) == .tooSlow)
            #expect(node.service.send(vote, to: Keys[1], lane: .bulk) == .notConnected)
            try await node.wait(for: Keys[1]) { $0.traffic.unsent >= 1 }
        }
    }

    @Test("while the inbox is full nothing more is read, and afterwards nothing is missing")
    func backPressure() async throws {
        let gate = Gate()
        let node = try TestNode(0, members: [0, 1], gate: gate) { $0.heldBytes = 128 * 1_024 }
        let count = 400
        try await greeted(node) { peer in
            for number in 0..<count {
                var message = Data(count: 64 * 1_024)
                message[0] = UInt8(number & 0xFF)
                peer.send([.message(message)])
            }
            try await node.wait(for: Keys[1]) { $0.traffic.receivedBytes >= 128 * 1_024 }
            // The sender is far ahead, and what the node took stays bounded.
            for _ in 0..<50 {
                let taken = node.status(Keys[1])?.traffic.receivedBytes ?? 0
                #expect(taken < 2 * 1_024 * 1_024)
                try await Task.sleep(for: .milliseconds(2))
            }
            gate.release()
            var numbers: [UInt8] = []
            for await case .received(_, let bytes) in node.log.all() {
                numbers.append(bytes[bytes.startIndex])
                if numbers.count == count { break }
            }
            #expect(numbers == (0..<count).map { UInt8($0 & 0xFF) })
        }
    }

    @Test("a complaint disconnects and bans")
    func complaint() async throws {
        let node = try TestNode(0, members: [0, 1])
        try await greeted(node) { peer in
            node.service.punish(Keys[1], why: "bad signature")
            await peer.closed()
            #expect(await node.log.disconnected(Keys[1]) == .misbehaved("bad signature"))
            #expect(peer.frames.last == .goodbye(.misbehaved))
        }
    }

    @Test("a thousand connections with garbage leave a node that answers")
    func garbage() async throws {
        let node = try TestNode(0, members: [0, 1]) { $0.handshakeMilliseconds = 500 }
        try await running([node]) {
            let port = await node.port
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for number in 0..<1_000 {
                    if number >= 100 { try await tasks.next() }
                    tasks.addTask {
                        let peer = try await RawPeer.plain(port: port)
                        let size = [0, 1, 5, 64, 5_000][number % 5]
                        peer.send((0..<size).map { _ in UInt8.random(in: 0...255) })
                        await peer.closed()
                    }
                }
                try await tasks.waitForAll()
            }
            let peer = try await RawPeer.connect(port: port, key: 1)
            peer.send([hello, .heartbeat])
            #expect(await node.log.connected(Keys[1]) == .authority)
            try await peer.wait { if case .hello = $0 { true } else { false } }
            peer.send([.message(Data([9]))])
            #expect(await node.log.received(Keys[1]) == Data([9]))
            peer.close()
        }
    }
}
