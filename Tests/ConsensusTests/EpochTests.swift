import Consensus
import Primitives
import Testing

/// Authority changes: one epoch's end is the next one's beginning, and no vote crosses it.
@Suite struct EpochTests {
    private let members = Members(4)
    private var boundary: VoteSubject { members.subject(3, on: 0, "boundary") }

    /// A node that finished epoch 0 and began epoch 1 with other members.
    private func crossed(to next: Members) throws -> DrivenMachine {
        var node = DrivenMachine(members, 0)
        try node.finalise(boundary, height: 7, from: 1)
        node.handle(.epochStarted(next.committee))
        return node
    }

    @Test("the next epoch begins at view 1 on the boundary, with its own committee")
    func begins() throws {
        let next = Members(5, epoch: 1)
        let node = try crossed(to: next)
        #expect(node.machine.epoch == Epoch(1) && node.machine.current == View(1))
        #expect(node.machine.finalised.blockHash == boundary.blockHash)
        #expect(node.machine.finalised.view == View(0))
        #expect(node.machine.committee.quorum == 4)
    }

    @Test("an epoch does not begin before its boundary is final and applied, nor out of turn")
    func notBefore() throws {
        var node = DrivenMachine(members, 0)
        node.handle(.epochStarted(Members(5, epoch: 1).committee))
        #expect(node.machine.epoch == Epoch(0))
        try node.show(members.certificate(.finalize(boundary)), from: 1)
        node.handle(.epochStarted(Members(5, epoch: 1).committee))
        #expect(node.machine.epoch == Epoch(0))
        node.handle(.finalised(View(3), height: Height(7)))
        node.handle(.epochStarted(Members(5, epoch: 2).committee))
        node.handle(.epochStarted(Members(5, epoch: 0).committee))
        #expect(node.machine.epoch == Epoch(0))
    }

    @Test("votes and certificates of the old epoch change nothing in the new one")
    func oldVotes() throws {
        var node = try crossed(to: Members(4, epoch: 1))
        let old = try members.verified(.certificate(members.certificate(members.nullify(1))))
        node.handle(.received(old, from: .authority(1)))
        for signer in 1...3 {
            let vote = try members.verified(.vote(members.vote(signer, members.nullify(1))))
            node.handle(.received(vote, from: .authority(signer)))
        }
        #expect(node.machine.current == View(1))
    }

    @Test("a peer that missed the boundary is shown what made it final")
    func helpsOldEpoch() throws {
        var node = try crossed(to: Members(4, epoch: 1))
        let effects = node.handle(.heard(.authority(2), members.nullify(2)))
        #expect(effects.sentCertificates.map(\.statement) == [.finalize(boundary)])
        let key = CertificateKey(epoch: Epoch(0), view: View(1), kind: .nullify)
        let answer = try node.receive(.fetch(key), from: 3).sentCertificates
        #expect(answer.map(\.statement) == [.finalize(boundary)])
    }

    @Test("a node that meets a later epoch says where it stands")
    func asksLaterEpoch() throws {
        var node = DrivenMachine(members, 0)
        let effects = node.handle(.heard(.authority(2), .nullify(Epoch(1), View(4))))
        #expect(effects == [.send(.hello(node.machine.hello), to: .authority(2))])
        let hello = Hello(
            network: Members.network, epoch: Epoch(1), view: View(4), height: Height(9),
            finalization: Members(4, epoch: 1).certificate(.nullify(Epoch(1), View(1))),
            entry: nil)
        let ahead = try node.receive(.hello(hello), from: 3)
        let position = Position(epoch: Epoch(1), view: View(4))
        #expect(ahead.notices == [.peerIsAhead(.authority(3), position, Height(9))])
        #expect(node.machine.current == View(1))
    }

    @Test("whoever is not of the new committee signs nothing in it, and newcomers do")
    func membership() throws {
        var leaver = try crossed(to: Members(3, epoch: 1, keysFrom: 1))
        leaver.handle(.workChanged(isPending: true))
        leaver.wait(60_000)
        #expect(leaver.ownVotes.isEmpty)

        var newcomer = DrivenMachine(members, 4)
        try newcomer.finalise(boundary, height: 7, from: 1)
        let next = Members(1, epoch: 1, keysFrom: 4)
        newcomer.handle(.epochStarted(next.committee))
        newcomer.handle(.workChanged(isPending: true))
        newcomer.handle(.built(View(1), blockHash: Members.block("first")))
        let first = next.subject(1, on: 0, "first")
        newcomer.handle(.certified(first, isValid: true))
        #expect(newcomer.history.finalisations == [boundary, first])
    }

    @Test("whoever follows a committee of one says where it stands, and asks for what it lacks")
    func followsOne() throws {
        let next = Members(1, epoch: 1, keysFrom: 1)
        var node = try crossed(to: next)
        #expect(node.history.broadcasts.last == .hello(node.machine.hello))
        let second = next.certificate(.finalize(next.subject(2, on: 0, "second")))
        node.handle(.received(try next.verified(.certificate(second)), from: .authority(0)))
        #expect(node.history.finalisations.map(\.view) == [View(3), View(2)])

        // The one itself has nobody to talk to.
        var lone = DrivenMachine(members, 1)
        try lone.finalise(boundary, height: 7, from: 2)
        let messages = lone.history.broadcasts.count
        lone.handle(.epochStarted(next.committee))
        #expect(lone.history.broadcasts.count == messages)
    }

    @Test("an observer of an earlier epoch is told how far the chain is, others are not")
    func tellsObservers() throws {
        let next = Members(4, epoch: 1)
        var node = try crossed(to: next)
        let messages = node.history.count
        func hello(_ epoch: UInt64) -> Hello {
            Hello(
                network: Members.network, epoch: Epoch(epoch), view: View(1), height: Height(3),
                finalization: nil, entry: nil)
        }
        for epoch: UInt64 in [1, 2] {
            node.handle(
                .received(try next.verified(.hello(hello(epoch))), from: .observer(4)))
        }
        let told = ConsensusMachine.Effect.send(.hello(node.machine.hello), to: .observer(4))
        #expect(!node.history.dropFirst(messages).contains(told))
        node.handle(.received(try next.verified(.hello(hello(0))), from: .observer(4)))
        #expect(node.history.last == told)
        // Whoever sends what a later epoch made final is asked how far it is.
        node.handle(.heard(.observer(5), .nullify(Epoch(2), View(3))))
        #expect(
            node.history.last == .send(.hello(node.machine.hello), to: .observer(5)))
    }

    @Test("the boundary itself may be proposed again on top of itself, and be final from there")
    func reproposal() throws {
        var node = DrivenMachine(members, 0)
        try node.certify(boundary, from: 1)
        let again = VoteSubject(
            epoch: Epoch(0), view: View(4), parentView: View(3), blockHash: boundary.blockHash)
        #expect(
            try node.show(members.certificate(.notarize(again)), from: 1).certifications == [again])
        node.handle(.certified(again, isValid: true))
        try node.finalise(again, height: 7, from: 1)
        node.handle(.epochStarted(Members(4, epoch: 1).committee))
        #expect(node.machine.epoch == Epoch(1))
        #expect(node.machine.finalised.blockHash == boundary.blockHash)
    }

    @Test("what the old epoch wrote is no longer needed, all of it")
    func forgets() throws {
        let node = try crossed(to: Members(4, epoch: 1))
        #expect(
            node.history.contains(
                .forget(through: Position(epoch: Epoch(0), view: View(.max)))))
    }
}
