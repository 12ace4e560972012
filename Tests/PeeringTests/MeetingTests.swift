import Foundation
import Logging
import Peering
import Primitives
import ServiceLifecycle
import Testing

/// Nodes with each other.
@Suite(.timeLimit(.minutes(10))) struct MeetingTests {
    @Test("two members meet, over one connection, and talk both ways")
    func two() async throws {
        let nodes = try [TestNode(0, members: [0, 1]), TestNode(1, members: [0, 1])]
        try await meeting(nodes) {
            #expect(await nodes[0].log.connected(nodes[1].key) == .authority)
            #expect(await nodes[1].log.connected(nodes[0].key) == .authority)
            #expect(nodes[0].service.send(Data([1]), to: nodes[1].key, lane: .votes) == .queued)
            #expect(nodes[1].service.send(Data([2]), to: nodes[0].key, lane: .bulk) == .queued)
            #expect(await nodes[1].log.received(nodes[0].key) == Data([1]))
            #expect(await nodes[0].log.received(nodes[1].key) == Data([2]))
            let status = try #require(nodes[0].status(nodes[1].key))
            #expect(status.connections == 1)
            #expect(status.traffic.receivedMessages == 1)
            guard case .connected(let since, "127.0.0.1") = status.connection else {
                Issue.record("\(status.connection)")
                return
            }
            #expect(since > 1_700_000_000_000)
            #expect(nodes[0].service.send(Data(), to: Keys[5], lane: .bulk) == .notConnected)
        }
    }

    @Test("four members meet, each pair once in the end")
    func four() async throws {
        let nodes = try (0..<4).map { index in
            // All dial at the same time, so that connections cross.
            try TestNode(index, members: [0, 1, 2, 3]) { $0.politenessMilliseconds = 0 }
        }
        try await meeting(nodes) {
            for node in nodes {
                for other in nodes where other.key != node.key {
                    await node.log.connected(other.key)
                    let word = Data([UInt8(node.key.bytes[0])])
                    // A crossing may take a connection away just now; then it is said again.
                    while other.log.messages(from: node.key).isEmpty {
                        node.service.send(word, to: other.key, lane: .bulk)
                        try await Task.sleep(for: .milliseconds(5))
                    }
                    #expect(other.log.messages(from: node.key).first == word)
                }
            }
        }
    }

    @Test("messages of every size arrive whole and in order")
    func sizes() async throws {
        let nodes = try [TestNode(0, members: [0, 1]), TestNode(1, members: [0, 1])]
        let sizes = [
            0, 1, 4, 5, 255, 256, 65_535, 65_536, FrameLimits.block + FrameLimits.blockOverhead,
            0, FrameLimits.blockRun, 7,
        ]
        try await meeting(nodes) {
            await nodes[0].log.connected(nodes[1].key)
            await nodes[1].log.connected(nodes[0].key)
            for (number, size) in sizes.enumerated() {
                let message = Data(repeating: UInt8(number), count: size)
                #expect(nodes[0].service.send(message, to: nodes[1].key, lane: .bulk) == .queued)
            }
            let tooLong = Data(count: FrameLimits.blockRun + 1)
            #expect(nodes[0].service.send(tooLong, to: nodes[1].key, lane: .bulk) == .tooLong)
            let vote = Data(count: FrameLimits.message + 1)
            #expect(nodes[0].service.send(vote, to: nodes[1].key, lane: .votes) == .tooLong)
            var arrived: [Data] = []
            for await case .received(_, let bytes) in nodes[1].log.all() {
                arrived.append(bytes)
                if arrived.count == sizes.count { break }
            }
            #expect(arrived.map(\.count) == sizes)
            for (number, bytes) in arrived.enumerated() {
                #expect(bytes.allSatisfy { $0 == UInt8(number) })
            }
        }
    }

    @Test("a listed observer, or any where the node says so, connects to an authority")
    func observers() async throws {
        for policy in [ObserverPolicy.listed([Keys[5]]), .anyone] {
            let authority = try TestNode(0, members: [0], observers: policy)
            let observer = try TestNode(5, members: [0])
            try await running([authority, observer]) {
                await observer.find(authority)
                #expect(await authority.log.connected(observer.key) == .observer)
                #expect(await observer.log.connected(authority.key) == .authority)
            }
        }
    }

    @Test("an unlisted key is refused in the handshake")
    func unlisted() async throws {
        let authority = try TestNode(0, members: [0], observers: .listed([Keys[4]]))
        let stranger = try TestNode(5, members: [0])
        try await running([authority, stranger]) {
            await stranger.find(authority)
            try await stranger.wait(for: authority.key) { $0.lastEnd?.code == "handshake" }
            #expect(authority.service.peers.isEmpty)
        }
    }

    @Test("a full house says so")
    func full() async throws {
        let authority = try TestNode(0, members: [0], observers: .anyone) { $0.observers = 1 }
        let first = try TestNode(5, members: [0])
        let second = try TestNode(6, members: [0])
        try await running([authority, first, second]) {
            await first.find(authority)
            await authority.log.connected(first.key)
            await second.find(authority)
            try await second.wait(for: authority.key) { $0.lastEnd == .farewell(.full) }
        }
    }

    @Test("a wrong key behind a member's address is refused")
    func wrongServer() async throws {
        let node = try TestNode(0, members: [0, 1])
        let impostor = try TestNode(2, members: [0])
        try await running([node, impostor]) {
            await node.find(impostor, as: Keys[1])
            try await node.wait(for: Keys[1]) { $0.lastEnd?.code == "handshake" }
            #expect(impostor.connectionCount == 0)
        }
    }

    @Test("a node of another network is refused and told why")
    func otherNetwork() async throws {
        let node = try TestNode(0, members: [0, 1])
        let foreign = try TestNode(1, members: [0, 1], network: .zero)
        try await running([node, foreign]) {
            await foreign.find(node)
            try await foreign.wait(for: node.key) { $0.lastEnd == .farewell(.otherNetwork) }
            try await node.wait(for: foreign.key) { $0.lastEnd == .otherNetwork }
        }
    }

    @Test("a member that restarts at another port is found again")
    func restart() async throws {
        let node = try TestNode(0, members: [0, 1])
        try await running([node]) {
            let first = try TestNode(1, members: [0, 1])
            try await running([first]) {
                await node.find(first)
                await node.log.connected(first.key)
                await first.log.connected(node.key)
            }
            #expect(await node.log.disconnected(first.key) == .farewell(.stopping))
            let second = try TestNode(1, members: [0, 1])
            try await running([second]) {
                await node.find(second)
                await node.log.connected(second.key, times: 2)
                await second.log.connected(node.key)
                node.service.send(Data([3]), to: second.key, lane: .votes)
                #expect(await second.log.received(node.key) == Data([3]))
            }
        }
    }

    @Test("a second process with a living one's key is refused and reported")
    func copiedKey() async throws {
        // The original must be heard within the time of two and a half, however busy all is.
        let calm: (inout PeeringLimits) -> Void = { $0.heartbeatMilliseconds = 8_000 }
        let node = try TestNode(0, members: [0, 1], limits: calm)
        let original = try TestNode(1, members: [0, 1], limits: calm)
        let copy = try TestNode(1, members: [0, 1], limits: calm)
        try await running([node, original, copy]) {
            await original.find(node)
            await node.log.connected(original.key)
            await copy.find(node)
            let reported = await node.log.first {
                if case .copiedKey(let key, _, _) = $0 { key } else { nil }
            }
            #expect(reported == original.key)
            try await copy.wait(for: node.key) { $0.lastEnd == .farewell(.copiedKey) }
            #expect(copy.status(node.key)?.connections == 0)
            #expect(original.status(node.key)?.connections == 1)
        }
    }

    @Test("a copy of the node's own key is refused and reported")
    func ownKey() async throws {
        let node = try TestNode(0, members: [0, 1])
        try await running([node]) {
            let peer = try await RawPeer.connect(port: node.port, key: 0)
            await peer.closed()
            let reported = await node.log.first {
                if case .copiedKey(let key, "this node", _) = $0 { key } else { nil }
            }
            #expect(reported == node.key)
        }
    }

    @Test("a graceful stop ends with open connections, which are told")
    func gracefulStop() async throws {
        let node = try TestNode(0, members: [0, 1])
        let other = try TestNode(1, members: [0, 1])
        try await running([other]) {
            let group = ServiceGroup(
                services: [node.service],
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                await other.find(node)
                await other.log.connected(node.key)
                await node.log.connected(other.key)
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
            #expect(await other.log.disconnected(node.key) == .farewell(.stopping))
            #expect(await node.log.disconnected(other.key) == .stopping)
        }
    }

    @Test("an address in use is a failure that names it")
    func inUse() async throws {
        let node = try TestNode(0, members: [0])
        try await running([node]) {
            let port = try #require(await node.port)
            let second = try TestNode(1, members: [1], port: port)
            await #expect(throws: PeeringError.self) { try await second.service.run() }
        }
    }
}
