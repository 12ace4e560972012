import Foundation
import Testing

/// Writes the sample's pages as files where `PAGES_OUT` names a directory, to be looked at.
@Suite("The sample's pages can be written out")
struct SampleFilesTests {
    private static let directory = ProcessInfo.processInfo.environment["PAGES_OUT"]

    @Test("Every page becomes a file", .enabled(if: directory != nil))
    func write() async throws {
        let directory = URL(filePath: try #require(SampleFilesTests.directory))
        let gateway = try MemoryGateway.sample()
        for path in samplePaths + ["/style.css", "/nowhere", "/search?q=hello"] {
            let page = try await fetch(path, from: gateway)
            let name = path.prefix(40).map { $0.isLetter || $0.isNumber ? $0 : "_" }
            let body = page.body.replacing(
                try Regex("/style.css[?]v=[0-9a-f]+"), with: "style.css")
            let file = path == "/style.css" ? String(path.dropFirst()) : String(name) + ".html"
            try Data(body.utf8).write(to: directory.appending(path: file))
        }
    }
}
