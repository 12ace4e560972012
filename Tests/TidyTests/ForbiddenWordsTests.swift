import Testing

@Suite struct ForbiddenWordsTests {
    @Test("no source has a forbidden word that no decision record exempts")
    func sourcesObey() {
        expectNone(ForbiddenWords().violations(in: Repository.sources))
        expectNone(ForbiddenWords().idleExemptions(in: Repository.sources))
    }

    @Test(
        "a forbidden word is found",
        arguments: [
            "let a = try! read()", "let a = b as! Int", "fatalError(\"no\")", "Task { await a() }",
            "Task{ await run() }", "Task(priority: .high) { }", "Task.detached { }",
            "let t = Task.init { }", "struct A: @unchecked Sendable {}",
            "nonisolated(unsafe) var a = 1", "@preconcurrency import GRDB", "// TODO: later",
            "/* FIXME */", "print(a)", "Swift.print(a)", "let a = Date()", "let a = Date.now",
            "func f(_ a: Double) {}", "let a = UUID()", "Locale.current", "Int.random(in: 1...2)",
            "let a = \"\\(Date())\"",
        ])
    func findsForbidden(line: String) {
        #expect(!check("Ledger", line).isEmpty)
    }

    @Test(
        "what only looks like a forbidden word is not found",
        arguments: [
            "group.addTask { await run() }", "// try! is forbidden", "let a = \"Double\"",
            "let doubled = a", "func printed() {}", "struct CommissioningDate {}",
            "let a = debugPrint(b)", "let a: ValidDate = ValidDate(b)", "let a = b as? Int",
        ])
    func passesAllowed(line: String) {
        #expect(check("Ledger", line).isEmpty)
    }

    @Test("clocks and prints are free where they belong")
    func dependsOnTarget() {
        #expect(check("Store", "let a = Date()").isEmpty)
        #expect(check("Commands", "print(a)").isEmpty)
        #expect(check("Store", "print(a)").count == 1)
    }

    @Test("an exemption holds for its file and word only, and must be needed")
    func exemptions() {
        let words = ForbiddenWords(exemptions: [
            .init(path: "Sources/Store/Seeded.swift", text: "try!", reason: "seeded")
        ])
        let used = SourceFile(path: "Sources/Store/Seeded.swift", text: "try! a()\nb as! C\n")
        #expect(words.violations(in: [used]).map(\.line) == [2])
        #expect(words.idleExemptions(in: [used]).isEmpty)
        let idle = SourceFile(path: "Sources/Store/Seeded.swift", text: "try a()\n")
        #expect(words.idleExemptions(in: [idle]).count == 1)
    }

    private func check(_ target: String, _ line: String) -> [Violation] {
        let file = SourceFile(path: "Sources/\(target)/Seeded.swift", text: line + "\n")
        return ForbiddenWords().violations(in: [file])
    }
}
