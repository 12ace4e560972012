/// Where a node's pages are reached: scheme, host and port, such as `https://north.example`.
package struct WebAddress: Equatable, Sendable {
    package let text: String

    /// Nil unless it is `http://` or `https://`, a host's name, IPv4 address or IPv6 address in
    /// brackets, and a port at most.
    package init?(_ text: String) {
        guard text.utf8.count <= 300 else { return nil }
        let host: Substring
        if text.hasPrefix("https://") {
            host = text.dropFirst(8)
        } else if text.hasPrefix("http://") {
            host = text.dropFirst(7)
        } else {
            return nil
        }
        guard WebAddress.isHost(host) else { return nil }
        self.text = text
    }

    /// A host with a port at most.
    private static func isHost(_ text: Substring) -> Bool {
        var name = text
        if let bracket = text.lastIndex(of: "]") {
            guard text.first == "[" else { return false }
            let inside = text[text.index(after: text.startIndex)..<bracket]
            guard inside.contains(":"), inside.utf8.allSatisfy({ isHex($0) || $0 == colon }) else {
                return false
            }
            let rest = text[text.index(after: bracket)...]
            return rest.isEmpty || isPort(rest)
        }
        if let split = text.firstIndex(of: ":") {
            guard isPort(text[split...]) else { return false }
            name = text[..<split]
        }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        return labels.allSatisfy { label in
            !label.isEmpty && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == hyphen }
        }
    }

    /// A colon and a number from 1 to 65535.
    private static func isPort(_ text: Substring) -> Bool {
        let digits = text.dropFirst()
        guard text.first == ":", (1...5).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (zero...nine).contains($0) }), let port = Int(digits)
        else { return false }
        return (1...65_535).contains(port)
    }

    private static let colon = UInt8(ascii: ":")
    private static let hyphen = UInt8(ascii: "-")
    private static let zero = UInt8(ascii: "0")
    private static let nine = UInt8(ascii: "9")

    private static func isHex(_ byte: UInt8) -> Bool {
        switch byte {
        case zero...nine, UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case zero...nine, UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }
}
