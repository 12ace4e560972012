import Gateway
import Synchronization

/// Bounds the questions that wait for the store at once; what finds no room is told so.
final class ReadGate: Sendable {
    private let limit: Int
    private let inside = Mutex(0)

    init(limit: Int) { self.limit = limit }

    /// Runs a question, unless too many wait already.
    ///
    /// - Throws: ``GatewayError/busy``; what the question throws.
    func pass<Result>(_ question: () async throws -> Result) async throws -> Result {
        let isOpen = inside.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
        guard isOpen else { throw GatewayError.busy }
        defer { inside.withLock { $0 -= 1 } }
        return try await question()
    }
}
