import Ledger
import Primitives
import SampleNetworks
import Testing
import Verifier
import Wire

@Suite("Texts in a proof are bytes")
struct SpellingTests {
    @Test(
        "A name that Unicode calls the same is another one",
        arguments: [
            ("\u{212a}E", "KE", false), ("e\u{301}", "\u{e9}", false),
            ("\u{e9}", "\u{e9}", true), ("\u{212a}", "\u{212a}", true),
        ])
    func names(signed: String, kept: String, holds: Bool) throws {
        let chain = try ProofChain.busy()
        let subject = ProofSubject.account(AccountID(6))
        var forger = try Forger(try #require(try chain.proof(of: subject)))
        guard case .registerAccount(var action) = forger[1].body.action else {
            Issue.record("entry #1 is no registration")
            return
        }
        action.legalName = signed
        forger[1].body.action = .registerAccount(action)
        try forger.change(ProtoAccountValue.self, .account(AccountID(6))) { $0.legalName = kept }
        let report = chain.report(try forger.file().bytes)
        #expect(signed == kept && report.holds == holds, "\(report.lines)")
        try chain.remove()
    }
}
