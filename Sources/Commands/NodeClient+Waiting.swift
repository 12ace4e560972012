import NIOHTTP1
import Primitives

extension NodeClient {
    /// How long a node is waited for that says that it can answer later, in seconds.
    private static let waitSeconds: UInt64 = 60

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
            let pause = min(max(answer.retryAfter ?? 1, 1), 5)
            guard answer.status == 503 || answer.status == 429,
                waited + pause <= NodeClient.waitSeconds
            else { throw failure(answer, path) }
            waited += pause
            try await Task.sleep(for: .seconds(pause))
        }
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
