/// Why a connection ended, or did not come about.
package enum LinkEnd: Error, Hashable, Sendable {
    /// No TCP connection.
    case unreachable(String)
    /// TLS failed: a wrong key, no certificate, another version.
    case handshake(String)
    /// TLS is fine, but the other side speaks another protocol (ALPN).
    case otherProtocol
    /// Not through with its greeting in time.
    case handshakeTimeout
    /// A node of another network.
    case otherNetwork
    /// The other side shows this node's own key.
    case ownKey
    /// As many observers, half-open or equal-host connections as are allowed.
    case full
    /// The peer misbehaved not long ago.
    case banned
    /// The pair has a connection already.
    case duplicate
    /// Another living process uses the same key.
    case copiedKey
    /// A newer connection of the same pair takes over.
    case replaced
    /// The key is on no list any more.
    case removed
    /// Not a byte for too long.
    case silent
    /// A frame that did not come to its end in time.
    case slowFrame
    /// Its queue was full.
    case tooSlow
    /// A frame longer than its kind may be; its contents were not read.
    case oversized(length: Int, limit: Int)
    /// Not a frame, or one out of turn.
    case malformed(String)
    /// Whoever uses the connection complained.
    case misbehaved(String)
    /// The other side said why.
    case farewell(Goodbye)
    /// The other side closed without a word, or the network did.
    case closed(String)
    /// This node stops.
    case stopping

    /// Frozen: for logs, metrics and pages.
    package var code: String {
        switch self {
        case .unreachable: "unreachable"
        case .handshake: "handshake"
        case .otherProtocol: "other_protocol"
        case .handshakeTimeout: "handshake_timeout"
        case .otherNetwork: "other_network"
        case .ownKey: "own_key"
        case .full: "full"
        case .banned: "banned"
        case .duplicate: "duplicate"
        case .copiedKey: "copied_key"
        case .replaced: "replaced"
        case .removed: "removed"
        case .silent: "silent"
        case .slowFrame: "slow_frame"
        case .tooSlow: "too_slow"
        case .oversized: "oversized"
        case .malformed: "malformed"
        case .misbehaved: "misbehaved"
        case .farewell(let goodbye): "peer_said_\(goodbye.name)"
        case .closed: "closed"
        case .stopping: "stopping"
        }
    }

    /// What the other side is told; nil where it cannot be told, or would not understand.
    var goodbye: Goodbye? {
        switch self {
        case .otherNetwork: .otherNetwork
        case .ownKey, .copiedKey: .copiedKey
        case .full: .full
        case .banned: .banned
        case .duplicate: .duplicate
        case .replaced: .replaced
        case .removed: .removed
        case .silent, .slowFrame, .handshakeTimeout: .silent
        case .tooSlow: .tooSlow
        case .oversized, .malformed, .misbehaved: .misbehaved
        case .stopping: .stopping
        case .unreachable, .handshake, .otherProtocol, .farewell, .closed: nil
        }
    }

    /// Whether the other side broke the protocol, which costs it a ban.
    var isOffence: Bool {
        switch self {
        case .oversized, .malformed, .misbehaved: true
        default: false
        }
    }
}

extension LinkEnd: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let text), .handshake(let text), .malformed(let text),
            .misbehaved(let text), .closed(let text):
            text.isEmpty ? code : "\(code): \(text)"
        case .oversized(let length, let limit): "\(code): \(length) bytes, at most \(limit)"
        default: code
        }
    }
}

/// What a side says before it closes; the numbers are frozen.
package enum Goodbye: UInt8, Hashable, Sendable, CaseIterable {
    case otherNetwork = 1
    case duplicate = 2
    case copiedKey = 3
    case full = 4
    case banned = 5
    case stopping = 6
    case misbehaved = 7
    case tooSlow = 8
    case removed = 9
    case replaced = 10
    case silent = 11

    var name: String {
        switch self {
        case .otherNetwork: "other_network"
        case .duplicate: "duplicate"
        case .copiedKey: "copied_key"
        case .full: "full"
        case .banned: "banned"
        case .stopping: "stopping"
        case .misbehaved: "misbehaved"
        case .tooSlow: "too_slow"
        case .removed: "removed"
        case .replaced: "replaced"
        case .silent: "silent"
        }
    }
}
