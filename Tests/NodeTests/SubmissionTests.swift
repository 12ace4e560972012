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

extension NodeSuites {
    @Suite("Submitting to a node")
    struct SubmissionTests {
        @Test("What was submitted is final, with receipt, block and totals")
        func submitToFinal() async throws {
            let directory = try Directory()
            var network = SampleNetwork()
            let node = try RunningNode(network, in: directory)
            let bytes =
                network.settling() + [
                    network.reads([SampleNetwork.history(1, "2021-03-01", 12_345)])
                ]
            try await node.running { gateway in
                var ids: [Digest] = []
                for bytes in bytes { ids.append(try await gateway.submit(bytes)) }
                for (index, id) in ids.enumerated() {
                    let record = try #require(
                        try await gateway.final(id, withinMilliseconds: patience))
                    #expect(record.index == LogIndex(UInt64(index)) && record.id == id)
                    #expect(
                        try await gateway.transactionBytes(at: record.index) == Array(bytes[index]))
                    let block = try #require(try await gateway.block(record.height))
                    #expect(block.firstEntry <= record.index)
                    let isPending = await gateway.isPending(id)
                    do {
                        #expect(isPending == false)
                    }
                }
                let totals = try await gateway.totals()
                #expect(totals.transactions == 4 && totals.accounts == 3 && totals.devices == 2)
                #expect(totals.issuedWattHours == 12_345 && totals.active == 12)
                #expect(
                    try await gateway.key(key("buyer").publicKey)?.value.account
                        == SampleNetwork.buyer)
                #expect(try await gateway.account(AccountID(2))?.value.legalName == "developer")
            }
            try node.close()
        }

        @Test("Whoever waits for the head hears of each new one, and of the end")
        func head() async throws {
            let directory = try Directory()
            var network = SampleNetwork()
            let node = try RunningNode(network, in: directory)
            let bytes = network.settling()
            let gateway = node.gateway
            #expect(await gateway.head(beyond: Height(0), withinMilliseconds: 0) == .unchanged)
            #expect(await gateway.head(beyond: Height(0), withinMilliseconds: 20) == .unchanged)
            try await node.running { gateway in
                let before = try await gateway.status().height
                async let first = gateway.head(beyond: before, withinMilliseconds: patience)
                async let second = gateway.head(beyond: before, withinMilliseconds: patience)
                let id = try await gateway.submit(Array(bytes[0]))
                let record = try #require(
                    try await gateway.final(id, withinMilliseconds: patience))
                for news in [await first, await second] { #expect(news == .moved(record.height)) }
                #expect(
                    await gateway.head(beyond: Height(.max), withinMilliseconds: 20) == .unchanged)
            }
            async let last = gateway.head(beyond: Height(.max), withinMilliseconds: patience)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await StoppingNotice(node.node.health).run() }
                group.cancelAll()
            }
            #expect(await last == .stopping)
            #expect(await gateway.head(beyond: Height(0), withinMilliseconds: 0) == .stopping)
            try node.close()
        }

        @Test("Who waits for a verdict that does not fall does not hold a stop up")
        func stopping() async throws {
            var sample = SampleNetwork(authorities: ["north", "south"])
            let bytes = sample.account("member")
            let network = try RunningNetwork(sample, authorities: ["north", "south"])
            // Alone it decides nothing.
            try await network.start("north")
            let north = try network["north"]
            let id = try await north.gateway.submit(Array(bytes))
            async let record = north.gateway.final(id, withinMilliseconds: 3_600_000)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await StoppingNotice(north.node.health).run() }
                group.cancelAll()
            }
            #expect(try await record == nil)
            #expect(await north.gateway.isPending(id))
            try await network.stopAll()
        }

        @Test("A status tells height, head and roots, and why a node is not ready")
        func status() async throws {
            let directory = try Directory()
            var network = SampleNetwork()
            let node = try RunningNode(network, in: directory)
            let bytes = network.settling()
            let before = try await node.gateway.status()
            #expect(before.notReadyBecause != nil && before.height == Height(0))
            #expect(node.node.health.notReadyBecause != nil)
            try await node.running { gateway in
                for bytes in bytes { _ = try await gateway.submit(bytes) }
            }
            let status = try await node.gateway.status()
            let head = try node.store.load().head
            #expect(status.notReadyBecause == nil)
            #expect(status.height == head.height && status.headHash == head.hash)
            #expect(status.logSize == 3 && status.logRoot == head.frontier.root)
            #expect(status.stateRoot == head.stateRoot && status.view == head.view)
            #expect(status.authorities == ["north"] && status.version == "test")
            #expect(status.pendingTransactions == 0 && node.node.pendingTransactions == 0)
            #expect(node.gateway.network.hash == network.network)
            #expect(
                try GenesisDocument(parsing: node.gateway.network.genesis).hash == network.network)
            try node.close()
        }

        @Test("A refusal by the rules or of the envelope is thrown, and nothing is kept")
        func refusals() async throws {
            let directory = try Directory()
            var network = SampleNetwork()
            var foreign = SampleNetwork(name: "other")
            let node = try RunningNode(network, in: directory)
            let stranger = network.signed(
                SampleNetwork.devices(named: ["x"]), as: 1, by: "stranger")
            let good = network.account("a")
            var envelope = try ProtoSignedTransaction(serializedBytes: good)
            envelope.signatures[0][3] ^= 1
            let spoiled = envelope.canonicalBytes
            let other = foreign.account("a")
            let early = network.reads([SampleNetwork.history(1, "2021-03-01", 1)])
            try await node.running { gateway in
                let refusal = try await gateway.refusal(stranger)
                #expect(
                    refusal?.code == .unknownKey || refusal?.code == .notAuthorised,
                    "\(refusal as Any)")
                #expect(try await gateway.refusal(spoiled)?.code == .signatureInvalid)
                #expect(try await gateway.refusal(other)?.code == .wrongNetwork)
                #expect(try await gateway.refusal(Data())?.code != nil)
                #expect(try await gateway.refusal(Data([9, 9, 9]))?.code == .malformed)
                #expect(try await gateway.refusal(good + [0])?.code != nil)
                #expect(try await gateway.refusal(early) != nil)
                #expect(try await gateway.status().height == Height(0))
                // The spoiled bytes spent neither nonce nor id.
                let id = try await gateway.submit(good)
                #expect(try await gateway.transaction(id) != nil)
                #expect(try await gateway.totals().transactions == 1)
            }
            try node.close()
        }

        @Test("The same bytes again have the same id and are applied once, also after a restart")
        func sameBytes() async throws {
            let directory = try Directory()
            var network = SampleNetwork()
            let bytes = network.account("a")
            let first = try RunningNode(network, in: directory)
            let id = try await first.running { gateway in
                let id = try await gateway.submit(bytes)
                #expect(try await gateway.submit(bytes) == id)
                return id
            }
            try first.close()
            let second = try RunningNode(network, in: directory)
            let (again, totals) = try await second.running { gateway in
                (try await gateway.submit(bytes), try await gateway.totals())
            }
            #expect(again == id && totals.transactions == 1)
            try second.close()
        }

        @Test("The same new bytes many times at once are applied once, and everybody gets their id")
        func sameBytesAtOnce() async throws {
            let directory = try Directory()
            var network = SampleNetwork()
            let rounds = (0..<20).map { network.account("member \($0)") }
            let node = try RunningNode(network, in: directory)
            let refusals = try await node.running { gateway in
                var refusals: [Refusal] = []
                for bytes in rounds {
                    refusals += try await withThrowingTaskGroup(of: Refusal?.self) { group in
                        for _ in 0..<20 { group.addTask { try await gateway.refusal(bytes) } }
                        return try await group.reduce(into: []) { $0 += $1.map { [$0] } ?? [] }
                    }
                }
                return refusals
            }
            #expect(try await node.gateway.totals().transactions == 20)
            do {
                #expect(refusals.isEmpty, "\(refusals.count) refused")
            }
            try node.close()
        }

        @Test("A nonce that was spent is refused for another transaction, also after a restart")
        func replayedNonce() async throws {
            let directory = try Directory()
            var network = SampleNetwork()
            var twin = network
            let first = network.account("a")
            let second = twin.account("b")
            let node = try RunningNode(network, in: directory)
            try await node.running { gateway in
                _ = try await gateway.submit(first)
                #expect(try await gateway.refusal(second)?.code == .nonceUsed)
            }
            try node.close()
            let again = try RunningNode(network, in: directory)
            let refusal = try await again.running { try await $0.refusal(second) }
            #expect(refusal?.code == .nonceUsed)
            try again.close()
        }

        @Test("A dry run names the rows that would be refused, and changes nothing")
        func dryRun() async throws {
            let directory = try Directory()
            var network = SampleNetwork()
            let node = try RunningNode(network, in: directory)
            let bytes = network.settling()
            try await node.running { gateway in
                for bytes in bytes { _ = try await gateway.submit(bytes) }
                let head = try await gateway.status().stateRoot
                let rows = [
                    SampleNetwork.history(1, "2021-03-01", 1_000),
                    SampleNetwork.history(1, "2021-03-01", 1_000),
                    SampleNetwork.history(2, "2021-03-01", 1_000),
                    SampleNetwork.history(7, "2021-03-01", 1_000),
                    SampleNetwork.history(2, "2021-03-02", 90_000_000),
                ]
                let developer = AccountID(SampleNetwork.developer)
                let refusals = try await gateway.dryRun(reads: rows, of: developer)
                #expect(refusals.map(\.row) == [1, 3, 4])
                #expect(try await gateway.dryRun(reads: [rows[0], rows[2]], of: developer).isEmpty)
                #expect(try await gateway.dryRun(reads: [], of: developer).isEmpty)
                #expect(try await gateway.status().stateRoot == head)
                #expect(try await gateway.totals().reads == 0)
            }
            try node.close()
        }
    }
}
