import Ledger
import Testing

/// Every refusal that the rules know is one that they give.
struct RefusalTests {
    /// Codes that no rule gives today: their numbers are frozen all the same.
    ///
    /// `alreadyFinal`: a node answers what is final already with its id; the interface maps the
    /// code for a gateway that refuses instead.
    static let given: Set<RefusalCode> = Set(RefusalExamples.all.keys)
    static let notGiven: Set<RefusalCode> = [.alreadyFinal]

    @Test("each code has an example, or is listed as one that no rule gives")
    func complete() {
        #expect(RefusalTests.given.isDisjoint(with: RefusalTests.notGiven))
        #expect(
            RefusalTests.given.union(RefusalTests.notGiven) == Set(RefusalCode.allCases))
    }

    @Test(
        "a transaction that breaks one rule gets that rule's code and leaves no trace",
        arguments: RefusalCode.allCases.filter { given.contains($0) })
    func example(code: RefusalCode) throws {
        let example = try #require(RefusalExamples.all[code])
        var ledger = try RefusalExamples.network()
        expectRefused(code, nil, code.name) { try example(&ledger) }
        try ledger.seal()
    }
}
