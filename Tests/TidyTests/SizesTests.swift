import Testing

@Suite struct SizesTests {
    @Test("files, functions and lines of sources and tests are short enough")
    func sourcesObey() {
        expectNone(Sizes.violations(in: Repository.sources + Repository.tests))
    }

    @Test("a file of 400 lines passes, one more is found")
    func findsLongFile() {
        let lines = Array(repeating: "let a = 1", count: 400).joined(separator: "\n")
        #expect(check(lines + "\n").isEmpty)
        #expect(check(lines + "\nlet b = 2\n").map(\.message) == ["401 lines, more than 400"])
    }

    @Test("a line of 100 columns passes, one more is found, in a comment too")
    func findsWideLine() {
        let wide = "// " + String(repeating: "→", count: 97)
        #expect(check(wide + "\n").isEmpty)
        #expect(check("\n" + wide + "→\n").map(\.line) == [2])
    }

    @Test(
        "a function of 60 lines passes, one more is found",
        arguments: [
            "func f() {", "package mutating func f(_ a: [Int] = []) throws(AError) -> Int {",
            "init(a: Int) {", "@inlinable package init?(a: () -> Void = {}) {", "var a: Int {",
            "subscript(a: Int) -> Int {",
        ])
    func findsLongFunction(head: String) {
        func text(_ count: Int) -> String {
            let body = (1...count).map { _ in "    if a { b(\"}\") } // }" }
            return ([head] + body + ["}", "func g() {}", ""]).joined(separator: "\n")
        }
        #expect(check(text(58)).isEmpty)
        #expect(check(text(59)).map(\.line) == [1])
    }

    @Test("a requirement without a body has no length")
    func skipsRequirements() {
        let text = """
            protocol A {
                var a: Int { get }
                func b()
                func c(
                    d: Int
                ) -> Int
                init()
            }
            struct B {
                func e(
                    f: Int
                ) -> Int
                where Int: Sendable {
                    1
                }
            }

            """
        let functions = Sizes.functions(in: SourceFile(path: "Sources/A/A.swift", text: text))
        #expect(functions.map(\.name) == ["a", "e"])
        #expect(functions.map(\.lines) == [1, 6])
    }

    private func check(_ text: String) -> [Violation] {
        Sizes.violations(in: [SourceFile(path: "Sources/Ledger/Seeded.swift", text: text)])
    }
}
