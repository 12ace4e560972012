package import API
package import Primitives

/// Somebody who is told of events by the node, and which ones.
package struct WebhookTarget: Equatable, Sendable {
    /// 16 hexadecimal digits.
    package let id: String
    package let url: WebhookURL
    package let filter: EventFilter
    /// Events after this place; nil for those from the first start on.
    package let after: EventPlace?
    /// Whether it may be on the node's own machine or in a private network. For tests.
    package let allowsPrivate: Bool
    /// How often its operator let it go on after it was given up.
    package var resumed: UInt64

    package init(
        id: String, url: WebhookURL, filter: EventFilter, after: EventPlace?,
        allowsPrivate: Bool, resumed: UInt64 = 0
    ) {
        self.id = id
        self.url = url
        self.filter = filter
        self.after = after
        self.allowsPrivate = allowsPrivate
        self.resumed = resumed
    }

    /// As the file has it.
    package var json: CanonicalJSON {
        var members: [String: CanonicalJSON] = [
            "id": .string(id), "url": .string(url.text), "allowPrivate": .boolean(allowsPrivate),
            "resumed": .unsigned(resumed),
        ]
        if let kinds = filter.kinds {
            members["kinds"] = .array(kinds.map(\.rawValue).sorted().map { .string($0) })
        }
        if let account = filter.account { members["account"] = .string(account.description) }
        if let device = filter.device { members["device"] = .string(device.description) }
        if let after { members["after"] = .string(after.text) }
        return .object(members)
    }

    /// Nil for what ``json`` never is.
    package init?(_ json: CanonicalJSON) {
        guard var members = json.object else { return nil }
        func take(_ name: String) -> CanonicalJSON? { members.removeValue(forKey: name) }
        guard let id = take("id")?.string, WebhookTarget.isID(id),
            let url = take("url")?.string.flatMap({ WebhookURL($0) }),
            case .boolean(let allowsPrivate)? = take("allowPrivate"),
            let resumed = take("resumed")?.unsigned
        else { return nil }
        var filter = EventFilter()
        if let kinds = take("kinds") {
            guard let words = kinds.array?.compactMap(\.string), words.count == kinds.array?.count,
                let read = EventFilter.kinds(words.joined(separator: ","))
            else { return nil }
            filter.kinds = read
        }
        if let account = take("account") {
            guard case .account(let id)? = account.string.flatMap({ Identifier($0) })
            else { return nil }
            filter.account = id
        }
        if let device = take("device") {
            guard case .device(let id)? = device.string.flatMap({ Identifier($0) })
            else { return nil }
            filter.device = id
        }
        var after: EventPlace?
        if let place = take("after") {
            guard let read = place.string.flatMap({ EventPlace($0) }) else { return nil }
            after = read
        }
        guard members.isEmpty else { return nil }
        self.init(
            id: id, url: url, filter: filter, after: after, allowsPrivate: allowsPrivate,
            resumed: resumed)
    }

    private static func isID(_ text: String) -> Bool {
        text.utf8.count == 16 && [UInt8](hex: text) != nil && text == text.lowercased()
    }
}
