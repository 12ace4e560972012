import Consensus
import Primitives
import Testing

/// C13: nothing unchecked and nothing without a limit gets in.
@Suite struct BoundsTests {
    private func check(_ message: ConsensusMessage, _ members: Members) -> Bool {
        members.committee.verify(message, network: Members.network, with: StandInVerifier())
            != nil
    }

    @Test("a committee has 1 to 256 different keys")
    func committees() {
        let keys = (0..<257).map(StandIn.key)
        #expect(Committee(epoch: Epoch(0), keys: []) == nil)
        #expect(Committee(epoch: Epoch(0), keys: [keys[0], keys[0]]) == nil)
        #expect(Committee(epoch: Epoch(0), keys: keys) == nil)
        #expect(Committee(epoch: Epoch(0), keys: Array(keys.prefix(256))) != nil)
    }

    @Test("a signer that no authority is, is refused")
    func signerIndex() {
        let accepts: (Deviations) -> Bool = { deviations in
            let members = Members(4, deviations: deviations)
            let honest = members.vote(1, members.nullify(1))
            let vote = Vote(
                statement: honest.statement, signer: 5, signature: honest.signature)
            return check(.vote(vote), members)
        }
        #expect(!accepts([]))
        #expect(accepts(.believesSignerIndex), "the bug is not noticed")
        let members = Members(4)
        let vote = members.vote(1, members.nullify(1))
        // One authority would be a quorum by itself.
        var node = DrivenMachine(Members(4, deviations: .believesSignerIndex), 0)
        for index in [1, 5, 9] {
            let vote = Vote(
                statement: members.nullify(1), signer: index, signature: vote.signature)
            #expect(!check(.vote(vote), members) || index == 1)
            if let checked = node.members.committee.verify(
                .vote(vote), network: Members.network, with: StandInVerifier())
            {
                node.handle(.received(checked, from: .authority(index)))
            }
        }
        #expect(node.machine.current == View(2), "the bug is not noticed")
        let negative = Vote(statement: vote.statement, signer: -1, signature: vote.signature)
        #expect(!check(.vote(negative), members))
    }

    @Test("a certificate needs a quorum of different authorities, each with its signature")
    func certificates() {
        let members = Members(4)
        let statement = members.nullify(1)
        let good = members.certificate(statement)
        #expect(check(.certificate(good), members))
        #expect(check(.certificate(members.certificate(statement, by: [0, 1, 2, 3])), members))
        #expect(!check(.certificate(members.certificate(statement, by: [0, 1])), members))
        #expect(!check(.certificate(members.certificate(statement, by: [])), members))
        let twice = Certificate(
            statement: statement, signers: SignerSet([0, 0, 1]),
            signatures: [good.signatures[0], good.signatures[0], good.signatures[1]])
        #expect(!check(.certificate(twice), members))
        let swapped = Certificate(
            statement: statement, signers: good.signers,
            signatures: Array(good.signatures.reversed()))
        #expect(!check(.certificate(swapped), members))
        let tooMany = Certificate(
            statement: statement, signers: good.signers,
            signatures: good.signatures + [good.signatures[0]])
        #expect(!check(.certificate(tooMany), members))
        let outside = Certificate(
            statement: statement, signers: SignerSet([0, 1, 9]), signatures: good.signatures)
        #expect(!check(.certificate(outside), members))
        let other = Certificate(
            statement: members.nullify(2), signers: good.signers, signatures: good.signatures)
        #expect(!check(.certificate(other), members))
    }

    @Test("a count of signers is not believed")
    func signerCount() {
        let accepts: (Deviations) -> Bool = { deviations in
            let members = Members(4, deviations: deviations)
            return check(
                .certificate(members.certificate(members.nullify(1), by: [2])), members)
        }
        #expect(!accepts([]))
        #expect(accepts(.believesSignerCount), "the bug is not noticed")
    }

    @Test("a vote of another epoch, another kind or another network is refused")
    func foreignVotes() {
        let members = Members(4)
        let subject = members.subject(1, on: 0, "a")
        let vote = members.vote(1, .notarize(subject))
        #expect(check(.vote(vote), members))
        #expect(!check(.vote(vote), Members(4, epoch: 1)))
        let finalize = Vote(
            statement: .finalize(subject), signer: 1, signature: vote.signature)
        #expect(!check(.vote(finalize), members))
        #expect(
            members.committee.verify(
                vote, network: Members.genesis, with: StandInVerifier()) == nil)
        #expect(!check(.proposal(members.vote(1, members.nullify(1))), members))
    }

    @Test(
        "views without a place are refused",
        arguments: [(0, 0), (.max, 1), (3, 3), (3, 4)] as [(UInt64, UInt64)])
    func views(view: UInt64, parent: UInt64) {
        let members = Members(4)
        let vote = members.vote(1, .notarize(members.subject(view, on: parent, "a")))
        #expect(!check(.vote(vote), members))
        let certificate = members.certificate(
            .finalize(members.subject(view, on: parent, "a")))
        #expect(!check(.certificate(certificate), members))
    }

    @Test("votes are taken for views above the final one up to the next, and from their signer")
    func voteWindow() throws {
        let members = Members(4)
        var node = DrivenMachine(members, 0)
        try node.finalise(members.subject(2, on: 0, "a"), height: 1, from: 1)
        #expect(node.machine.current == View(3))
        for (view, isTaken) in [(2, false), (3, true), (4, true), (5, false)] {
            let vote = members.vote(1, members.nullify(UInt64(view)))
            let expected: ConsensusMachine.Admission = isTaken ? .check : .hear
            #expect(node.machine.admission(of: .vote(vote)) == expected)
        }
        for signer in 1...3 { try node.hear(signer, members.nullify(5)) }
        #expect(node.machine.current == View(3))
        for signer in 1...3 {
            try node.receive(.vote(members.vote(signer, members.nullify(3))), from: signer % 3 + 1)
        }
        #expect(node.machine.current == View(3))
    }

    @Test("what is known already is not worth a check")
    func admission() throws {
        let members = Members(4)
        var node = DrivenMachine(members, 0)
        let vote = members.vote(1, members.nullify(1))
        #expect(node.machine.admission(of: .vote(vote)) == .check)
        try node.receive(.vote(vote), from: 1)
        #expect(node.machine.admission(of: .vote(vote)) == .hear)
        let certificate = members.certificate(members.nullify(7))
        #expect(node.machine.admission(of: .certificate(certificate)) == .check)
        try node.show(certificate, from: 1)
        #expect(node.machine.admission(of: .certificate(certificate)) == .hear)
        let foreign = Members(4, epoch: 2).certificate(.nullify(Epoch(2), View(1)))
        #expect(node.machine.admission(of: .certificate(foreign)) == .hear)
    }

    @Test("votes of views that lie far back are let go, but for those that can finalise")
    func farBack() throws {
        let members = Members(4)
        var node = DrivenMachine(members, 0)
        let subject = members.subject(1, on: 0, "a")
        try node.certify(subject, from: 1)
        try node.show(members.certificate(members.nullify(200)), from: 1)
        let old = members.vote(2, members.nullify(2))
        #expect(node.machine.admission(of: .vote(old)) == .hear)
        try node.hear(1, .finalize(subject))
        try node.hear(2, .finalize(subject))
        #expect(node.machine.finalised.view == View(1))
    }

    @Test("a proposal that skips a million views asks for 64 certificates at most")
    func boundedFetches() throws {
        let members = Members(4)
        var node = DrivenMachine(members, 0)
        try node.show(members.certificate(members.nullify(1_000_000)), from: 1)
        let view = View(1_000_001)
        let leader = members.committee.leader(of: view)
        try node.hear(leader, .notarize(members.subject(view.rawValue, on: 0, "a")))
        #expect(node.history.fetches.count == 64)
    }

    @Test("an event before its time, or of an unknown peer, changes nothing and traps nothing")
    func strayEvents() throws {
        let members = Members(4)
        var node = DrivenMachine(members, 0)
        let before = node.history.count
        node.handle(.finalised(View(9), height: Height(9)))
        node.handle(.nothingToBuild(View(7)))
        node.handle(.buildFailed(View(7)))
        node.handle(.heard(.authority(99), members.nullify(1)))
        node.handle(.heard(.authority(-1), nil))
        node.handle(.heard(.observer(3), members.nullify(1)))
        node.handle(.timerFired)
        #expect(node.history.count == before)
        #expect(!node.machine.isBehind)
    }
}
