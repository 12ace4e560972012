import Testing

@Suite struct DeclarationsTests {
    @Test("no type has a name that says nothing, or its module's")
    func sourceNamesObey() {
        expectNone(DeclarationRules.nameViolations(in: Repository.sources))
    }

    @Test("every shared type and free function says what it is")
    func sourceDocumentationObeys() {
        expectNone(DeclarationRules.documentationViolations(in: Repository.sources))
    }

    @Test(
        "a name that says nothing, or the module's, is found",
        arguments: [
            "struct KeyManager {", "package enum StringUtils {", "final class NodeImpl: Node {",
            "private actor StoreHelper {", "protocol Common {", "typealias RouteBase = Int",
            "struct Ledger {", "@frozen public indirect enum Ledger<A> {",
            "    package struct Ledger: Sendable {",
        ])
    func findsName(line: String) {
        #expect(DeclarationRules.nameViolations(in: [file(line + "\n}\n")]).count == 1)
    }

    @Test(
        "other names are not found",
        arguments: [
            "struct Database {", "struct LedgerLimits {", "extension Ledger {", "let a: KeyManager",
            "func makeManager() {", "// struct Ledger {", "class func ledger() {",
        ])
    func passesName(line: String) {
        #expect(DeclarationRules.nameViolations(in: [file(line + "\n}\n")]).isEmpty)
    }

    @Test(
        "a shared declaration without a doc comment is found",
        arguments: [
            "package struct A {}", "// A comment.\npackage enum A {}",
            "/// Far away.\n\npublic protocol A {}", "@frozen\npackage final class A {}",
            "struct B {\n    package actor A {}\n}", "package func a() {}",
            "@inlinable public func a() {}",
        ])
    func findsUndocumented(text: String) {
        #expect(DeclarationRules.documentationViolations(in: [file(text)]).count == 1)
    }

    @Test(
        "a documented or unshared declaration is not found",
        arguments: [
            "/// One.\npackage struct A {}", "/// One.\n@frozen\n@available(*)\npublic enum A {}",
            "struct A {}", "func a() {}", "extension A {\n    package func b() {}\n}",
            "/// One.\npackage func a() {}", "package import Foundation",
        ])
    func passesDocumented(text: String) {
        #expect(DeclarationRules.documentationViolations(in: [file(text)]).isEmpty)
    }

    private func file(_ text: String) -> SourceFile {
        SourceFile(path: "Sources/Ledger/Seeded.swift", text: text)
    }
}
