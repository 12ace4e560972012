/// A country as three upper-case letters, in the form of ISO 3166-1 alpha-3.
///
/// The form is checked, not membership of the list: codes come and go, and a rule that depended on
/// a list would change its answer with the list.
package struct CountryCode: Hashable, Comparable, Sendable, CustomStringConvertible {
    private let letter0: UInt8
    private let letter1: UInt8
    private let letter2: UInt8

    /// Nil unless the text is exactly three letters `A`–`Z`.
    package init?(_ text: some StringProtocol) {
        let letters = Array(text.utf8)
        guard letters.count == 3,
            letters.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
        else { return nil }
        (letter0, letter1, letter2) = (letters[0], letters[1], letters[2])
    }

    /// The three ASCII bytes.
    package var bytes: [UInt8] { [letter0, letter1, letter2] }

    package var description: String { String(decoding: bytes, as: UTF8.self) }

    package static func < (left: CountryCode, right: CountryCode) -> Bool {
        (left.letter0, left.letter1, left.letter2) < (right.letter0, right.letter1, right.letter2)
    }
}
