/// A proof file inside of a web page, by which a statement that was saved proves itself.
///
/// The page has one element of the file's media type, written in one way, and names the media type
/// nowhere else. So whoever looks for it by bytes, as here, or with a browser finds the same one or
/// none.
package struct EmbeddedProof: Sendable {
    /// The largest file that is put into a page, in bytes; larger ones are linked to.
    package static let byteLimit = 256 * 1_024

    private static let opening = Array("<script type=\"\(ProofFile.mediaType)\">".utf8)
    private static let closing = Array("</script>".utf8)
    private static let lessThan = UInt8(ascii: "<")
    private static let escaped = Array("\\u003c".utf8)

    /// The element. No `<` of the file is in it, so nothing can end it early or begin another.
    package let element: [UInt8]

    /// Nil for a file that is too large, or that would not come back as it was.
    package init?(_ file: ProofFile) {
        let bytes = file.bytes
        guard bytes.count <= EmbeddedProof.byteLimit, !bytes.contains(EmbeddedProof.escaped)
        else { return nil }
        element =
            EmbeddedProof.opening
            + bytes.flatMap { $0 == EmbeddedProof.lessThan ? EmbeddedProof.escaped : [$0] }
            + EmbeddedProof.closing
    }

    /// The file in a page; other bytes as they are.
    ///
    /// - Throws: ``ProofFailure`` of the step ``ProofStep/format`` for a page without such an
    ///   element, and for one with anything that could be taken for a second one.
    static func file(in bytes: [UInt8]) throws(ProofFailure) -> [UInt8] {
        guard bytes.first == lessThan else { return bytes }
        guard bytes.count <= ProofFile.byteLimit else {
            throw ProofFailure(.format, "larger than \(ProofFile.byteLimit) bytes")
        }
        let name = Array(ProofFile.mediaType.utf8)
        // Its own member and its element's type are all that names the media type.
        guard lowercased(bytes).ranges(of: name).count == 2,
            let start = bytes.firstRange(of: opening)?.upperBound,
            let end = bytes[start...].firstRange(of: closing)?.lowerBound
        else { throw ProofFailure(.format, "a page without exactly one proof in it") }
        let content = bytes[start..<end]
        guard !content.contains(lessThan), content.contains(name) else {
            throw ProofFailure(.format, "a page with a proof that is not written as it must be")
        }
        return Array(content.replacing(escaped, with: [lessThan]))
    }

    private static func lowercased(_ bytes: [UInt8]) -> [UInt8] {
        bytes.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }
}
