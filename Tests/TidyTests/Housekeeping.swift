/// What the repository holds besides sources.
enum Housekeeping {
    static let permitted: Set = [
        "Package.swift", "README.md", "Sources", "Tests", "Network", "Genesis", "Docker",
        // Written by SwiftPM and Xcode, and not in the repository.
        "Package.resolved",
    ]

    /// Entries at top level that have no place there.
    static func topLevelViolations(_ names: [String]) -> [Violation] {
        names.filter { name in
            !permitted.contains(name) && !name.hasPrefix(".") && !name.hasSuffix(".xcodeproj")
        }
        .map { Violation($0, "has no place at top level") }
    }

    /// Beginnings of paths that exist on somebody's machine only. Written in pieces, so that this
    /// file is not itself a finding.
    static let machinePaths = ["work", "opt/swift", "root", "home", "Users"].map { "/" + $0 + "/" }

    /// The scripts that look where installers leave a toolchain.
    static let mayLook: Set = ["Tests/run", "Network/ensure-packages.sh"]

    static func pathViolations(in text: String, of path: String) -> [Violation] {
        let patterns = machinePaths.filter { !($0.contains("swift") && mayLook.contains(path)) }
        // Most files have none of them: a look at the whole text is quicker than one at each line.
        guard patterns.contains(where: { text.contains($0) }) else { return [] }
        let lines = zip(1..., text.split(separator: "\n", omittingEmptySubsequences: false))
        return lines.flatMap { number, line in
            patterns.filter { isPathStart($0, in: line) }.map {
                Violation(path, number, "a path of one machine: \($0)")
            }
        }
    }

    /// True when the pattern occurs and is not the middle of a longer path.
    private static func isPathStart(_ pattern: String, in line: Substring) -> Bool {
        line.ranges(of: pattern).contains { range in
            guard range.lowerBound > line.startIndex else { return true }
            let before = line[line.index(before: range.lowerBound)]
            return !before.continuesName && !".-}~*".contains(before)
        }
    }
}
