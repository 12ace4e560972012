import Foundation

/// Where a list goes on, opaque to clients: base64url of the list's name and the last position.
struct Cursor {
    /// The longest text that is read; our own are far shorter.
    private static let lengthLimit = 200

    let list: String
    let position: String

    init(list: String, position: String) {
        self.list = list
        self.position = position
    }

    /// Nil unless the text is a cursor of this list.
    init?(encoded: String, list: String) {
        guard encoded.utf8.count <= Cursor.lengthLimit else { return nil }
        let standard = encoded.replacingOccurrences(of: "-", with: "+")
            .replacingOccurrences(of: "_", with: "/")
        let padding = String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: standard + padding) else { return nil }
        let text = String(decoding: data, as: UTF8.self)
        guard text.hasPrefix(list + ":") else { return nil }
        self.init(list: list, position: String(text.dropFirst(list.count + 1)))
    }

    var encoded: String {
        Data("\(list):\(position)".utf8).base64EncodedString()
            .replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }
}
