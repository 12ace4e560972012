import Consensus
import Primitives
import Testing

/// C4, C5, C6 and S6: what a quorum of votes becomes, and what follows from it.
@Suite struct CertificateTests {
    @Test(
        "the quorum is n minus a third of n − 1",
        arguments: [
            (1, 1), (2, 2), (3, 3), (4, 3), (5, 4), (6, 5), (7, 5), (10, 7), (13, 9), (50, 34),
        ])
    func quorum(count: Int, expected: Int) {
        #expect(Members(count).committee.quorum == expected)
    }

    @Test("2f + 1 of five is no quorum")
    func quorumOfFive() throws {
        let isEnough: (Deviations) throws -> Bool = { deviations in
            var node = DrivenMachine(Members(5, deviations: deviations), 0)
            for signer in 2...4 { try node.hear(signer, node.members.nullify(1)) }
            return node.machine.current == View(2)
        }
        #expect(try !isEnough([]))
        #expect(try isEnough(.quorumOfTwoThirds), "the bug is not noticed")
    }

    @Test("q notarize votes are a notarization, broadcast once, and a question for certification")
    func notarization() throws {
        var node = DrivenMachine(Members(4), 0)
        let subject = node.members.subject(1, on: 0, "a")
        try node.hear(1, .notarize(subject))
        try node.hear(2, .notarize(subject))
        #expect(node.history.certifications.isEmpty)
        let effects = try node.hear(3, .notarize(subject))
        let certificate = node.members.certificate(.notarize(subject), by: [1, 2, 3])
        #expect(
            effects.prefix(3) == [
                .persist(.certificate(certificate)), .broadcast(.certificate(certificate)),
                .certify(subject),
            ])
        #expect(node.machine.current == View(1))
        try node.show(node.members.certificate(.notarize(subject)), from: 2)
        #expect(node.history.certifications == [subject])
        #expect(node.history.broadcasts.count { $0 == .certificate(certificate) } == 1)
    }

    @Test("votes for different blocks do not add up")
    func splitVotes() throws {
        var node = DrivenMachine(Members(4), 0)
        try node.hear(1, .notarize(node.members.subject(1, on: 0, "a")))
        try node.hear(2, .notarize(node.members.subject(1, on: 0, "b")))
        try node.hear(3, .notarize(node.members.subject(1, on: 0, "b")))
        #expect(node.history.certifications.isEmpty)
    }

    @Test("one vote of a signer counts once, however often it comes")
    func repeatedVotes() throws {
        var node = DrivenMachine(Members(4), 0)
        for _ in 0..<5 { try node.hear(2, node.members.nullify(1)) }
        #expect(node.machine.current == View(1))
    }

    @Test("a certified block is entered past and finalized")
    func certified() throws {
        var node = DrivenMachine(Members(4), 0)
        let subject = node.members.subject(1, on: 0, "a")
        try node.certify(subject, from: 1)
        #expect(node.machine.current == View(2))
        #expect(node.ownVotes == [.finalize(subject)])
    }

    @Test("a block that fails certification gives its view up")
    func failedCertification() throws {
        var node = DrivenMachine(Members(4), 0)
        let subject = node.members.subject(1, on: 0, "a")
        try node.show(node.members.certificate(.notarize(subject)), from: 1)
        node.handle(.certified(subject, isValid: false))
        #expect(node.ownVotes == [node.members.nullify(1)])
        #expect(node.machine.current == View(1))
    }

    @Test("an answer about another block, or without a question, certifies nothing")
    func strayCertification() throws {
        var node = DrivenMachine(Members(4), 0)
        let subject = node.members.subject(1, on: 0, "a")
        node.handle(.certified(subject, isValid: true))
        try node.show(node.members.certificate(.notarize(subject)), from: 1)
        node.handle(.certified(node.members.subject(1, on: 0, "b"), isValid: true))
        #expect(node.machine.current == View(1) && node.ownVotes.isEmpty)
    }

    @Test("a view that was given up is certified all the same")
    func certifiesAfterNullify() throws {
        let goesOn: (Deviations) throws -> Bool = { deviations in
            var node = DrivenMachine(Members(4, deviations: deviations), 0)
            node.handle(.workChanged(isPending: true))
            node.wait(2_000)
            #expect(node.signed(node.members.nullify(1)))
            try node.certify(node.members.subject(1, on: 0, "a"), from: 1)
            return node.machine.current == View(2)
        }
        #expect(try goesOn([]))
        #expect(try !goesOn(.stopsCertifyingAfterNullify), "the bug is not noticed")
    }

    @Test("a block of a view that is over is certified, and may be built on")
    func lateCertification() throws {
        var leader = DrivenMachine(Members(4), 2)
        let subject = leader.members.subject(1, on: 0, "a")
        try leader.show(leader.members.certificate(leader.members.nullify(1)), from: 1)
        try leader.show(leader.members.certificate(.notarize(subject)), from: 1)
        leader.handle(.certified(subject, isValid: true))
        #expect(!leader.signed(.finalize(subject)), "the view has a nullification")
        let request = try #require(leader.handle(.workChanged(isPending: true)).builds.first)
        #expect(request.view == View(2) && request.parentView == View(1))
    }

    @Test("q finalize votes make a block final in any view, and its ancestors with it")
    func finalization() throws {
        var node = DrivenMachine(Members(4), 0)
        let subject = node.members.subject(1, on: 0, "a")
        try node.certify(subject, from: 1)
        try node.show(node.members.certificate(node.members.nullify(2)), from: 1)
        try node.show(node.members.certificate(node.members.nullify(3)), from: 1)
        #expect(node.machine.current == View(4))
        try node.hear(1, .finalize(subject))
        let effects = try node.hear(2, .finalize(subject))
        #expect(effects.finalisations == [subject])
        #expect(node.machine.current == View(4))
        #expect(node.machine.finalised.view == View(1))
    }

    @Test("a finalization is persisted before it is sent or applied, and leads into the next view")
    func finalizationOrder() throws {
        var node = DrivenMachine(Members(4), 0)
        let certificate = node.members.certificate(
            .finalize(node.members.subject(7, on: 0, "a")))
        let effects = try node.show(certificate, from: 1)
        #expect(
            effects.prefix(2) == [.persist(.certificate(certificate)), .finalise(certificate)])
        #expect(node.machine.current == View(8))
        #expect(try node.show(certificate, from: 2).isEmpty)
        let lower = node.members.certificate(.finalize(node.members.subject(3, on: 0, "c")))
        #expect(try node.show(lower, from: 2).finalisations.isEmpty)
    }

    @Test("nothing is signed at or below a final view")
    func belowFinal() throws {
        var node = DrivenMachine(Members(4), 0)
        let old = node.members.subject(1, on: 0, "a")
        try node.show(node.members.certificate(.notarize(old)), from: 1)
        try node.finalise(node.members.subject(2, on: 1, "b"), height: 2, from: 1)
        node.handle(.certified(old, isValid: true))
        #expect(node.ownVotes.isEmpty)
    }

    @Test("finality overrules a failed certification")
    func overruled() throws {
        var node = DrivenMachine(Members(4), 2)
        let subject = node.members.subject(1, on: 0, "a")
        try node.show(node.members.certificate(.notarize(subject)), from: 1)
        node.handle(.certified(subject, isValid: false))
        try node.finalise(subject, height: 1, from: 1)
        #expect(
            node.handle(.workChanged(isPending: true)).builds.first?.parentView == View(1))
    }

    @Test("a nullification is kept until a later block is final, not only certified")
    func keepsNullifications() throws {
        let answers: (Deviations) throws -> Bool = { deviations in
            var node = DrivenMachine(Members(4, deviations: deviations), 0)
            try node.show(node.members.certificate(node.members.nullify(1)), from: 1)
            try node.certify(node.members.subject(2, on: 0, "b"), from: 2)
            let key = CertificateKey(epoch: Epoch(0), view: View(1), kind: .nullify)
            return try !node.receive(.fetch(key), from: 3).sentCertificates.isEmpty
        }
        #expect(try answers([]))
        #expect(try !answers(.dropsNullifications), "the bug is not noticed")
    }
}
