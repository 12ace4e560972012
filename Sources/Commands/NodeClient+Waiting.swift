import NIOHTTP1
import Primitives

extension NodeClient {
    /// How long a node is waited for that says that it can answer later, in seconds.
    static let waitSeconds: UInt64 = 60

    /// Seconds until a node that said that it can answer later is asked again.
    static func pause(after answer: Answer) -> UInt64 { min(max(answer.retryAfter ?? 1, 1), 5) }

    /// The answer at a public path; asked again for a minute where the node says that it can answer
    /// later.
    ///
    /// - Parameter expected: statuses besides 200 that the caller knows what to do with.
    /// - Throws: ``CommandFailure`` for any other one.
    func awaited(_ path: String, expecting expected: Set<UInt> = []) async throws -> Answer {
        var waited: UInt64 = 0
        while true {
            let answer = try await send(.GET, publicURL + path)
            if answer.status == 200 || expected.contains(answer.status) { return answer }
            let pause = NodeClient.pause(after: answer)
            guard answer.status == 503, waited + pause <= NodeClient.waitSeconds
            else { throw failure(answer, path) }
            waited += pause
            try await Task.sleep(for: .seconds(pause))
        }
    }
}

extension NodeClient {
    /// What became of a transaction.
    enum TransactionEnd {
        case final, refused
        /// The node has not heard of it, or has forgotten it.
        case unknown
    }

    /// What became of a transaction; one that is not final yet is waited for.
    ///
    /// - Throws: ``CommandFailure`` where it is not final within a minute.
    func end(of transaction: Digest) async throws -> TransactionEnd {
        let path = "/v1/transactions/\(transaction)"
        for _ in 0..<(10 * NodeClient.waitSeconds) {
            guard let bytes = try await find(path) else { return .unknown }
            switch try NodeClient.json(bytes, path).text("status") {
            case "pending": try await Task.sleep(for: .milliseconds(100))
            case "refused": return .refused
            default: return .final
            }
        }
        throw CommandFailure.failed("an earlier submission is not final yet: \(transaction)")
    }
}

/// Does some work for each of some items, a few at once, and ends at the first failure.
func forEachAtOnce<Items: Sequence & Sendable>(
    _ items: Items, atMost width: Int = 8,
    _ body: @Sendable @escaping (Items.Element) async throws -> Void
) async throws where Items.Element: Sendable {
    try await withThrowingTaskGroup(of: Void.self) { group in
        var running = 0
        for item in items {
            if running == width {
                try await group.next()
                running -= 1
            }
            group.addTask { try await body(item) }
            running += 1
        }
        try await group.waitForAll()
    }
}
