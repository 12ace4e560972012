import Ledger
import Testing

@Suite struct RefusalPageTests {
    @Test("the ledger's page lists every refusal with its code and sentence, and no other")
    func pageObeys() {
        guard let page = Repository.text(RefusalPage.path) else { return }
        let rows = RefusalCode.allCases.map {
            RefusalPage.Row(code: Int($0.rawValue), name: $0.name, sentence: $0.sentence)
        }
        #expect(!rows.isEmpty)
        expectNone(RefusalPage.violations(page: page, rows: rows))
    }

    @Test("no two refusals share a code or a sentence")
    func codesAreUnique() {
        let cases = RefusalCode.allCases
        #expect(Set(cases.map(\.rawValue)).count == cases.count)
        #expect(Set(cases.map(\.sentence)).count == cases.count)
    }
}
