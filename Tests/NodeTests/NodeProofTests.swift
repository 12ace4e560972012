import Gateway
import Ledger
import Merkle
import Node
import Primitives
import SampleNetworks
import Testing
import Verifier
import Wire

extension NodeSuites {
    @Suite("Proofs of a running node")
    struct NodeProofTests {
        @Test("Between blocks and after them, every proof holds and is of the node's head")
        func proofs() async throws {
            let directory = try Directory()
            var network = SampleNetwork()
            let node = try RunningNode(network, in: directory)
            let first =
                network.settling() + [
                    network.reads([SampleNetwork.history(1, "2021-03-01", 12_345)])
                ]
            let trades = (1...3).map { serial in
                network.trade(
                    [SampleNetwork.range(serial, serial)], from: "developer",
                    SampleNetwork.developer, to: SampleNetwork.buyer)
            }
            try await node.running { gateway in
                #expect(
                    await throwsUnavailable { _ = try await prove(.account(.initiative), gateway) })
                try await submit(first, to: gateway)
                let range = try #require(DRECRange(SampleNetwork.range(1, 12)))
                let before = try #require(try await prove(.drecs(range), gateway))
                #expect(before.statement?.holdings.map(\.owner) == [AccountID(2)])
                for (count, trade) in trades.enumerated() {
                    try await submit([trade], to: gateway)
                    for _ in 0..<2 {
                        let report = try #require(try await prove(.drecs(range), gateway))
                        let sold = report.statement?.holdings.filter { $0.owner == AccountID(3) }
                        #expect(sold?.reduce(0) { $0 + $1.range.count } == UInt64(count) + 1)
                        let head = try await gateway.status().height
                        #expect(report.current?.height == head.rawValue)
                    }
                }
                let beyond = try #require(DRECRange(SampleNetwork.range(12, 13)))
                #expect(try await prove(.drecs(beyond), gateway) == nil)
                await #expect(throws: MerkleError.outsideLog) {
                    _ = try await gateway.proof(of: .drecs(range), goingOnFrom: 99)
                }
            }
            try node.close()
        }

        private func submit(
            _ transactions: [some Sequence<UInt8>], to gateway: any LedgerGateway
        ) async throws {
            for bytes in transactions {
                let id = try await gateway.submit(Array(bytes))
                _ = try #require(try await gateway.final(id, withinMilliseconds: patience))
            }
        }

        /// A proof that holds; nil where there is no such subject.
        private func prove(
            _ subject: ProofSubject, _ gateway: any LedgerGateway
        ) async throws -> ProofReport? {
            guard let file = try await gateway.proof(of: subject, goingOnFrom: nil) else {
                return nil
            }
            let report = ProofCheck.report(on: file.bytes, genesis: gateway.network.genesis)
            #expect(report.holds, "\(report.lines)")
            return report
        }

        private func throwsUnavailable(_ body: () async throws -> Void) async -> Bool {
            do {
                try await body()
                return false
            } catch GatewayError.unavailable {
                return true
            } catch {
                return false
            }
        }
    }
}
