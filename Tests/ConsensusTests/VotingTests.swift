import Consensus
import Primitives
import Testing

/// C3, C7, C8: what is signed, when, and what never.
@Suite struct VotingTests {
    /// A voter that has checked the leader's proposal for view 1.
    private func voter(_ deviations: Deviations = []) throws -> (DrivenMachine, VoteSubject) {
        var voter = DrivenMachine(Members(4, deviations: deviations), 0)
        let subject = voter.members.subject(1, on: 0, "a")
        #expect(try voter.hear(1, .notarize(subject)).verifications == [subject])
        voter.handle(.verified(subject, isValid: true))
        return (voter, subject)
    }

    @Test("the first valid proposal of the leader is notarized, durably before it is sent")
    func notarizes() throws {
        let isOrdered: (Deviations) throws -> Bool = { deviations in
            let (voter, subject) = try voter(deviations)
            let vote = voter.members.vote(0, .notarize(subject))
            let persisted = voter.history.firstIndex(of: .persist(.vote(vote)))
            let sent = voter.history.firstIndex(of: .broadcast(.vote(vote)))
            return try #require(persisted) < #require(sent)
        }
        #expect(try isOrdered([]))
        #expect(try !isOrdered(.sendsBeforePersisting), "the bug is not noticed")
    }

    @Test("nobody but the leader proposes")
    func onlyLeader() throws {
        var voter = DrivenMachine(Members(4), 0)
        try voter.hear(2, .notarize(voter.members.subject(1, on: 0, "a")))
        #expect(voter.history.verifications.isEmpty)
        let message = ConsensusMessage.proposal(
            voter.members.vote(2, .notarize(voter.members.subject(1, on: 0, "a"))))
        #expect(
            voter.members.committee.verify(
                message, network: Members.network, with: StandInVerifier()) == nil)
    }

    @Test("an invalid proposal is given up at once")
    func invalid() throws {
        var voter = DrivenMachine(Members(4), 0)
        let subject = voter.members.subject(1, on: 0, "a")
        try voter.hear(1, .notarize(subject))
        voter.handle(.verified(subject, isValid: false))
        #expect(voter.ownVotes == [voter.members.nullify(1)])
        voter.handle(.verified(subject, isValid: true))
        #expect(voter.ownVotes == [voter.members.nullify(1)])
    }

    @Test("a check that nobody asked for, or of another block, is not believed")
    func strayCheck() throws {
        var voter = DrivenMachine(Members(4), 0)
        let subject = voter.members.subject(1, on: 0, "a")
        voter.handle(.verified(subject, isValid: true))
        try voter.hear(1, .notarize(subject))
        voter.handle(.verified(voter.members.subject(1, on: 0, "b"), isValid: true))
        #expect(voter.ownVotes.isEmpty)
    }

    @Test("a second proposal of the leader is evidence, and gets no notarize and no finalize vote")
    func equivocation() throws {
        let votesTwice: (Deviations) throws -> Bool = { deviations in
            var (voter, first) = try voter(deviations)
            let second = voter.members.subject(1, on: 0, "other")
            try voter.hear(1, .notarize(second))
            #expect(voter.history.evidence.first?.fault == .conflictingNotarize)
            try voter.show(voter.members.certificate(.notarize(first), by: [1, 2, 3]), from: 1)
            voter.handle(.certified(first, isValid: true))
            #expect(!voter.signed(.finalize(first)))
            #expect(voter.machine.current == View(2))
            return voter.ownVotes.count { $0.kind == .notarize } > 1
        }
        #expect(try !votesTwice([]))
        #expect(try votesTwice(.notarizesTwice), "the defect is not noticed")
    }

    @Test("two proposals before the vote give the view up")
    func equivocationBeforeVote() throws {
        var voter = DrivenMachine(Members(4), 0)
        let first = voter.members.subject(1, on: 0, "a")
        try voter.hear(1, .notarize(first))
        try voter.hear(1, .notarize(voter.members.subject(1, on: 0, "b")))
        #expect(voter.ownVotes == [voter.members.nullify(1)])
        voter.handle(.verified(first, isValid: true))
        #expect(voter.ownVotes == [voter.members.nullify(1)])
    }

    @Test("without a proposal the view is given up when the leader's time is over")
    func leaderTimeout() {
        var voter = DrivenMachine(Members(4), 0)
        voter.handle(.workChanged(isPending: true))
        voter.wait(1_999)
        #expect(voter.ownVotes.isEmpty)
        voter.wait(1)
        #expect(voter.ownVotes == [voter.members.nullify(1)])
        #expect(
            voter.history.notices.contains(.gaveUp(View(1), leader: 1, .leaderTimeout)))
    }

    @Test("a notarized view is still given up when it is not certified in time")
    func certificationTimeout() throws {
        var (voter, subject) = try voter()
        try voter.show(voter.members.certificate(.notarize(subject)), from: 1)
        voter.wait(3_999)
        #expect(!voter.signed(voter.members.nullify(1)))
        voter.wait(1)
        #expect(voter.signed(voter.members.nullify(1)))
    }

    @Test("the leader's own nullify ends the wait")
    func leaderGaveUp() throws {
        var voter = DrivenMachine(Members(4), 0)
        try voter.hear(2, voter.members.nullify(1))
        #expect(voter.ownVotes.isEmpty)
        try voter.hear(1, voter.members.nullify(1))
        #expect(voter.ownVotes == [voter.members.nullify(1)])
    }

    @Test("a given-up view is not notarized any more")
    func noNotarizeAfterNullify() throws {
        var voter = DrivenMachine(Members(4), 0)
        voter.handle(.workChanged(isPending: true))
        voter.wait(2_000)
        try voter.hear(1, .notarize(voter.members.subject(1, on: 0, "a")))
        voter.handle(.verified(voter.members.subject(1, on: 0, "a"), isValid: true))
        #expect(voter.ownVotes == [voter.members.nullify(1)])
    }

    @Test("a given-up view is certified, entered past and built on, and never finalized")
    func neverBoth() throws {
        let finalizes: (Deviations) throws -> Bool = { deviations in
            var (voter, subject) = try voter(deviations)
            voter.wait(4_000)
            #expect(voter.signed(voter.members.nullify(1)))
            try voter.certify(subject, from: 1)
            #expect(voter.machine.current == View(2))
            voter.wait(20_000)
            return voter.signed(.finalize(subject))
        }
        #expect(try !finalizes([]))
        // A vote that exists is sent again; here one is made where none was allowed.
        var other = DrivenMachine(Members(4, deviations: .finalizesAfterNullify), 0)
        let subject = other.members.subject(1, on: 0, "a")
        other.handle(.workChanged(isPending: true))
        other.wait(2_000)
        try other.certify(subject, from: 1)
        try other.certify(other.members.subject(2, on: 1, "b"), from: 1)
        other.wait(20_000)
        #expect(other.signed(.finalize(subject)), "the bug is not noticed")
    }

    @Test("a finalized view is not given up, whatever time it is")
    func noNullifyAfterFinalize() throws {
        var (voter, subject) = try voter()
        try voter.certify(subject, from: 1)
        #expect(voter.signed(.finalize(subject)))
        voter.wait(60_000)
        #expect(!voter.signed(voter.members.nullify(1)))
    }

    @Test("a nullify vote is sent again every 3 s with the reason for being in the view")
    func resendsNullify() throws {
        var voter = DrivenMachine(Members(4), 0)
        let entry = voter.members.certificate(voter.members.nullify(1))
        try voter.show(entry, from: 1)
        voter.wait(2_000)
        let vote = voter.members.vote(0, voter.members.nullify(2))
        #expect(voter.history.votes == [vote])
        let again = voter.wait(3_000)
        #expect(again.broadcasts == [.certificate(entry), .vote(vote)])
        #expect(voter.wait(3_000).broadcasts == [.certificate(entry), .vote(vote)])
    }

    @Test("an own vote counts: one authority alone decides")
    func alone() throws {
        let isFinal: (Deviations) throws -> Bool = { deviations in
            var node = DrivenMachine(Members(1, deviations: deviations), 0)
            guard let request = node.handle(.workChanged(isPending: true)).builds.first else {
                return false
            }
            let subject = node.members.subject(1, on: 0, "a")
            node.handle(.built(request.view, blockHash: subject.blockHash))
            node.handle(.certified(subject, isValid: true))
            #expect(node.history.broadcasts.isEmpty && node.history.fetches.isEmpty)
            return node.history.finalisations == [subject]
        }
        #expect(try isFinal([]))
        #expect(try !isFinal(.waitsForPeers), "the bug is not noticed")
    }

    @Test("an observer follows and signs nothing")
    func observer() throws {
        let members = Members(4)
        var observer = DrivenMachine(members, 9)
        observer.handle(.workChanged(isPending: true))
        let subject = members.subject(1, on: 0, "a")
        try observer.hear(1, .notarize(subject))
        try observer.certify(subject, from: 1)
        try observer.finalise(subject, height: 1, from: 1)
        observer.wait(60_000)
        #expect(observer.ownVotes.isEmpty)
        #expect(observer.history.finalisations == [subject])
        #expect(observer.timer == nil)
    }
}
