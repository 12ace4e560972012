/// Who may import whom. A target's level is above the levels of all it imports.
struct ImportMatrix {
    /// A target's place.
    struct Row {
        let target: String
        let level: Int
        let own: Set<String>
        /// Nil for any module of a package that the manifest names.
        let others: Set<String>?

        init(_ target: String, level: Int, own: Set<String>, others: Set<String>? = []) {
            self.target = target
            self.level = level
            self.own = own
            self.others = others
        }
    }

    let rows: [String: Row]

    init(_ rows: [Row]) {
        self.rows = Dictionary(uniqueKeysWithValues: rows.map { ($0.target, $0) })
    }

    /// The modules that every target may import.
    static let everywhere: Set<String> = ["Foundation", "FoundationEssentials"]

    /// A library's other modules, which its users cannot avoid: Swift asks for an import of the
    /// module that declares a member.
    static let families: [String: Set<String>] = [
        "NIO": ["NIOCore", "NIOPosix", "NIOTLS", "NIOHTTP1", "NIOFoundationCompat"],
        "X509": ["SwiftASN1"],
        "Hummingbird": ["HummingbirdCore", "HTTPTypes", "NIOCore", "NIOHTTPTypes", "Logging"],
        "Metrics": ["CoreMetrics"],
        // Whoever encodes or decodes a message of ours calls SwiftProtobuf's members.
        "Wire": ["SwiftProtobuf"],
    ]

    static let drec: ImportMatrix = {
        let zero: Set = ["CSodium", "Wire"]
        let toOne = zero.union(["Primitives"])
        let toTwo = toOne.union(["Merkle", "Consensus"])
        let toThree = toTwo.union(["Ledger", "Verifier", "Intake"])
        let toFour = toThree.union(["Replica"])
        let shells: Set = ["Store", "Registry", "Peering", "Gateway"]
        return ImportMatrix([
            Row("CSodium", level: 0, own: []),
            Row("CQRCode", level: 0, own: []),
            Row("Wire", level: 0, own: [], others: ["SwiftProtobuf"]),
            Row("Primitives", level: 1, own: zero, others: ["Crypto"]),
            Row("Merkle", level: 2, own: ["Primitives"]),
            // Reads and writes its own messages; knows no other.
            Row("Consensus", level: 2, own: ["Primitives", "Wire"]),
            Row("Ledger", level: 3, own: toOne.union(["Merkle"])),
            // What a verifier shares with a node is formats and hashing, no rule and no vote.
            Row("Verifier", level: 3, own: toOne.union(["Merkle"])),
            Row("Intake", level: 3, own: ["Primitives", "Wire"]),
            Row("Replica", level: 4, own: toThree),
            Row("Simulator", level: 5, own: toFour),
            Row(
                "Store", level: 5, own: toThree,
                // Mutex comes with the toolchain.
                others: ["GRDB", "GRDBSQLite", "Logging", "Synchronization"]),
            Row("Registry", level: 5, own: toOne, others: ["GRDB", "Logging"]),
            Row(
                "Peering", level: 5, own: toOne,
                // Mutex and atomics come with the toolchain.
                others: [
                    "NIO", "NIOSSL", "X509", "Logging", "ServiceLifecycle", "Metrics",
                    "Synchronization",
                ]),
            Row("Gateway", level: 5, own: toThree),
            Row(
                "Node", level: 6, own: toFour.union(shells),
                // Mutex and flock come with the toolchain.
                others: ["ServiceLifecycle", "Logging", "Metrics", "Synchronization", "Glibc"]),
            Row(
                "API", level: 6, own: toThree.union(["Gateway"]),
                // Mutex and atomics come with the toolchain.
                others: ["Hummingbird", "NIO", "Synchronization"]),
            Row(
                "Pages", level: 6, own: toThree.union(["Gateway", "CQRCode"]),
                others: ["Hummingbird", "Mustache"]),
            Row(
                "Webhooks", level: 7, own: ["Primitives", "Gateway", "API"],
                // Mutex, rename and the system's look-up of names come with the toolchain.
                others: [
                    "NIO", "AsyncHTTPClient", "ServiceLifecycle", "Logging", "Synchronization",
                    "Glibc",
                ]),
            Row(
                "Commands", level: 8,
                own: toFour.union(shells).union(["Node", "API", "Pages", "Webhooks"]),
                others: nil),
            Row("drec", level: 9, own: ["Commands"]),
            Row("simulate", level: 9, own: ["Simulator"], others: ["ArgumentParser"]),
        ])
    }()

    /// The imports of files that the table does not allow.
    func violations(in files: [SourceFile]) -> [Violation] {
        files.flatMap { file -> [Violation] in
            guard let row = rows[file.target] else {
                let message = "target '\(file.target)' is unknown: add it to the table"
                return [Violation(file.path, "\(message) in ImportMatrix.swift")]
            }
            return file.imports.compactMap { line, module in
                allows(module, in: row)
                    ? nil : Violation(file.path, line, "\(row.target) may not import \(module)")
            }
        }
    }

    /// The checkers of a simulation: they may read what travels and hash it, and share nothing
    /// else with what they check.
    static let auditors = (
        path: "Sources/Simulator/Audit/",
        modules: everywhere.union(["Primitives", "Wire", "SwiftProtobuf"])
    )

    /// The imports of checkers that would let them share code with the replica.
    static func auditorViolations(in files: [SourceFile]) -> [Violation] {
        files.filter { $0.path.hasPrefix(auditors.path) }.flatMap { file in
            file.imports.filter { !auditors.modules.contains($0.module) }.map {
                Violation(file.path, $0.line, "a checker may not import \($0.module)")
            }
        }
    }

    private func allows(_ module: String, in row: Row) -> Bool {
        if rows[module] != nil { return row.own.contains(module) }
        guard let others = row.others else { return true }
        if Self.everywhere.contains(module) || others.contains(module) { return true }
        return others.union(row.own).contains { Self.families[$0]?.contains(module) == true }
    }
}

extension SourceFile {
    /// The modules that a file imports, each with its line's number.
    var imports: [(line: Int, module: String)] {
        let before: Set<Substring> = [
            "package", "public", "internal", "fileprivate", "private", "testable", "preconcurrency",
            "_exported", "_implementationOnly",
        ]
        let kinds: Set<Substring> = [
            "struct", "class", "enum", "protocol", "typealias", "func", "let", "var", "actor",
        ]
        return zip(1..., code).compactMap { number, line in
            var words = line.words[...]
            while let word = words.first, before.contains(word) { words.removeFirst() }
            guard words.first == "import" else { return nil }
            words.removeFirst()
            if let word = words.first, kinds.contains(word), words.count > 1 { words.removeFirst() }
            return words.first.map { (number, String($0)) }
        }
    }
}
