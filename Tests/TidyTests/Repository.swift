import Foundation

/// The working copy that these tests were compiled from.
enum Repository {
    /// Found from this very file, `Tests/TidyTests/Repository.swift`.
    static let root: URL = {
        var url = URL(filePath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url
    }()

    /// The Swift sources of all targets, without those that a generator writes.
    static let sources: [SourceFile] = swiftFiles(below: "Sources")

    /// The Swift files of all test targets.
    static let tests: [SourceFile] = swiftFiles(below: "Tests")

    /// The names at top level, sorted.
    static var topLevel: [String] {
        let names = try? FileManager.default.contentsOfDirectory(
            atPath: root.path(percentEncoded: false))
        return (names ?? []).sorted()
    }

    /// The text of a file, nil when there is none or when it is not UTF-8.
    static func text(_ path: String) -> String? {
        try? String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The paths of all files below a directory, relative to the repository, sorted; build products
    /// and compiled Python are left out.
    static func files(below directory: String) -> [String] {
        let names = try? FileManager.default.subpathsOfDirectory(
            atPath: root.appending(path: directory).path(percentEncoded: false))
        return (names ?? []).sorted().map { "\(directory)/\($0)" }.filter { path in
            let parts = path.split(separator: "/")
            return !parts.contains { $0.hasPrefix(".build") || $0 == "__pycache__" }
        }
    }

    private static func swiftFiles(below directory: String) -> [SourceFile] {
        files(below: directory)
            .filter { $0.hasSuffix(".swift") && !$0.hasSuffix(".pb.swift") }
            .compactMap { path in text(path).map { SourceFile(path: path, text: $0) } }
    }
}
