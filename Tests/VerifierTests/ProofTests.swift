import Foundation
import Ledger
import Merkle
import Primitives
import Replica
import SampleNetworks
import Store
import SwiftProtobuf
import Testing
import Verifier
import Wire

@Suite("Proofs of a chain, checked with the genesis document alone")
struct ProofTests {
    typealias Sample = SampleNetwork

    @Test("Every range of a busy chain is proved, and the proof tells what the node tells")
    func everyRange() throws {
        let chain = try ProofChain.busy()
        for first in 1...UInt64(11) {
            for last in first...11 {
                let range = try chain.range(first, last)
                let file = try chain.proof(first, last)
                let report = chain.report(file.bytes)
                #expect(report.holds, "\(report.lines)")
                let statement = try #require(report.statement)
                let known = try #require(
                    try chain.store.readNow { try $0.provenance(of: range) })
                #expect(
                    statement.sources.map(\.share) == known.sources.map(\.share)
                        && statement.sources.map(\.device) == known.sources.map(\.device)
                        && statement.sources.map(\.entry) == known.sources.map(\.placedBy))
                #expect(serials(of: statement) == serials(of: known))
                #expect(
                    statement.holdings.map(\.owner) == known.lots.map(\.owner)
                        && statement.holdings.map(\.status)
                            == known.lots.map { "\($0.status)" }
                )
                #expect(
                    statement.redemptions.map(\.entry) == known.redemptions.map(\.entry))
                #expect(report.isFinal && report.isIncluded && report.witnesses == 0)
                #expect(report.current?.height == chain.replica.head.height.rawValue)
            }
        }
        try chain.remove()
    }

    /// What was done to each D-REC, one by one: neighbours may be told together.
    private func serials(of statement: ProofStatement) -> Set<String> {
        Set(
            statement.steps.flatMap { step in
                (step.range.first.rawValue...step.range.last.rawValue).map {
                    "\(step.entry) \($0) \(step.action) \(step.to)"
                }
            })
    }

    private func serials(of record: ProvenanceRecord) -> Set<String> {
        Set(
            record.steps.flatMap { step in
                (step.range.first.rawValue...step.range.last.rawValue).map {
                    "\(step.entry) \($0) \(step.kind) \(step.to)"
                }
            })
    }

    @Test("A redemption is proved with everything that it redeemed and for whom")
    func redemption() throws {
        let chain = try ProofChain.busy()
        let entry = LogIndex(8)
        let file = try #require(try chain.proof(of: .redemption(entry)))
        let report = chain.report(file.bytes)
        #expect(report.holds, "\(report.lines)")
        let statement = try #require(report.statement)
        #expect(statement.ranges == [try chain.range(6, 7)] && statement.kilowattHours == 2)
        #expect(statement.redemptions.map(\.beneficiary) == ["A school"])
        #expect(try chain.proof(of: .redemption(LogIndex(7))) == nil)
        #expect(try chain.proof(of: .redemption(LogIndex(.max))) == nil)
        try chain.remove()
    }

    @Test("What was never minted has no proof")
    func unknown() throws {
        let chain = try ProofChain.busy()
        for (first, last) in [(12, 12), (10, 12), (1, 999)] as [(UInt64, UInt64)] {
            let subject = ProofSubject.drecs(try chain.range(first, last))
            #expect(try chain.proof(of: subject) == nil)
        }
        try chain.remove()
    }

    @Test("Deferred, aggregated, delegated and New Year's energy is proved")
    func kindsOfEnergy() throws {
        var chain = try ProofChain()
        let (owner, agent) = (UInt64(6), UInt64(5))
        let beginning = Sample.beginning / 1_000
        try chain.make([
            chain.network.signed(
                Sample.registration("agent", .aggregator), as: 1, by: "initiative", "agent"),
            chain.network.signed(
                Sample.registration("developer", .developer) {
                    $0.delegate = agent
                    $0.delegateRoles = KeyRoles.all.rawValue
                }, as: agent, by: "agent", "developer"),
            chain.network.signed(Sample.devices(named: ["one"]), as: owner, by: "agent"),
        ])
        // A window over New Year goes to two years; the other one waits for its mint.
        let newYear = Sample.history(
            1, "2020-12-31T22:00:00Z", "2021-01-01T01:00:00Z", 4_501)
        let waiting = Sample.history(1, "2021-02-01", 2_600)
        try chain.make([
            chain.reads([newYear], as: owner, by: "agent"),
            chain.reads([waiting], as: owner, by: "agent", deferred: true),
        ])
        try chain.make([
            chain.network.signed(
                .mint(.with { $0.evidence = 4 }), as: owner, by: "agent", reads: [waiting])
        ])
        // A counter whose first value carries no energy, and a delta that goes on from another.
        let day: UInt64 = 86_400
        let (first, second) = (Timestamp(beginning - 20 * day), Timestamp(beginning - 18 * day))
        try chain.make([
            chain.reads(
                [Sample.aggregate(1, first, 1_000), Sample.aggregate(1, second, 6_400)],
                as: owner, by: "agent")
        ])
        func allHold() throws {
            for (first, last, vintage) in [
                (1, 3, 2020), (1, 1, 2021), (2, 4, 2021), (1, 4, 2021), (1, 5, 2023),
                (3, 4, 2023),
            ] as [(UInt64, UInt64, UInt32)] {
                let report = chain.report(try chain.proof(first, last, vintage: vintage).bytes)
                #expect(report.holds, "\(vintage): \(report.lines)")
            }
        }
        try allHold()
        // Granted anew, the delegation has forgotten what was before; ended, it has not.
        for roles in [KeyRoles.devices, [], .trading, .all] {
            try chain.make([
                chain.network.signed(
                    .changeDelegation(
                        .with {
                            $0.delegate = agent
                            $0.roles = roles.rawValue
                        }), as: owner, by: "developer")
            ])
            try allHold()
        }
        try grants(chain, from: owner, to: agent)
        try chain.remove()
    }

    /// What lets a delegate act is the last grant before, of the role, by the account itself.
    private func grants(_ chain: ProofChain, from owner: UInt64, to agent: UInt64) throws {
        let honest = try Forger(try chain.proof(2, 2))
        #expect(chain.report(try honest.file().bytes).holds)
        // Entry 1 registered the owner with its delegate.
        func fails(_ change: (inout Forger) throws -> Void) throws {
            var forger = honest
            try change(&forger)
            let report = chain.report(try forger.file().bytes)
            #expect(report.lines.first { $0.verdict == .fails }?.step == .keys)
        }
        try fails { $0.entries.removeAll { $0.index == 1 } }
        for (account, delegate, roles) in [(owner, agent, 3), (owner, 7, 31), (7, agent, 31)]
            as [(UInt64, UInt64, UInt32)]
        {
            try fails { forger in
                guard case .registerAccount(var action) = forger[1].body.action else { return }
                action.delegateRoles = roles
                action.delegate = delegate
                forger[1].body.action = .registerAccount(action)
                for place in forger[1].receipt.events.indices {
                    guard
                        case .delegationChanged(var event)? = forger[1].receipt.events[place].event
                    else { continue }
                    (event.account, event.delegate, event.roles) = (account, delegate, roles)
                    forger[1].receipt.events[place].event = .delegationChanged(event)
                }
            }
        }
        try fails { forger in
            guard case .registerAccount(var action) = forger[1].body.action else { return }
            action.delegateRoles = 15
            forger[1].body.action = .registerAccount(action)
        }
        try fails { forger in
            forger[1].body.action = .changeDelegation(
                .with {
                    $0.delegate = agent
                    $0.roles = 31
                })
        }
    }

    @Test("Accounts and revisions of devices are proved with the entries that made them")
    func accountsAndDevices() throws {
        var chain = try ProofChain.busy()
        try chain.make([
            chain.network.signed(
                .updateDevice(
                    .with {
                        $0.device = 1
                        $0.details = Sample.details { $0.capacityWatts = 120_000 }
                    }), as: 5, by: "developer"),
            chain.network.signed(
                .closeDevice(.with { $0.device = 2 }), as: 5, by: "developer"),
        ])
        try chain.make(
            [
                chain.network.signed(
                    .handOverMeter(
                        .with {
                            $0.device = 1
                            $0.meterHash = SampleNetworks.hash("meter")
                        }), as: 5, by: "developer")
            ], now: Sample.beginning + 60_000)
        for number in 1...UInt64(6) {
            let id = AccountID(number)
            let file = try #require(try chain.proof(of: .account(id)))
            let report = chain.report(file.bytes)
            #expect(report.holds, "\(report.lines)")
            let value = try chain.store.readNow { try $0.account(id) }
            #expect(report.statement?.account?.legalName == value?.legalName)
            // The initiative and the operators are in the genesis document.
            #expect(file.entries.isEmpty == (number < 5))
        }
        let keys = try chain.store.readNow { access in
            try access.leaves(
                from: StateKey(.device), upTo: StateKey(.device, .max, .max), limit: 99
            ).map(\.key)
        }
        #expect(keys.count == 5)
        for key in keys {
            let subject = ProofSubject.device(
                DeviceID(key.word0), effective: Timestamp(key.word1))
            let file = try #require(try chain.proof(of: subject))
            let report = chain.report(file.bytes)
            #expect(report.holds, "\(report.lines)")
            #expect(report.statement?.device?.owner == AccountID(5))
        }
        for subject in [
            ProofSubject.account(AccountID(7)), .device(DeviceID(3), effective: Timestamp(0)),
            .device(DeviceID(1), effective: Timestamp(1)),
        ] {
            #expect(try chain.proof(of: subject) == nil)
        }
        try chain.remove()
    }

    @Test("Changes of authorities are followed from genesis to the head")
    func authorityChanges() throws {
        var chain = try ProofChain.busy()
        let seat = Sample.seat("middle", of: 1)
        try chain.make([
            chain.network.signed(
                Sample.join("middle"), as: 1, by: ["initiative"] + Sample.keyNames("middle"))
        ])
        try chain.make([
            chain.network.signed(
                Sample.propose([Sample.replace("west", by: seat)]), as: 1, by: "initiative"),
            chain.network.signed(Sample.approve(11), as: 1, by: "initiative"),
            chain.network.signed(Sample.approve(11), as: 2, by: "east"),
            chain.network.signed(Sample.approve(11), as: 3, by: "south"),
        ])
        for _ in 0..<4 { try chain.make([]) }
        #expect(chain.replica.authorities.epoch == Epoch(1))
        let file = try chain.proof(1, 10)
        #expect(file.transitions.count == 1)
        let report = chain.report(file.bytes)
        #expect(report.holds, "\(report.lines)")
        // Without the change, or with the change alone, there is no head.
        var without = file
        without.transitions = []
        #expect(!chain.report(without.bytes).isFinal)
        var twice = file
        twice.transitions += file.transitions
        #expect(!chain.report(twice.bytes).isFinal)
        try chain.remove()
    }

    @Test("A log that was seen earlier can be demanded")
    func minimum() throws {
        var chain = try ProofChain.busy()
        let size = chain.replica.head.frontier.size
        let root = chain.replica.head.frontier.root
        try chain.make([chain.network.account("newcomer")])
        let subject = ProofSubject.drecs(try chain.range(1, 3))
        let file = try #require(try chain.proof(of: subject, goingOnFrom: size))
        var demands = ProofCheck.Demands()
        for (minimum, expected) in [
            ((size, root), true), ((size, Digest.zero), false), ((size + 1, root), false),
            ((size + 1, chain.replica.head.frontier.root), true), ((size + 2, root), false),
            ((size - 1, root), false),
        ] as [((UInt64, Digest), Bool)] {
            demands.minimum = minimum
            #expect(chain.report(file.bytes, demands).holds == expected, "\(minimum)")
        }
        var other = file
        other.earlier?.size -= 1
        #expect(!chain.report(other.bytes).holds)
        #expect(throws: (any Error).self) {
            try chain.proof(of: subject, goingOnFrom: size + 2)
        }
        try chain.remove()
    }
}
