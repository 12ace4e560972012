import Consensus
import Primitives
import Testing

/// D1, D4, D5: what a node remembers after it stopped at any moment.
@Suite struct RecoveryTests {
    private let members = Members(4)

    /// A node started again from what the other one wrote, in another order of writing.
    private func restart(
        _ node: DrivenMachine, _ index: Int, deviations: Deviations = [],
        order: (([Record]) -> [Record])? = nil
    ) -> DrivenMachine {
        DrivenMachine(
            Members(node.members.committee.count, deviations: deviations), index,
            records: order?(node.journal) ?? node.journal)
    }

    @Test("a node votes once in a view, whatever stops it in between")
    func noDoubleVote() throws {
        let contradicts: (Deviations) throws -> Bool = { deviations in
            var node = DrivenMachine(members, 0)
            let first = members.subject(1, on: 0, "a")
            try node.hear(1, .notarize(first))
            node.handle(.verified(first, isValid: true))
            var again = restart(node, 0, deviations: deviations)
            let second = members.subject(1, on: 0, "b")
            try again.hear(1, .notarize(second))
            again.handle(.verified(second, isValid: true))
            return again.signed(.notarize(second))
        }
        #expect(try !contradicts([]))
        #expect(try contradicts(.forgetsVotesOfHighestView), "the bug is not noticed")
    }

    @Test("a leader proposes once in a view, whatever stops it in between")
    func noSecondProposal() throws {
        var leader = DrivenMachine(members, 1)
        leader.handle(.workChanged(isPending: true))
        let subject = members.subject(1, on: 0, "a")
        leader.handle(.built(View(1), blockHash: subject.blockHash))
        var again = restart(leader, 1)
        #expect(
            again.history.broadcasts.contains(
                .proposal(members.vote(1, .notarize(subject)))))
        again.handle(.workChanged(isPending: true))
        again.wait(1_000)
        #expect(again.history.builds.isEmpty)
    }

    @Test(
        "a node that gave a view up does not finalize it, and one that finalized does not give up")
    func neverBothAcrossRestarts() throws {
        var node = DrivenMachine(members, 0)
        node.handle(.workChanged(isPending: true))
        node.wait(2_000)
        var again = restart(node, 0)
        let subject = members.subject(1, on: 0, "a")
        try again.certify(subject, from: 1)
        #expect(again.machine.current == View(2) && !again.signed(.finalize(subject)))

        var other = DrivenMachine(members, 0)
        try other.certify(subject, from: 1)
        var restarted = restart(other, 0)
        #expect(restarted.machine.current == View(2))
        restarted.handle(.workChanged(isPending: true))
        restarted.wait(20_000)
        #expect(!restarted.signed(members.nullify(1)))
    }

    @Test("the order of writing does not matter, nor which record was written last")
    func order() throws {
        let forgets: (Deviations) throws -> Bool = { deviations in
            var node = DrivenMachine(members, 0)
            let late = members.subject(1, on: 0, "a")
            try node.show(members.certificate(members.nullify(1)), from: 1)
            node.wait(2_000)
            #expect(node.signed(members.nullify(2)))
            // A certificate of an older view is the last that was written.
            try node.show(members.certificate(.notarize(late)), from: 1)
            var again = restart(node, 0, deviations: deviations)
            let subject = members.subject(2, on: 0, "b")
            try again.certify(subject, from: 2)
            return again.signed(.finalize(subject))
        }
        #expect(try !forgets([]))
        #expect(try forgets(.resumesFromLastRecord), "the bug is not noticed")

        var node = DrivenMachine(members, 0)
        try node.certify(members.subject(1, on: 0, "a"), from: 1)
        try node.show(members.certificate(members.nullify(2)), from: 1)
        node.wait(2_000)
        let forward = restart(node, 0)
        let backward = restart(node, 0) { $0.reversed() }
        #expect(forward.history == backward.history)
        #expect(forward.machine.current == View(3))
    }

    @Test("a whole committee that stopped after giving a view up goes on")
    func allStopped() throws {
        let goesOn: (Deviations) throws -> Bool = { deviations in
            let members = Members(3, deviations: deviations)
            var node = DrivenMachine(members, 0)
            node.handle(.workChanged(isPending: true))
            node.wait(2_000)
            var again = restart(node, 0, deviations: deviations)
            again.handle(.workChanged(isPending: true))
            again.wait(3_000)
            #expect(again.history.votes.contains(members.vote(0, members.nullify(1))))
            try again.hear(1, members.nullify(1))
            try again.hear(2, members.nullify(1))
            return again.machine.current == View(2)
        }
        #expect(try goesOn([]))
        #expect(try !goesOn(.forgetsOwnNullify), "the bug is not noticed")
    }

    @Test(
        "a certificate that own votes complete is made after a restart, and applied once"
    )
    func completes() throws {
        let alone = Members(1)
        var node = DrivenMachine(alone, 0)
        node.handle(.workChanged(isPending: true))
        let subject = alone.subject(1, on: 0, "a")
        node.handle(.built(View(1), blockHash: subject.blockHash))
        node.handle(.certified(subject, isValid: true))
        // Stopped at each moment of it.
        for count in 0...node.journal.count {
            var again = DrivenMachine(alone, 0, records: Array(node.journal.prefix(count)))
            again.handle(.workChanged(isPending: true))
            if again.history.builds.first != nil {
                again.handle(.built(View(1), blockHash: subject.blockHash))
            }
            again.handle(.certified(subject, isValid: true))
            #expect(again.history.finalisations == [subject], "stopped after \(count) records")
        }
    }

    @Test("what was asked is asked again: certification, and applying what is final")
    func asksAgain() throws {
        var node = DrivenMachine(members, 0)
        let subject = members.subject(1, on: 0, "a")
        try node.show(members.certificate(.notarize(subject)), from: 1)
        #expect(restart(node, 0).history.certifications == [subject])
        try node.show(members.certificate(.finalize(subject)), from: 1)
        let again = restart(node, 0)
        #expect(again.history.finalisations == [subject] && again.machine.isBehind)
    }

    @Test("records at or below the floor, and of other epochs, are left alone")
    func floor() throws {
        var node = DrivenMachine(members, 0)
        try node.certify(members.subject(1, on: 0, "a"), from: 1)
        let floor = ConsensusMachine.FinalPoint(
            view: View(5), blockHash: Members.block("e"),
            certificate: members.certificate(.finalize(members.subject(5, on: 1, "e"))))
        let again = DrivenMachine(members, 0, records: node.journal, floor: floor)
        #expect(again.machine.current == View(6))
        #expect(again.history.votes.isEmpty && again.history.certifications.isEmpty)

        let resends: (Deviations) -> Bool = { deviations in
            let next = Members(4, epoch: 1, deviations: deviations)
            return !DrivenMachine(next, 0, records: node.journal).history.votes.isEmpty
        }
        #expect(!resends([]))
        #expect(resends(.replaysOtherEpochs), "the bug is not noticed")
    }

    @Test("a node that lost its votes signs nothing up to where it may have signed")
    func lostVotes() throws {
        let limit = Position(epoch: Epoch(0), view: View(3))
        var node = DrivenMachine(members, 0, signsAbove: limit)
        node.handle(.workChanged(isPending: true))
        node.wait(10_000)
        try node.certify(members.subject(3, on: 0, "c"), from: 3)
        #expect(node.ownVotes.isEmpty && node.machine.current == View(4))
        node.handle(.workChanged(isPending: true))
        #expect(node.history.builds.map(\.view) == [View(4)])
        let later = Position(epoch: Epoch(1), view: View(1))
        var other = DrivenMachine(members, 0, signsAbove: later)
        other.handle(.workChanged(isPending: true))
        try other.certify(members.subject(50, on: 0, "c"), from: 3)
        other.wait(10_000)
        #expect(other.ownVotes.isEmpty)
    }

    @Test("a restarted node tells where it stands and sends its open votes again")
    func speaksUp() throws {
        var node = DrivenMachine(members, 0)
        let subject = members.subject(1, on: 0, "a")
        try node.certify(subject, from: 1)
        let again = restart(node, 0)
        #expect(again.history.broadcasts.first == .hello(node.machine.hello))
        #expect(again.history.votes == [members.vote(0, .finalize(subject))])
    }
}
