import Testing

@Suite struct ImportMatrixTests {
    @Test("every import of the sources is in the table")
    func sourcesObey() {
        #expect(!Repository.sources.isEmpty)
        expectNone(ImportMatrix.drec.violations(in: Repository.sources))
    }

    @Test("in the table every arrow points downward, to a target that it has")
    func tableIsDownward() {
        let rows = ImportMatrix.drec.rows
        for row in rows.values {
            for imported in row.own {
                let level = rows[imported]?.level
                #expect(level != nil, "\(imported) has no row")
                #expect(level ?? .max < row.level, "\(row.target) → \(imported) is not downward")
            }
        }
    }

    @Test(
        "an import that the table does not allow is found",
        arguments: [
            ("Ledger", "import Consensus"), ("Ledger", "package import Replica"),
            ("Merkle", "import Wire"), ("Merkle", "@testable import Ledger"),
            ("Primitives", "import Logging"), ("Replica", "import NIOCore"),
            ("API", "import Store"), ("API", "@preconcurrency package import GRDB"),
            ("Store", "import struct Node.Driver"), ("Node", "import Simulator"),
            ("Commands", "import Simulator"), ("drec", "import Node"),
        ])
    func findsForbidden(target: String, line: String) {
        #expect(check(target, line).count == 1)
    }

    @Test(
        "an import that the table allows is not found",
        arguments: [
            ("Ledger", "package import Merkle"), ("Ledger", "import SwiftProtobuf"),
            ("Merkle", "import Foundation"), ("Primitives", "import Crypto"),
            ("Store", "import GRDB"), ("Peering", "import NIOCore"),
            ("API", "import HTTPTypes"), ("Commands", "import AsyncHTTPClient"),
            ("Merkle", "// import Ledger"), ("Merkle", #"let important = "import Ledger""#),
        ])
    func passesAllowed(target: String, line: String) {
        #expect(check(target, line).isEmpty)
    }

    @Test("the checkers of a simulation share no code with what they check")
    func auditors() {
        let path = ImportMatrix.auditors.path
        #expect(Repository.sources.contains { $0.path.hasPrefix(path) })
        expectNone(ImportMatrix.auditorViolations(in: Repository.sources))
        for module in ["Consensus", "Replica", "Ledger", "Merkle"] {
            let file = SourceFile(path: path + "Seeded.swift", text: "import \(module)\n")
            #expect(ImportMatrix.auditorViolations(in: [file]).count == 1)
        }
    }

    @Test("a target without a row is told to get one")
    func findsUnknownTarget() {
        let violations = check("Attic", "import Foundation")
        #expect(violations.count == 1)
        #expect(violations.first?.message.contains("add it to the table") == true)
    }

    private func check(_ target: String, _ line: String) -> [Violation] {
        let file = SourceFile(path: "Sources/\(target)/Seeded.swift", text: "\n\(line)\n")
        return ImportMatrix.drec.violations(in: [file])
    }
}
