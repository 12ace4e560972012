import Consensus
import Primitives
import Testing

/// C9, C10: silence without work, and leaders that are silent for ever.
@Suite struct IdleTests {
    @Test("without work nothing happens, however long")
    func idle() {
        var node = DrivenMachine(Members(4), 1)
        let before = node.history.count
        node.wait(3_600_000)
        #expect(node.history.count == before && node.timer == nil)
    }

    @Test("work wakes a node in the middle of a view, and its end puts it to rest")
    func workWakes() {
        var node = DrivenMachine(Members(4), 0)
        node.wait(60_000)
        node.handle(.workChanged(isPending: true))
        node.wait(1_000)
        node.handle(.workChanged(isPending: false))
        node.wait(60_000)
        #expect(node.ownVotes.isEmpty)
        node.handle(.workChanged(isPending: true))
        node.wait(2_000)
        #expect(node.ownVotes == [node.members.nullify(1)])
    }

    @Test("a proposal wakes a node")
    func proposalWakes() throws {
        var node = DrivenMachine(Members(4), 0)
        try node.hear(1, .notarize(node.members.subject(1, on: 0, "a")))
        node.wait(4_000)
        #expect(node.ownVotes == [node.members.nullify(1)])
    }

    @Test("f + 1 nullify votes wake a node, one liar's do not")
    func nullifyWakes() throws {
        var node = DrivenMachine(Members(4), 0)
        try node.hear(2, node.members.nullify(1))
        node.wait(60_000)
        #expect(node.ownVotes.isEmpty)
        try node.hear(3, node.members.nullify(1))
        node.wait(2_000)
        #expect(node.ownVotes == [node.members.nullify(1)])
    }

    @Test("a view given up by others means work, until a block is final")
    func nullificationWakes() throws {
        var node = DrivenMachine(Members(4), 0)
        try node.show(node.members.certificate(node.members.nullify(1)), from: 2)
        node.wait(2_000)
        #expect(node.ownVotes == [node.members.nullify(2)])
        try node.finalise(node.members.subject(2, on: 0, "a"), height: 1, from: 2)
        node.wait(60_000)
        #expect(node.ownVotes == [node.members.nullify(2)])
    }

    @Test("the heartbeat makes an empty block when its time has come, and not at 0")
    func heartbeat() {
        var leader = DrivenMachine(Members(4), 1, parameters: ConsensusParameters())
        leader.wait(59_999)
        #expect(leader.history.builds.isEmpty)
        leader.wait(1)
        #expect(leader.history.builds.map(\.mayBeEmpty) == [true])
    }

    @Test("a heartbeat's block that is not final yet is not followed by another one at once")
    func oneHeartbeat() throws {
        var leader = DrivenMachine(Members(4), 2, parameters: ConsensusParameters())
        leader.wait(60_000)
        let subject = leader.members.subject(1, on: 0, "heartbeat")
        try leader.hear(1, .notarize(subject))
        try leader.certify(subject, from: 1)
        #expect(leader.machine.leader == 2)
        #expect(leader.wait(499).builds.isEmpty)
        #expect(leader.wait(1).builds.map(\.mayBeEmpty) == [true])
    }

    @Test("an empty block for the sake of others waits until they may have become final")
    func settling() throws {
        var leader = DrivenMachine(Members(4), 2)
        let subject = leader.members.subject(1, on: 0, "a")
        try leader.certify(subject, from: 1)
        leader.wait(499)
        #expect(leader.history.builds.isEmpty)
        leader.wait(1)
        #expect(leader.history.builds.map(\.mayBeEmpty) == [true])

        var other = DrivenMachine(Members(4), 2)
        try other.certify(subject, from: 1)
        other.wait(499)
        try other.finalise(subject, height: 1, from: 1)
        other.wait(60_000)
        #expect(other.history.builds.isEmpty)
    }

    @Test("a leader without a transaction for its block is asked again with new work")
    func nothingToBuild() {
        var leader = DrivenMachine(Members(4), 1)
        leader.handle(.workChanged(isPending: true))
        #expect(leader.handle(.nothingToBuild(View(1))).builds.isEmpty)
        let again = leader.handle(.workChanged(isPending: true)).builds
        #expect(again.map(\.mayBeEmpty) == [false])
        leader.handle(.nothingToBuild(View(1)))
        #expect(leader.wait(500).builds.map(\.mayBeEmpty) == [true])
    }

    @Test("proposals keep their distance")
    func minimumInterval() throws {
        var leader = DrivenMachine(Members(4), 2)
        let subject = leader.members.subject(1, on: 0, "a")
        leader.handle(.workChanged(isPending: true))
        try leader.hear(1, .notarize(subject))
        try leader.certify(subject, from: 1)
        leader.wait(19)
        #expect(leader.history.builds.isEmpty)
        leader.wait(1)
        #expect(leader.history.builds.count == 1)
    }

    @Test("finalize votes of blocks that are not final are sent again, also in an idle network")
    func resendsFinalize() throws {
        let isSent: (Deviations) throws -> Bool = { deviations in
            var node = DrivenMachine(Members(4, deviations: deviations), 0)
            let subject = node.members.subject(1, on: 0, "a")
            try node.certify(subject, from: 1)
            let vote = node.members.vote(0, .finalize(subject))
            #expect(node.history.votes.contains(vote))
            return node.wait(5_000).votes.contains(vote)
        }
        #expect(try isSent([]))
        #expect(try !isSent(.sendsFinalizeOnce), "the bug is not noticed")
    }

    @Test("finalize votes are not sent again when their block is final or its view is skipped")
    func stopsResending() throws {
        var node = DrivenMachine(Members(4), 0)
        let subject = node.members.subject(1, on: 0, "a")
        try node.certify(subject, from: 1)
        try node.finalise(subject, height: 1, from: 1)
        #expect(node.wait(60_000).votes.isEmpty)
    }

    /// A node whose view-1 leader is dead and stays so; the others are heard from.
    private func bereaved(heard: [Int], rounds: UInt64 = 1) throws -> DrivenMachine {
        var node = DrivenMachine(Members(4), 0)
        node.handle(.workChanged(isPending: true))
        try node.show(node.members.certificate(node.members.nullify(1), by: [0, 2, 3]), from: 2)
        for signer in heard { node.handle(.heard(.authority(signer), nil)) }
        try node.show(node.members.certificate(node.members.nullify(4), by: [0, 2, 3]), from: 2)
        return node
    }

    @Test("a leader that was silent while a quorum was not is skipped at once")
    func deadLeader() throws {
        let node = try bereaved(heard: [2, 3])
        #expect(node.machine.leader == 1 && node.machine.current == View(5))
        #expect(node.ownVotes == [node.members.nullify(5)])
        #expect(node.history.notices.contains(.gaveUp(View(5), leader: 1, .deadLeader)))
    }

    @Test("a leader that was heard from again is waited for")
    func revivedLeader() throws {
        let node = try bereaved(heard: [2, 3, 1])
        #expect(node.machine.current == View(5) && node.ownVotes.isEmpty)
    }

    @Test("a node that hears nobody skips nobody")
    func lonely() throws {
        let members = Members(7)
        var node = DrivenMachine(members, 0)
        node.handle(.workChanged(isPending: true))
        try node.show(members.certificate(members.nullify(1)), from: 2)
        try node.show(members.certificate(members.nullify(7)), from: 2)
        #expect(node.machine.leader == 1 && node.ownVotes.isEmpty)
    }

    @Test("at most n views are skipped so between two final blocks")
    func boundedSkips() throws {
        var node = try bereaved(heard: [2, 3])
        for turn in 1...6 as ClosedRange<UInt64> {
            let view = 4 * turn + 4
            node.handle(.heard(.authority(2), nil))
            node.handle(.heard(.authority(3), nil))
            try node.show(
                node.members.certificate(node.members.nullify(view), by: [0, 2, 3]), from: 2)
        }
        let skips = node.history.notices.count { notice in
            if case .gaveUp(_, _, .deadLeader) = notice { true } else { false }
        }
        #expect(skips == 4)
    }
}
