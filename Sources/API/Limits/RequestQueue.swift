import NIOCore
import NIOHTTPTypes

/// Requests that came on a connection before the one ahead of them was answered.
///
/// One request at a time is in work, and the next one begins when its answer has been given to the
/// connection and that has room: otherwise a client that asks a hundred things and reads nothing
/// would have a hundred answers made and kept.
final class RequestQueue {
    private var parts = CircularBuffer<HTTPRequestPart>()
    private var isReadingHeld = false
    private var isClosingHeld = false

    var isEmpty: Bool { parts.isEmpty }
    var count: Int { parts.count }

    /// Whether a part has to wait; it is kept then.
    ///
    /// - Parameters:
    ///   - isAnswering: a request before it is in work.
    ///   - isOpen: the connection has room for an answer.
    func holds(
        _ part: HTTPRequestPart, whileAnswering isAnswering: Bool, isOpen: Bool
    ) -> Bool {
        if parts.isEmpty {
            guard case .head = part, isAnswering || !isOpen else { return false }
        }
        parts.append(part)
        return true
    }

    /// The parts of the next request that are there; the rest of it passes by the queue.
    func next() -> [HTTPRequestPart] {
        var taken: [HTTPRequestPart] = []
        while let part = parts.popFirst() {
            taken.append(part)
            if case .end = part { break }
        }
        return taken
    }

    /// Nothing more is read while something waits.
    func holdsReading() -> Bool {
        if !parts.isEmpty { isReadingHeld = true }
        return !parts.isEmpty
    }

    func takeReading() -> Bool {
        defer { isReadingHeld = false }
        return isReadingHeld
    }

    /// That the client sends no more is told behind what it sent.
    func holdsClosing() -> Bool {
        if !parts.isEmpty { isClosingHeld = true }
        return !parts.isEmpty
    }

    func takeClosing() -> Bool {
        defer { isClosingHeld = false }
        return isClosingHeld
    }
}
