import Foundation
import Primitives
import Testing
import Verifier

@Suite("A proof inside of a page")
struct EmbeddedProofTests {
    private static let opening = "<script type=\"\(ProofFile.mediaType)\">"

    private func page(_ proof: EmbeddedProof, _ more: String = "") -> String {
        "<!DOCTYPE html>\n<p>250 kWh</p>\(String(decoding: proof.element, as: UTF8.self))\(more)"
    }

    @Test("It is found, and judged as the file alone would be")
    func found() throws {
        let chain = try ProofChain.busy()
        for subject in [.redemption(LogIndex(8)), .drecs(try chain.range(1, 3))] as [ProofSubject] {
            let file = try #require(try chain.proof(of: subject))
            let proof = try #require(EmbeddedProof(file))
            for more in ["", "<p>x</p>", "<script>let a = 1;</script>", "\n<!-- \u{0} -->"] {
                let report = chain.report(Array(page(proof, more).utf8))
                #expect(report.holds && report.isInPage)
                #expect(report.statement?.subject == subject)
            }
            // A page may have bytes that are no text; the proof has none.
            #expect(chain.report(Array(page(proof).utf8) + [0xff, 0xfe]).holds)
            #expect(chain.report(file.bytes).holds && !chain.report(file.bytes).isInPage)
        }
        try chain.remove()
    }

    @Test("Pages with two proofs, with none, or with an altered one are refused")
    func refused() throws {
        let chain = try ProofChain.busy()
        let first = try #require(EmbeddedProof(try chain.proof(1, 3)))
        let second = try #require(EmbeddedProof(try chain.proof(4, 4)))
        let element = String(decoding: first.element, as: UTF8.self)
        let other = String(decoding: second.element, as: UTF8.self)
        let type = ProofFile.mediaType
        let whole = page(first)
        let pages = [
            whole + other, whole + element, page(second, element),
            // What a browser could take for a second one, or for the only one.
            whole + other.replacing("\"\(type)\">", with: "'\(type)'>"),
            whole + other.replacing("<script", with: "<SCRIPT"),
            whole + "<script type=\(type.uppercased())>{}</script>",
            whole + "<p>\(type)</p>", whole + "<!-- \(Self.opening) -->",
            "<!-- \(Self.opening)</script> -->" + whole,
            whole.replacing(Self.opening, with: "<script id=\"x\" type=\"\(type)\">"),
            whole.replacing(Self.opening, with: "<script type='\(type)'>"),
            whole.replacing(Self.opening, with: "<script type=\"application/json\">"),
            whole.replacing(Self.opening, with: ""), whole.replacing("</script>", with: ""),
            whole.replacing(Self.opening, with: Self.opening + "\n"),
            whole.replacing("</script>", with: "\n</script>"),
            whole.replacing("</script>", with: " </script>"),
            whole.replacing("</script>", with: "<!-- --></script>"),
            whole.replacing(Self.opening, with: Self.opening + "</script>" + Self.opening),
            "<", "<p>", "<!DOCTYPE html>", Self.opening + "</script>" + type,
            Self.opening + "{}</script>" + type, type + Self.opening + "</script>",
            "\n" + whole, "\u{feff}" + whole,
        ]
        #expect(chain.report(Array(whole.utf8)).holds)
        for page in pages {
            let report = chain.report(Array(page.utf8))
            #expect(!report.holds, "\(page.prefix(200))")
            #expect(report.lines.first?.verdict == .fails && report.statement == nil)
        }
        // No character of the proof can be another one.
        let start = try #require(whole.utf8.firstRange(of: Self.opening.utf8)).upperBound
        let place = whole.utf8.distance(from: whole.startIndex, to: start)
        for offset in stride(from: place, to: whole.utf8.count - 9, by: 7) {
            var bytes = Array(whole.utf8)
            bytes[offset] ^= 1
            #expect(!chain.report(bytes).holds, "byte \(offset)")
        }
        try chain.remove()
    }

    @Test("Nothing in a file can end its element, and what cannot come back is not put into a page")
    func escaped() throws {
        let chain = try ProofChain.busy()
        var file = try chain.proof(1, 1)
        for text in ["</script><b>", "<!--", "<script>", "a < b", "<", "\u{2028}<"] {
            file.checkpoint = text
            let proof = try #require(EmbeddedProof(file))
            let inner = proof.element.dropFirst(Self.opening.utf8.count).dropLast(9)
            #expect(!inner.contains(UInt8(ascii: "<")))
            // It is read to the end: the file is whole, and its checkpoint is none.
            let report = chain.report(proof.element)
            #expect(report.lines.map(\.verdict).filter { $0 == .fails }.count == 1)
            #expect(report.lines.first { $0.verdict == .fails }?.step == .witnesses)
        }
        for text in ["\\u003c", "a\\u003cb"] {
            file.checkpoint = text
            #expect(EmbeddedProof(file) == nil)
        }
        file.checkpoint = String(repeating: "x", count: EmbeddedProof.byteLimit)
        #expect(EmbeddedProof(file) == nil)
        try chain.remove()
    }
}
