import Testing

@Suite struct HousekeepingTests {
    @Test("the top level holds only what has its place there")
    func topLevelObeys() {
        let names = Repository.topLevel
        #expect(names.contains("Package.swift"))
        expectNone(Housekeeping.topLevelViolations(names))
    }

    @Test("no file names a path of one machine")
    func filesObey() {
        let directories = ["Sources", "Tests", "Network", "Genesis", "Docker", ".ci"]
        let atTop = Repository.topLevel.filter { name in
            name.hasSuffix(".swift") || name.hasSuffix(".md")
                || [".swift-format", ".gitignore", ".dockerignore"].contains(name)
        }
        for path in directories.flatMap(Repository.files(below:)) + atTop {
            guard let text = Repository.text(path) else { continue }
            expectNone(Housekeeping.pathViolations(in: text, of: path))
        }
    }

    @Test(
        "an entry without a place is found",
        arguments: ["docs", "LICENSE.txt", "Makefile", "sources", "notes.md", "Examples"])
    func findsEntry(name: String) {
        #expect(Housekeeping.topLevelViolations(["Sources", name, ".ci"]).map(\.path) == [name])
    }

    @Test("a machine's path is found", arguments: Housekeeping.machinePaths)
    func findsPath(path: String) {
        let text = "one\ncd \(path)x\n\"\(path)\"\n"
        #expect(Housekeeping.pathViolations(in: text, of: "Network/run").map(\.line) == [2, 3])
    }

    @Test("the middle of a longer path is not found", arguments: Housekeeping.machinePaths)
    func passesMiddle(path: String) {
        let text = "Pages\(path)List.swift ../a\(path)b ${HOME}\(path)\n"
        #expect(Housekeeping.pathViolations(in: text, of: "Network/run").isEmpty)
    }

    @Test("only the scripts that look for a toolchain may name its place")
    func scriptsMayLook() {
        for path in Housekeeping.machinePaths {
            for script in Housekeeping.mayLook {
                let found = Housekeeping.pathViolations(in: path + "\n", of: script)
                #expect(found.isEmpty == path.contains("swift"))
            }
        }
    }
}
