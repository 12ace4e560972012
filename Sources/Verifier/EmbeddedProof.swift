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
        guard places(of: name, in: bytes, atMost: 3, inAnyCase: true).count == 2,
            let start = places(of: opening, in: bytes).first.map({ $0 + opening.count }),
            let end = places(of: closing, in: bytes, from: start).first
        else { throw ProofFailure(.format, "a page without exactly one proof in it") }
        let content = bytes[start..<end]
        guard !content.contains(lessThan), content.contains(name) else {
            throw ProofFailure(.format, "a page with a proof that is not written as it must be")
        }
        return Array(content.replacing(escaped, with: [lessThan]))
    }

    /// Where a text in small letters is, as often as is asked for. The library's own search takes
    /// seconds for the largest page.
    private static func places(
        of text: [UInt8], in bytes: [UInt8], from start: Int = 0, atMost limit: Int = 1,
        inAnyCase isCaseless: Bool = false
    ) -> [Int] {
        let capitals = UInt8(ascii: "A")...UInt8(ascii: "Z")
        var places: [Int] = []
        bytes.withUnsafeBufferPointer { bytes in
            text.withUnsafeBufferPointer { text in
                var at = start
                while places.count < limit, at <= bytes.count - text.count {
                    var length = 0
                    while length < text.count {
                        let byte = bytes[at + length]
                        let isCapital = isCaseless && capitals.contains(byte)
                        guard (isCapital ? byte | 0x20 : byte) == text[length] else { break }
                        length += 1
                    }
                    if length == text.count {
                        places.append(at)
                        at += length
                    } else {
                        at += 1
                    }
                }
            }
        }
        return places
    }
}
