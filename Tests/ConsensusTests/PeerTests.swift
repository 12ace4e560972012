import Consensus
import Primitives
import Testing

/// C2, C12, evidence: what peers get, and what they are told of.
@Suite struct PeerTests {
    @Test("a certificate is answered for by its view and its kind")
    func fetchByKind() throws {
        let answer: (Deviations) throws -> Certificate? = { deviations in
            var node = DrivenMachine(Members(4, deviations: deviations), 0)
            let subject = node.members.subject(1, on: 0, "a")
            try node.show(node.members.certificate(.notarize(subject)), from: 1)
            try node.show(node.members.certificate(node.members.nullify(1)), from: 1)
            let key = CertificateKey(epoch: Epoch(0), view: View(1), kind: .nullify)
            return try node.receive(.fetch(key), from: 3).sentCertificates.first
        }
        #expect(try answer([])?.kind == .nullify)
        #expect(try answer(.fetchesByViewAlone)?.kind == .notarize, "the bug is not noticed")
    }

    @Test("a question below the final view is answered with what makes it final")
    func fetchBelowFinal() throws {
        var node = DrivenMachine(Members(4), 0)
        let subject = node.members.subject(5, on: 0, "a")
        try node.finalise(subject, height: 1, from: 1)
        let key = CertificateKey(epoch: Epoch(0), view: View(2), kind: .nullify)
        #expect(
            try node.receive(.fetch(key), from: 3).sentCertificates.map(\.statement)
                == [.finalize(subject)])
    }

    @Test(
        "a question that cannot be answered is not",
        arguments: [
            CertificateKey(epoch: Epoch(0), view: View(9), kind: .nullify),
            CertificateKey(epoch: Epoch(0), view: View(1), kind: .finalize),
            CertificateKey(epoch: Epoch(3), view: View(1), kind: .nullify),
            CertificateKey(epoch: Epoch(0), view: View(.max), kind: .notarize),
        ])
    func unanswered(key: CertificateKey) throws {
        var node = DrivenMachine(Members(4), 0)
        try node.show(node.members.certificate(node.members.nullify(1)), from: 1)
        #expect(try node.receive(.fetch(key), from: 3).sentCertificates.isEmpty)
    }

    @Test("a peer that gives up a view that is over is shown why, once a second")
    func helpsLaggard() throws {
        var node = DrivenMachine(Members(4), 0)
        let subject = node.members.subject(1, on: 0, "a")
        try node.finalise(subject, height: 1, from: 1)
        let entry = node.members.certificate(node.members.nullify(2))
        try node.show(entry, from: 1)
        let help = try node.hear(3, node.members.nullify(1)).sentCertificates
        #expect(help.map(\.statement) == [.finalize(subject), entry.statement])
        #expect(try node.hear(3, node.members.nullify(1)).sentCertificates.isEmpty)
        node.wait(1_000)
        let late = node.handle(.heard(.authority(3), node.members.nullify(2)))
        #expect(late.sentCertificates == [entry])
    }

    @Test("votes that were overtaken in the ordinary course of things ask for nothing")
    func noNeedlessHelp() throws {
        var node = DrivenMachine(Members(4), 0)
        let subject = node.members.subject(1, on: 0, "a")
        try node.certify(subject, from: 1)
        #expect(try node.hear(2, .notarize(subject)).sentCertificates.isEmpty)
        try node.finalise(subject, height: 1, from: 1)
        #expect(try node.hear(3, .finalize(subject)).sentCertificates.isEmpty)
        node.wait(5_000)
        #expect(try node.hear(3, .finalize(subject)).sentCertificates.count == 1)
    }

    @Test("a hello brings certificates, and is answered with newer ones")
    func hello() throws {
        let members = Members(4)
        var ahead = DrivenMachine(members, 0)
        try ahead.finalise(members.subject(3, on: 0, "a"), height: 1, from: 1)
        try ahead.show(members.certificate(members.nullify(4)), from: 1)
        var behind = DrivenMachine(members, 1)
        let answer = try ahead.receive(.hello(behind.machine.hello), from: 1).sentCertificates
        #expect(answer.map(\.view) == [View(3), View(4)])
        let effects = try behind.receive(.hello(ahead.machine.hello), from: 0)
        #expect(behind.machine.current == View(5))
        #expect(behind.machine.finalised.view == View(3) && behind.machine.isBehind)
        let position = Position(epoch: Epoch(0), view: View(5))
        #expect(effects.notices.contains(.peerIsAhead(.authority(0), position, Height(1))))
    }

    @Test("a hello of another network is refused")
    func otherNetwork() {
        let hello = Hello(
            network: Members.genesis, epoch: Epoch(0), view: View(1), height: Height(0),
            finalization: nil, entry: nil)
        #expect(
            Members(4).committee.verify(
                .hello(hello), network: Members.network, with: StandInVerifier()) == nil)
    }

    @Test("a node that is behind votes for nothing until it has caught up")
    func behind() throws {
        var node = DrivenMachine(Members(4), 0)
        let subject = node.members.subject(4, on: 0, "a")
        node.handle(.workChanged(isPending: true))
        try node.show(node.members.certificate(.finalize(subject)), from: 1)
        #expect(node.machine.isBehind)
        node.wait(30_000)
        #expect(node.ownVotes.isEmpty && node.history.builds.isEmpty)
        node.handle(.finalised(View(4), height: Height(1)))
        #expect(!node.machine.isBehind)
        #expect(node.ownVotes == [node.members.nullify(5)])
    }

    @Test("what contradicts itself is reported, once for each fault")
    func evidence() throws {
        var node = DrivenMachine(Members(7), 0)
        let one = node.members.subject(1, on: 0, "a")
        let two = node.members.subject(1, on: 0, "b")
        try node.hear(2, .notarize(one))
        try node.hear(2, .notarize(two))
        try node.hear(2, .notarize(two))
        try node.hear(3, .finalize(one))
        try node.hear(3, .finalize(two))
        try node.hear(4, .finalize(one))
        try node.hear(4, node.members.nullify(1))
        try node.hear(5, node.members.nullify(1))
        try node.hear(5, .finalize(two))
        try node.hear(6, .notarize(one))
        try node.hear(6, node.members.nullify(1))
        let found = node.history.evidence
        #expect(
            found.map(\.fault) == [
                .conflictingNotarize, .conflictingFinalize, .nullifyFinalize, .nullifyFinalize,
            ])
        #expect(found.map(\.first.signer) == [2, 3, 4, 5])
    }

    @Test("votes that do not contradict each other are no evidence")
    func noEvidence() {
        let members = Members(4)
        let one = members.subject(1, on: 0, "a")
        let vote = members.vote(1, .notarize(one))
        #expect(Evidence(vote, vote) == nil)
        #expect(Evidence(vote, members.vote(1, .finalize(one))) == nil)
        #expect(Evidence(vote, members.vote(1, members.nullify(1))) == nil)
        #expect(Evidence(vote, members.vote(2, .notarize(members.subject(1, on: 0, "b")))) == nil)
        #expect(Evidence(vote, members.vote(1, .notarize(members.subject(2, on: 0, "b")))) == nil)
        #expect(
            Evidence(vote, Members(4, epoch: 1).vote(1, .notarize(one))) == nil)
    }

    @Test("a vote with the own key from elsewhere silences this node and is reported")
    func clone() throws {
        var node = DrivenMachine(Members(4), 0)
        node.handle(.workChanged(isPending: true))
        node.wait(2_000)
        let foreign = node.members.vote(0, .finalize(node.members.subject(1, on: 0, "a")))
        let effects = try node.receive(.vote(foreign), from: 0)
        #expect(effects.notices.contains(.ownKeyElsewhere(foreign)))
        #expect(effects.evidence.map(\.fault) == [.nullifyFinalize])
        node.wait(60_000)
        #expect(node.ownVotes == [node.members.nullify(1)])
    }

    @Test("the own vote that comes back is no clone")
    func echo() throws {
        var node = DrivenMachine(Members(4), 0)
        node.handle(.workChanged(isPending: true))
        node.wait(2_000)
        #expect(try node.hear(0, node.members.nullify(1)).notices.isEmpty)
    }
}
