import Consensus
import Foundation
import Ledger
import Primitives
import Replica
import SampleNetworks
import Testing
import Wire

/// A leader's lie about its block, signed as its proposal, and the reason that it is refused for.
struct BlockLie: Sendable, CustomTestStringConvertible {
    enum Expectation: Sendable {
        case exactly(ReplicaMachine.Reason)
        case invalid
        /// Found by executing or by the clock, whichever comes first.
        case invalidOrAhead

        func holds(for reason: ReplicaMachine.Reason) -> Bool {
            switch (self, reason) {
            case (.exactly(let expected), _): reason == expected
            case (.invalid, .invalid), (.invalidOrAhead, .invalid): true
            case (.invalidOrAhead, .timeAhead): true
            default: false
            }
        }
    }

    let name: String
    let expected: Expectation
    let spoil: @Sendable (inout ProtoHeader, inout [Data]) -> Void

    var testDescription: String { name }

    init(
        _ name: String, _ expected: Expectation,
        spoil: @escaping @Sendable (inout ProtoHeader, inout [Data]) -> Void
    ) {
        self.name = name
        self.expected = expected
        self.spoil = spoil
    }

    private static let other = Data(repeating: 7, count: 32)

    private static func differs(_ field: String) -> Expectation {
        .exactly(.invalid(.differs(field)))
    }

    static let all: [BlockLie] = [
        BlockLie("state root", differs("state_root")) { header, _ in header.stateRoot = other },
        BlockLie("log root", differs("log_root")) { header, _ in header.logRoot = other },
        BlockLie("a time far ahead", .invalidOrAhead) { header, _ in
            header.timeMilliseconds += 3_600_000
        },
        BlockLie("a time before the parent's", differs("time_milliseconds")) { header, _ in
            header.timeMilliseconds = 1
        },
        BlockLie("another view", .exactly(.wrongView)) { header, _ in header.view += 4 },
        BlockLie("another epoch", .exactly(.wrongEpoch)) { header, _ in header.epoch = 1 },
        BlockLie("a foreign parent", .exactly(.foreignParent)) { header, _ in
            header.parentHash = other
        },
        BlockLie("a height left out", differs("parent_hash")) { header, _ in
            header.height += 1
        },
        BlockLie("another proposer", differs("proposer")) { header, _ in header.proposer += 1 },
        BlockLie("another network", differs("header")) { header, _ in header.network = other },
        BlockLie("other authorities", differs("authorities_hash")) { header, _ in
            header.authoritiesHash = other
        },
        BlockLie("a next committee", differs("header")) { header, _ in
            header.nextAuthoritiesHash = other
        },
        BlockLie("a transaction twice", .invalid) { _, all in
            all.append(contentsOf: all.suffix(1))
        },
        BlockLie("a transaction left out", differs("log_root")) { _, all in all.removeLast() },
        BlockLie("an unreadable transaction", .exactly(.transactionsUnreadable)) { _, all in
            all.append(Data([1, 2, 3]))
        },
        BlockLie("a badly signed one", .exactly(.transactionsUnreadable)) { _, all in
            all[0][all[0].count - 1] ^= 1
        },
    ]
}

@Suite("Lying leaders")
struct LyingLeaderTests {
    /// Makes a process spoil each block that it proposes, and sign what it made of it.
    static func lie(
        _ index: Int, in network: inout ReplicaNetwork,
        _ spoil: @escaping (inout ProtoHeader, inout [Data]) -> Void
    ) {
        let signer = key("\(network.processes[index].name) vote")
        let id = network.sample.network
        network.processes[index].lie = { message in
            guard case .proposal(let vote, let bytes) = message, let subject = vote.subject,
                var block = try? ProtoBlock(canonical: bytes, limit: bytes.count),
                var header = try? ProtoHeader(canonical: block.header, limit: 1_024),
                !block.transactions.isEmpty
            else { return message }
            spoil(&header, &block.transactions)
            block.header = header.canonicalBytes
            let statement = Statement.notarize(
                VoteSubject(
                    epoch: subject.epoch, view: subject.view, parentView: subject.parentView,
                    blockHash: Digest.tagged(.header, Array(block.header))))
            let payload = statement.payload(network: id)
            return .proposal(
                Vote(
                    statement: statement, signer: vote.signer,
                    signature: signer.sign(.notarize, payload)),
                block: block.canonicalBytes)
        }
    }

    @Test(
        "A spoiled block is refused for its reason, and the others go on", arguments: BlockLie.all)
    func spoiled(_ lie: BlockLie) throws {
        var network = try ReplicaNetwork(4)
        // Leads view 1, on the genesis.
        Self.lie(1, in: &network, lie.spoil)
        try network.start()
        let honest = [0, 2, 3]
        var ids: [Digest] = []
        for number in 0..<2 {
            ids.append(try network.submit(network.sample.account("a\(number)"), to: 0))
        }
        #expect(try network.run(for: 60_000) { $0.areFinal(ids, at: honest) })
        #expect(try network.audit(honest) == [])
        let reasons = network.processes[2].notices.compactMap { notice in
            if case .refusedProposal(_, let reason) = notice { reason } else { nil }
        }
        #expect(!reasons.isEmpty && reasons.allSatisfy(lie.expected.holds), "\(reasons)")
    }

    @Test("A time ahead of the clocks by more than the tolerance is not voted for")
    func fastClock() throws {
        var network = try ReplicaNetwork(4)
        // It executes well, for its leader believes in it.
        network.processes[1].clockOffset = 2_500
        try network.start()
        let id = try network.submit(network.sample.account("a"), to: 1)
        #expect(try network.run(for: 60_000) { $0.areFinal([id]) })
        #expect(try network.audit() == [])
        let reasons = network.processes[2].notices.compactMap { notice in
            if case .refusedProposal(_, let reason) = notice { reason } else { nil }
        }
        #expect(reasons == [.timeAhead])
        // Within the tolerance nobody minds.
        var other = try ReplicaNetwork(4)
        other.processes[1].clockOffset = 1_900
        try other.start()
        let soon = try other.submit(other.sample.account("a"), to: 1)
        #expect(try other.run(for: 1_000) { $0.areFinal([soon]) })
    }

    @Test("When all clocks were ahead, blocks wait for their time, and views are not spent on it")
    func clocksSetBack() throws {
        var network = try ReplicaNetwork(4)
        for index in 0..<4 { network.processes[index].clockOffset = 120_000 }
        try network.start()
        let first = try network.submit(network.sample.account("a"), to: 1)
        #expect(try network.run(for: 1_000) { $0.areFinal([first]) })
        for index in 0..<4 { network.processes[index].clockOffset = 0 }
        let second = try network.submit(network.sample.account("b"), to: 2)
        #expect(try !network.run(for: 60_000) { $0.areFinal([second]) })
        let view = try #require(network.processes[0].machine?.consensus.current)
        #expect(view < View(20))
        #expect(try network.run(for: 60_000) { $0.areFinal([second]) })
        #expect(try network.audit() == [])
        let refused = network.processes.flatMap(\.notices).contains { notice in
            if case .refusedProposal = notice { true } else { false }
        }
        #expect(!refused)
    }

    @Test("A block over the work budget is refused")
    func overBudget() throws {
        var network = try ReplicaNetwork(4) { $0.blockSignatures = 2 }
        let extra = network.sample.account("extra")
        Self.lie(1, in: &network) { _, all in all = all.prefix(1) + [extra] }
        try network.start()
        let id = try network.submit(network.sample.account("a"), to: 0)
        #expect(try network.run(for: 60_000) { $0.areFinal([id], at: [0, 2, 3]) })
        #expect(try network.audit([0, 2, 3]) == [])
        let isRefused = network.processes[2].notices.contains { notice in
            if case .refusedProposal(_, .invalid(.overBudget(1))) = notice { true } else { false }
        }
        #expect(isRefused)
    }

    @Test("A leader that sends other transactions to one authority hurts nobody")
    func partialLie() throws {
        var network = try ReplicaNetwork(4)
        var sent = 0
        Self.lie(1, in: &network) { _, all in
            // The header stays; one of three gets a block without its transactions.
            sent += 1
            if sent % 3 == 2 { all.removeLast() }
        }
        try network.start()
        var ids: [Digest] = []
        for number in 0..<4 {
            ids.append(try network.submit(network.sample.account("a\(number)"), to: 0))
            try network.run(for: 400)
        }
        #expect(try network.run(for: 60_000) { $0.areFinal(ids) })
        #expect(try network.audit() == [])
    }
}
