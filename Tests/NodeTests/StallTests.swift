import Foundation
import Gateway
import Node
import SampleNetworks
import Testing

extension NodeSuites {
    @Suite("A stalled network says why")
    struct StallTests {
        private static let names = ["north", "south"]

        /// Waits until a node explains in one line why nothing becomes final.
        private func explains(
            _ gateway: NodeGateway, _ line: String
        ) async throws -> Bool {
            try await eventually { try await gateway.operation().stalledBecause == line }
        }

        @Test("where the last block is ahead of the clocks, and goes on when its time has come")
        func clocks() async throws {
            var sample = SampleNetwork(authorities: Self.names)
            let accounts = (0..<3).map { sample.account("member \($0)") }
            let network = try RunningNetwork(sample, authorities: Self.names)
            network.clock.set(SampleNetwork.beginning + 120_000)
            for name in Self.names { try await network.start(name) }
            let north = try network["north"].gateway
            _ = try await north.submit(Array(accounts[0]))
            #expect(try await network.agree(transactions: 1))
            network.clock.set(SampleNetwork.beginning)
            _ = try await north.submit(Array(accounts[1]))
            #expect(
                try await explains(
                    north,
                    "the last block is 120 s ahead of this node's clock, and none is voted for "
                        + "before its time"))
            network.clock.set(SampleNetwork.beginning + 120_000)
            _ = try await north.submit(Array(accounts[2]))
            #expect(try await network.agree(transactions: 3))
            #expect(try await north.operation().stalledBecause == nil)
            try await network.stopAll()
        }

        @Test("where an authority is there and signs nothing")
        func silence() async throws {
            var sample = SampleNetwork(authorities: Self.names)
            let accounts = (0..<2).map { sample.account("member \($0)") }
            let network = try RunningNetwork(sample, authorities: Self.names)
            for name in Self.names { try await network.start(name) }
            _ = try await network["north"].gateway.submit(Array(accounts[0]))
            #expect(try await network.agree(transactions: 1))
            try await network.stop("south")
            try FileManager.default.removeItem(
                atPath: network.directory(of: "south").safety)
            try await network.start("south")
            let north = try network["north"].gateway
            _ = try await north.submit(Array(accounts[1]))
            let isTold = try await eventually {
                let line = try await north.operation().stalledBecause ?? ""
                return line.hasSuffix("has no quorum yet; no vote came from south")
            }
            #expect(isTold)
            let south = try network["south"].gateway
            let isSilent = try await eventually {
                let line = try await south.operation().stalledBecause ?? ""
                return line.hasPrefix("this authority signs nothing, and its vote is needed: ")
            }
            #expect(isSilent)
            try await network.stopAll()
        }
    }
}
