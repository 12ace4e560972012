/// The submitter's own name of a device: 1 to 64 of `[A-Za-z0-9_- ]`, no blank at either end.
///
/// Equal without regard to case, because it is unique per owner without regard to case (L1).
package struct ExternalID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// As written in the file.
    package let text: String
    /// In lower case: what is compared, hashed and kept as a key.
    package let folded: String

    /// Longest id, in characters.
    package static let maximumLength = 64

    /// Nil when the text is not of the form.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard (1...ExternalID.maximumLength).contains(bytes.count),
            bytes.allSatisfy(ExternalID.isPermitted),
            bytes.first != UInt8(ascii: " "), bytes.last != UInt8(ascii: " ")
        else { return nil }
        self.text = String(text)
        folded = text.lowercased()
    }

    package var description: String { text }

    package static func == (left: ExternalID, right: ExternalID) -> Bool {
        left.folded == right.folded
    }

    package static func < (left: ExternalID, right: ExternalID) -> Bool {
        left.folded < right.folded
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(folded) }

    private static func isPermitted(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: " "):
            true
        default: false
        }
    }
}
