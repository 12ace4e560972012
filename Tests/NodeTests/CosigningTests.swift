import Consensus
import Foundation
import Gateway
import Ledger
import Merkle
import Node
import Peering
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

extension NodeSuites {
    @Suite("The log is cosigned")
    struct CosigningTests {
        private static let four = ["east", "north", "south", "west"]

        /// A note's size, root and the names of its signers, in their order.
        private struct Seen: Equatable {
            let size: UInt64
            let root: String
            let signers: [String]

            init?(_ note: String?) {
                guard let note else { return nil }
                let lines = note.split(separator: "\n", omittingEmptySubsequences: false)
                guard lines.count > 5, lines[3].isEmpty, let size = UInt64(lines[1]) else {
                    return nil
                }
                self.size = size
                root = String(lines[2])
                signers = lines[4...].compactMap { line in
                    line.split(separator: " ").dropFirst().first.map(String.init)
                }
            }
        }

        private static func base64(_ root: Digest) -> String {
            Data(root.bytes).base64EncodedString()
        }

        @Test("Each node has the newest state with a quorum's cosignatures, an observer too")
        func quorum() async throws {
            var sample = SampleNetwork(authorities: Self.four)
            let accounts = (0..<3).map { sample.account("member \($0)") }
            let network = try RunningNetwork(
                sample, authorities: Self.four, observers: ["observer"])
            for name in Self.four { try await network.start(name) }
            try await network.start("observer", isObserver: true)
            let origin = Checkpoint.origin(name: "test", network: sample.network)
            for (index, bytes) in accounts.enumerated() {
                _ = try await network[Self.four[index]].gateway.submit(bytes)
                #expect(try await network.agree(transactions: UInt64(index) + 1))
                for name in Self.four + ["observer"] {
                    let gateway = try network[name].gateway
                    let root = try await gateway.status().logRoot
                    let isSigned = try await eventually {
                        let seen = Seen(try await gateway.checkpoint())
                        return seen?.size == UInt64(index) + 1 && seen?.signers.count ?? 0 >= 4
                    }
                    #expect(isSigned, "\(name)")
                    let seen = try #require(Seen(try await gateway.checkpoint()))
                    #expect(seen.root == Self.base64(root))
                    #expect(seen.signers.contains(origin) == (name != "observer"))
                    let others = seen.signers.filter { $0 != origin }
                    #expect(others.count >= 3 && Set(others).count == others.count)
                    #expect(others.allSatisfy { $0.hasPrefix(origin + "/") })
                }
            }
            try await network.stopAll()
            // One alone has nobody to ask; what it kept is what it shows.
            try await network.start("south")
            let isThere = try await eventually {
                Seen(try await network["south"].gateway.checkpoint())?.size == 3
            }
            #expect(isThere)
            try await network.stopAll()
        }

        @Test("What is forged, early or of another log counts for nothing, and harms nothing")
        func lies() async throws {
            var sample = SampleNetwork(authorities: Self.four)
            let accounts = (0..<2).map { sample.account("member \($0)") }
            let network = try RunningNetwork(sample, authorities: Self.four)
            for name in ["east", "north", "south"] { try await network.start(name) }
            let east = try network["east"].gateway
            _ = try await east.submit(accounts[0])
            #expect(try await network.agree(transactions: 1))
            let address = try #require(try network["east"].node.peering?.listening)
            let copy = try CopiedKeys(
                of: "west", in: sample.network, members: ["east": address])
            #expect(try await eventually { copy.isConnected(to: "east") })
            let status = try await east.status()
            let second = status.headTimeMilliseconds / 1_000
            let origin = Checkpoint.origin(name: "test", network: sample.network)
            func cosign(
                size: UInt64 = 1, root: Digest = status.logRoot, at time: UInt64 = second,
                seat: Int = 3, by signer: String = "west log"
            ) throws -> Cosignature {
                let checkpoint = Checkpoint(origin: origin, size: size, root: root)
                let time = Timestamp(time)
                let signature = try #require(key(signer).sign(note: checkpoint.cosigned(at: time)))
                return Cosignature(
                    signer: seat, size: LogIndex(size), root: root, time: time,
                    signature: signature)
            }
            let other = Digest.sha256([1])
            for lie in [
                try cosign(by: "stranger"), try cosign(by: "west vote"), try cosign(seat: 2),
                try cosign(seat: 49), try cosign(root: other), try cosign(at: second + 3_600),
                try cosign(size: 2, root: other), try cosign(size: .max, root: other),
                try cosign(size: 0, root: other),
            ] { copy.send(.cosign(lie), to: "east") }
            let three = try await eventually {
                Seen(try await east.checkpoint())?.signers.count == 4
            }
            #expect(three)
            _ = try await east.submit(accounts[1])
            #expect(try await network.agree(transactions: 2))
            let isSigned = try await eventually {
                Seen(try await east.checkpoint())?.size == 2
            }
            #expect(isSigned)
            let next = try await east.status()
            let seen = try #require(Seen(try await east.checkpoint()))
            #expect(seen.root == Self.base64(next.logRoot))
            #expect(!seen.signers.contains("\(origin)/west"))
            // The truth counts, whoever tells it.
            copy.send(
                .cosign(
                    try cosign(
                        size: 2, root: next.logRoot, at: next.headTimeMilliseconds / 1_000)),
                to: "east")
            let isHeard = try await eventually {
                Seen(try await east.checkpoint())?.signers.contains("\(origin)/west") == true
            }
            #expect(isHeard)
            try await copy.stop()
            try await network.stopAll()
        }

        @Test("Who cosigned another log is told of, also where that came too early or too late")
        func contradictions() async throws {
            var sample = SampleNetwork(authorities: Self.four)
            let accounts = (0..<2).map { sample.account("member \($0)") }
            let network = try RunningNetwork(sample, authorities: Self.four)
            let origin = Checkpoint.origin(name: "test", network: sample.network)
            func cosign(size: UInt64, root: Digest, at time: UInt64) throws -> PeerMessage {
                let checkpoint = Checkpoint(origin: origin, size: size, root: root)
                let time = Timestamp(time / 1_000)
                let signature = try #require(
                    key("west log").sign(note: checkpoint.cosigned(at: time)))
                return .cosign(
                    Cosignature(
                        signer: 3, size: LogIndex(size), root: root, time: time,
                        signature: signature))
            }
            let early = Alarms()
            try await network.start("east", alarms: early)
            for name in ["north", "south"] { try await network.start(name) }
            _ = try await network["east"].gateway.submit(accounts[0])
            #expect(try await network.agree(transactions: 1))
            let first = try await network["east"].gateway.status()
            let truth = try cosign(
                size: 1, root: first.logRoot, at: first.headTimeMilliseconds)
            func west() async throws -> CopiedKeys {
                let address = try #require(try network["east"].node.peering?.listening)
                let copy = try CopiedKeys(
                    of: "west", in: sample.network, members: ["east": address])
                #expect(try await eventually { copy.isConnected(to: "east") })
                return copy
            }
            var copy = try await west()
            let time = first.headTimeMilliseconds
            copy.send(try cosign(size: 2, root: Digest.sha256([1]), at: time), to: "east")
            copy.send(truth, to: "east")
            let isHeard = try await eventually {
                let note = try await network["east"].gateway.checkpoint()
                return Seen(note)?.signers.contains("\(origin)/west") == true
            }
            #expect(isHeard && early.all.isEmpty)
            _ = try await network["east"].gateway.submit(accounts[1])
            #expect(try await network.agree(transactions: 2))
            #expect(try await eventually { !early.all.isEmpty })
            #expect(early.all == ["an authority cosigned another log"])
            try await copy.stop()
            try await network.stop("east")
            // From here on it remembers nothing of that size, and its log tells.
            let late = Alarms()
            try await network.start("east", alarms: late)
            copy = try await west()
            copy.send(truth, to: "east")
            copy.send(try cosign(size: 1, root: Digest.sha256([1]), at: time), to: "east")
            #expect(try await eventually { !late.all.isEmpty })
            #expect(late.all == ["an authority cosigned another log"])
            try await copy.stop()
            try await network.stopAll()
        }
    }
}
