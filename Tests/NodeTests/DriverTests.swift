import Dispatch
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

extension NodeSuites {
    @Suite("The driver")
    struct DriverTests {
        @Test("Two hundred submissions at once are all final exactly once, and energy is conserved")
        func concurrent() async throws {
            let directory = try Directory()
            var network = SampleNetwork()
            let settling = network.settling()
            // Each key's nonces arrive in any order.
            let reads = (0..<100).map { day in
                network.reads([
                    SampleNetwork.history(
                        day.isMultiple(of: 2) ? 1 : 2, "2021-0\(1 + day / 28)-\(1 + day % 28)",
                        997 + UInt64(day))
                ])
            }
            let accounts = (0..<100).map { network.account("member \($0)") }
            let node = try RunningNode(network, in: directory)
            try await node.running { gateway in
                for bytes in settling { _ = try await gateway.submit(bytes) }
                let ids = try await withThrowingTaskGroup(of: Digest.self) { group in
                    for bytes in reads + accounts {
                        group.addTask {
                            let id = try await gateway.submit(bytes)
                            let record = try await gateway.final(id, withinMilliseconds: patience)
                            return try #require(record).id
                        }
                    }
                    return try await group.reduce(into: Set<Digest>()) { $0.insert($1) }
                }
                #expect(ids.count == 200)
                let all = try await gateway.transactions(of: nil, before: nil, limit: 1_000)
                #expect(all.count == 203 && Set(all.map(\.id)).count == 203)
                #expect(Set(all.map(\.id)).isSuperset(of: ids))
                let totals = try await gateway.totals()
                let issued = (0..<100).reduce(UInt64(0)) { $0 + 997 + UInt64($1) }
                #expect(totals.issuedWattHours == issued && totals.reads == 100)
                #expect(totals.active == issued / 1_000 && totals.accounts == 103)
                var filter = LotFilter()
                filter.owner = AccountID(SampleNetwork.developer)
                filter.status = .active
                let lots = try await gateway.lots(filter, after: nil, limit: 1_000).items
                #expect(lots.reduce(0) { $0 + $1.range.count } == issued / 1_000)
                #expect(lots.first?.range.first == DRECSerial(1))
                #expect(
                    zip(lots, lots.dropFirst()).allSatisfy {
                        $0.range.last.rawValue + 1 == $1.range.first.rawValue
                    })
            }
            #expect(node.node.pendingTransactions == 0 && node.node.droppedTransactions == 0)
            try node.close()
        }

        @Test("Trades of the same D-RECs at once: one wins, the others are refused")
        func contention() async throws {
            let directory = try Directory()
            var network = SampleNetwork()
            let settling =
                network.settling() + [
                    network.reads([SampleNetwork.history(1, "2021-03-01", 10_000)])
                ]
            let trades = (0..<20).map { _ in
                network.trade(
                    [SampleNetwork.range(1, 10)], from: "developer", SampleNetwork.developer,
                    to: SampleNetwork.buyer)
            }
            let node = try RunningNode(network, in: directory)
            try await node.running { gateway in
                for bytes in settling { _ = try await gateway.submit(bytes) }
                let codes = try await withThrowingTaskGroup(of: RefusalCode?.self) { group in
                    for bytes in trades {
                        group.addTask { try await gateway.refusal(bytes)?.code }
                    }
                    return try await group.reduce(into: [RefusalCode?]()) { $0.append($1) }
                }
                #expect(codes.count { $0 == nil } == 1)
                #expect(codes.count { $0 == .notOwner } == 19)
            }
            try node.close()
        }

        @Test("A budget of a few signatures makes many blocks, and still everything is final")
        func smallBudget() async throws {
            let directory = try Directory()
            var network = SampleNetwork {
                $0.blockSignatures = 4
                $0.minimumBlockIntervalMilliseconds = 0
            }
            let bytes = (0..<30).map { network.account("member \($0)") }
            let node = try RunningNode(network, in: directory)
            try await node.running { gateway in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for bytes in bytes { group.addTask { _ = try await gateway.submit(bytes) } }
                    try await group.waitForAll()
                }
                #expect(try await gateway.totals().transactions == 30)
                let blocks = try await gateway.blocks(before: nil, limit: 100)
                #expect(blocks.count >= 15)
            }
            try node.close()
        }

        @Test(
            "An idle node makes an empty block when a heartbeat is due, also just after its start")
        func heartbeat() async throws {
            let directory = try Directory()
            var network = SampleNetwork { $0.heartbeatMilliseconds = 500 }
            let bytes = network.account("a")
            let node = try RunningNode(network, in: directory)
            let made = try await node.running { gateway in
                _ = try await gateway.submit(bytes)
                return try await eventually { try await gateway.block(Height(2)) != nil }
            }
            #expect(made)
            let height = try await node.gateway.status().height
            try node.close()
            let again = try RunningNode(network, in: directory)
            let next = Height(height.rawValue + 1)
            let goesOn = try await again.running { gateway in
                try await eventually { try await gateway.block(next) != nil }
            }
            #expect(goesOn)
            let empty = try await again.gateway.block(next)
            #expect(empty?.header.logSize == 1)
            try again.close()
        }

        @Test("Parameters that the network has changed hold at once, without a restart")
        func changedParameters() async throws {
            let directory = try Directory()
            var network = SampleNetwork { $0.heartbeatMilliseconds = 0 }
            let bytes = network.signed(
                .setParameters(
                    .with {
                        $0.parameters = GenesisDocument.localParameters
                        $0.parameters.heartbeatMilliseconds = 200
                    }), as: 1, by: "initiative")
            let node = try RunningNode(network, in: directory)
            let made = try await node.running { gateway in
                _ = try await gateway.submit(bytes)
                return try await eventually { try await gateway.block(Height(2)) != nil }
            }
            #expect(made)
            try node.close()
        }

        @Test("A node whose store failed is ready again by itself, without a transaction")
        func recovers() async throws {
            let directory = try Directory()
            var network = SampleNetwork { $0.heartbeatMilliseconds = 0 }
            let bytes = network.account("a")
            let again = network.account("b")
            let node = try RunningNode(network, in: directory)
            let early = network.account("c")
            let other = try ChainStore(
                path: directory.chain, genesis: network.genesis, creating: false)
            let release = DispatchSemaphore(value: 0)
            try await node.running { gateway in
                _ = try await gateway.submit(early)
                let (held, signal) = AsyncStream<Void>.makeStream()
                let thread = Thread {
                    // Holds the file as another process would.
                    try? other.advance { _ in
                        signal.yield()
                        release.wait()
                    }
                }
                thread.start()
                for await _ in held { break }
                // What was taken in before waits and is not lost.
                async let first = gateway.submit(bytes)
                let isFailing = try await eventually {
                    try await gateway.status().notReadyBecause
                        == "another process holds the file"
                }
                #expect(isFailing)
                let error = await gatewayError { _ = try await gateway.submit(again) }
                #expect(error == .unavailable("another process holds the file"))
                release.signal()
                let isReady = try await eventually {
                    try await gateway.status().notReadyBecause == nil
                }
                #expect(isReady)
                _ = try await first
                _ = try await gateway.submit(again)
            }
            try other.close()
            try node.close()
        }

        @Test("A key that is not the one authority's, or an authority of several, does not start")
        func notTheAuthority() async throws {
            for (authorities, voteKey) in [
                (["north"], key("south vote")), (["north"], key("north log")),
                (["north", "south"], SampleNetwork.voteKey),
            ] {
                let directory = try Directory()
                let network = SampleNetwork(authorities: authorities)
                let node = try RunningNode(network, in: directory, voteKey: voteKey)
                await #expect(throws: NodeError.notTheAuthority) {
                    try await node.node.driver.run()
                }
                try node.close()
            }
        }

        @Test("A data directory is held by one at a time")
        func directoryLock() throws {
            let directory = try Directory()
            do {
                let lock = try DirectoryLock(directory: directory.path)
                do {
                    _ = try DirectoryLock(directory: directory.path)
                    Issue.record("locked twice")
                } catch NodeError.locked(let path) {
                    #expect(path == directory.path)
                }
                _ = consume lock
            }
            _ = try DirectoryLock(directory: directory.path)
        }
    }

    @Suite("Stopping a node")
    struct StoppingTests {
        @Test("Whoever waits when the node stops is answered, and what was answered is there")
        func answersWaiters() async throws {
            let directory = try Directory()
            var network = SampleNetwork()
            let bytes = (0..<100).map { network.account("member \($0)") }
            let node = try RunningNode(network, in: directory)
            let gateway = node.gateway
            async let waiting = withThrowingTaskGroup(of: Digest?.self) { group in
                for bytes in bytes {
                    group.addTask {
                        do {
                            return try await gateway.submit(bytes)
                        } catch GatewayError.unavailable {
                            return nil
                        }
                    }
                }
                return try await group.reduce(into: [Digest?]()) { $0.append($1) }
            }
            try await node.running { gateway in
                let begun = try await eventually { try await gateway.totals().transactions > 0 }
                #expect(begun)
            }
            let answers = try await waiting
            #expect(answers.count == 100)
            for case let id? in answers { #expect(try await gateway.transaction(id) != nil) }
            let late = await gatewayError { _ = try await gateway.submit(network.account("late")) }
            guard case .unavailable? = late else {
                Issue.record("a stopped node answered \(String(describing: late))")
                return
            }
            try node.close()
        }

        @Test("Cancelling the driver stops it and answers whoever waits")
        func cancelled() async throws {
            let directory = try Directory()
            var network = SampleNetwork()
            let bytes = network.account("a")
            let node = try RunningNode(network, in: directory)
            let id = try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await node.node.driver.run() }
                let id = try await node.gateway.submit(bytes)
                group.cancelAll()
                try await group.waitForAll()
                return id
            }
            #expect(try await node.gateway.transaction(id) != nil)
            let late = await gatewayError {
                _ = try await node.gateway.submit(network.account("late"))
            }
            #expect(late == .unavailable("the node is stopping"))
            try node.close()
        }
    }
}
