import Consensus
import Foundation
import Gateway
import Ledger
import Logging
import Node
import Peering
import Primitives
import SampleNetworks
import ServiceLifecycle
import SwiftProtobuf
import Synchronization
import Testing
import Wire

/// Another machine with an authority's keys: it has links, and says what a test tells it to.
final class CopiedKeys: Sendable {
    private let name: String
    private let network: Digest
    let peering: PeeringService
    private let services: ServiceGroup
    private let run: Task<Void, any Error>

    /// - Parameter members: TLS keys by name, with the addresses of those that are dialled.
    init(of name: String, in network: Digest, members: [String: PeerAddress]) throws {
        self.name = name
        self.network = network
        let clock = NodeEnvironment.standing(StandingClock())
        var configuration = PeeringConfiguration(
            network: network, key: key("\(name) tls"),
            listen: PeerAddress(host: "127.0.0.1", port: 0),
            members: members.map { Peering.Peer(key: key("\($0) tls").publicKey, address: $1) },
            observers: .anyone)
        configuration.limits.tickMilliseconds = 10
        configuration.limits.politenessMilliseconds = 0
        var logger = Logger(label: "copy of \(name)")
        logger.logLevel = .critical
        let peering = try PeeringService(
            configuration,
            environment: PeeringEnvironment(
                time: clock.time, uptime: clock.uptime,
                sleep: { try await Task.sleep(for: .milliseconds(Int64(clamping: $0))) },
                random: clock.random),
            logger: logger, inbox: { _ in })
        self.peering = peering
        let services = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: peering)], logger: logger))
        self.services = services
        run = Task { try await services.run() }
    }

    func isConnected(to member: String) -> Bool {
        peering.peers.contains { peer in
            guard case .connected = peer.connection else { return false }
            return peer.key == key("\(member) tls").publicKey
        }
    }

    /// Sends a vote, signed by a key, as a seat's.
    func vote(_ statement: Statement, seat: Int, signedBy signer: String? = nil, to member: String)
    {
        let signature = key(signer ?? "\(name) vote").sign(
            statement.kind.tag, statement.payload(network: network))
        send(.vote(Vote(statement: statement, signer: seat, signature: signature)), to: member)
    }

    func send(_ message: PeerMessage, to member: String) {
        peering.send(message.bytes, to: key("\(member) tls").publicKey, lane: .bulk)
    }

    func stop() async throws {
        await services.triggerGracefulShutdown()
        try await run.value
    }
}

extension NodeSuites {
    @Suite("An authority that signs twice")
    struct EvidenceTests {
        private static let four = ["east", "north", "south", "west"]

        @Test("A copied key is caught, outlives a restart, and goes on record once")
        func copiedKey() async throws {
            var sample = SampleNetwork(authorities: Self.four)
            let account = sample.account("a")
            let network = try RunningNetwork(sample, authorities: Self.four)
            for name in ["east", "north", "south"] { try await network.start(name) }
            _ = try await network["east"].gateway.submit(account)
            #expect(try await network.agree(transactions: 1))
            let address = try #require(try network["east"].node.peering?.listening)
            let copy = try CopiedKeys(
                of: "west", in: sample.network, members: ["east": address])
            #expect(try await eventually { copy.isConnected(to: "east") })
            let view = try #require(
                try await network["east"].gateway.operation().agreement?.view)
            let subject = VoteSubject(
                epoch: Epoch(0), view: view, parentView: View(0),
                blockHash: Digest.sha256([1]))
            // What west did not sign, or says for another seat, is no evidence of anything.
            copy.vote(.finalize(subject), seat: 3, signedBy: "stranger", to: "east")
            copy.vote(.nullify(Epoch(0), view), seat: 2, to: "east")
            copy.vote(.finalize(subject), seat: 3, to: "east")
            copy.vote(.nullify(Epoch(0), view), seat: 3, to: "east")
            let isCaught = try await eventually {
                try await !network["east"].gateway.operation().evidence.isEmpty
            }
            #expect(isCaught)
            try await copy.stop()
            try await network.stop("east")
            try await network.start("east")
            let seen = try await network["east"].gateway.operation().evidence
            #expect(seen.count == 1)
            let evidence = try #require(seen.first)
            #expect(evidence.authority == "west" && evidence.reportedBy == nil)
            #expect(evidence.votes.fault == .nullifyFinalize && evidence.votes.view == view)

            let report = Action.reportDoubleVote(evidence.votes.report)
            _ = try await network["north"].gateway.submit(
                sample.signed(report, as: SampleNetwork.initiative, by: "initiative"))
            #expect(try await network.agree(transactions: 2))
            for name in ["east", "north", "south"] {
                let records = try await network[name].gateway.doubleVotes(before: nil, limit: 9)
                #expect(records.map(\.seat) == [3] && records.map(\.epoch) == [Epoch(0)])
                #expect(records.first?.authority?.name == "west")
                #expect(records.first?.fault == .nullifyFinalize)
            }
            let after = try await network["east"].gateway.operation().evidence
            #expect(after.map(\.reportedBy) == [LogIndex(1)])
            let again = sample.signed(report, as: SampleNetwork.initiative, by: "initiative")
            let refusal = try await network["south"].gateway.refusal(again)
            #expect(refusal?.code == .alreadyReported)
            try await network.stopAll()
        }
    }
}
