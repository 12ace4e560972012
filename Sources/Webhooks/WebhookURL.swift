import Foundation

/// Where a webhook is sent: `http` or `https`, a host that no two readers take for different ones,
/// and nothing that would be a secret in an address.
package struct WebhookURL: Equatable, Sendable {
    static let byteLimit = 2_048

    let isSecure: Bool
    /// A name in lower case, an IPv4 address, or an IPv6 address without brackets.
    let host: String
    let port: Int
    /// With the query.
    private let rest: String

    package var text: String {
        let name = host.contains(":") ? "[\(host)]" : host
        let isUsual = port == (isSecure ? 443 : 80)
        return (isSecure ? "https://" : "http://") + name + (isUsual ? "" : ":\(port)") + rest
    }

    /// Nil for anything else than such an address.
    package init?(_ text: String) {
        guard text.utf8.count <= WebhookURL.byteLimit,
            text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }),
            let mark = text.range(of: "://")
        else { return nil }
        switch text[..<mark.lowerBound].lowercased() {
        case "https": isSecure = true
        case "http": isSecure = false
        default: return nil
        }
        let after = text[mark.upperBound...]
        let end = after.firstIndex { "/?#".contains($0) } ?? after.endIndex
        let path = after[end...]
        guard !path.contains("#"), !path.contains("\\"),
            let place = WebhookURL.place(after[..<end], port: isSecure ? 443 : 80)
        else { return nil }
        (host, port) = place
        rest = path.hasPrefix("/") ? String(path) : "/" + path
        guard URL(string: self.text) != nil else { return nil }
    }

    /// `example.org`, `192.0.2.1:8080`, `[2001:db8::1]:443`; no user, no empty or zero port.
    private static func place(
        _ text: Substring, port usual: Int
    ) -> (host: String, port: Int)? {
        var host = text
        var port = usual
        if let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") {
            guard let number = UInt16(text[text.index(after: colon)...]), number > 0,
                text[text.index(after: colon)...].allSatisfy(\.isNumber)
            else { return nil }
            (host, port) = (text[..<colon], Int(number))
        }
        let name = host.lowercased()
        if name.hasPrefix("["), name.hasSuffix("]") {
            let address = name.dropFirst().dropLast()
            guard address.contains(":"),
                address.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." })
            else { return nil }
            return (String(address), port)
        }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        let isName = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        }
        return isName && name.utf8.count <= 253 ? (name, port) : nil
    }
}
