import Foundation
import HTTPTypes
import Ledger
import Primitives
import Testing
import Verifier

@Suite("A redemption statement holds its own proof")
struct StatementProofTests {
    private static let opening = "<script type=\"application/vnd.drec.proof.v1+json\">"

    private func file(_ checkpoint: String? = nil) -> ProofFile {
        ProofFile(
            network: .zero, subject: .redemption(LogIndex(6)), transitions: [],
            head: ProofFile.VotedHeader(header: Data([1]), certificate: Data([2])),
            checkpoint: checkpoint)
    }

    private func scripts(in page: String) -> Int {
        page.components(separatedBy: "<script").count - 1
    }

    @Test("The file is in the page once, byte for byte")
    func once() async throws {
        var gateway = try MemoryGateway.sample()
        gateway.proofFile = file("a\n")
        let page = try await fetch("/redemptions/6", from: gateway)
        let parts = page.body.components(separatedBy: Self.opening)
        #expect(parts.count == 2)
        let content = try #require(parts.last?.components(separatedBy: "</script>").first)
        #expect(Array(content.utf8) == file("a\n").bytes)
        #expect(page.body.lowercased().components(separatedBy: ProofFile.mediaType).count == 3)
        #expect(page.body.contains("This page holds its proof"))
        #expect(page.headers[.cacheControl] == "public, max-age=2")
    }

    @Test(
        "What a file says cannot become markup",
        arguments: ["</script><script>alert(1)</script>", "<!-- <script>", "<img src=x>"])
    func markup(text: String) async throws {
        var gateway = try MemoryGateway.sample()
        gateway.proofFile = file(text)
        let body = try await fetch("/redemptions/6", from: gateway).body
        #expect(!body.contains(text))
        // The proof, and what every page has.
        gateway.proofFile = nil
        let without = try await fetch("/redemptions/6", from: gateway).body
        #expect(scripts(in: body) == scripts(in: without) + 1)
    }

    @Test("Where no proof can be had, or it is too large, the statement stands without it")
    func without() async throws {
        var gateway = try MemoryGateway.sample()
        let other = try await fetch("/redemptions", from: gateway).body
        let files = [nil, file(String(repeating: "x", count: 300_000)), file("\\u003c")]
        for (file, failure) in files.map({ ($0, nil) }) + [
            (self.file(), ProofUnavailableError.headNotVoted),
            (self.file(), .historyNotHeld), (self.file(), .tooLarge),
        ] {
            gateway.proofFile = file
            gateway.proofFailure = failure
            let page = try await fetch("/redemptions/6", from: gateway)
            #expect(page.status == .ok && page.body.contains("Redemption statement"))
            #expect(!page.body.contains("<script type") && !page.body.contains("holds its proof"))
            #expect(scripts(in: page.body) == scripts(in: other))
            #expect(page.headers[.cacheControl] == "public, no-cache")
        }
    }
}
