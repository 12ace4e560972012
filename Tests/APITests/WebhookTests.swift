import API
import Foundation
import Gateway
import Ledger
import Logging
import Primitives
import Synchronization
import Testing
import Webhooks

/// A target that answers by a script, then takes all.
private final class ScriptedTarget: WebhookSender {
    private struct State {
        var script: [Result<Int, GatewayError>]
        var posts: [WebhookPost] = []
    }

    private let state: Mutex<State>
    private let heard: AsyncStream<Int>.Continuation
    /// The number of posts so far, after each one.
    let counts: AsyncStream<Int>

    init(_ script: [Result<Int, GatewayError>] = []) {
        state = Mutex(State(script: script))
        (counts, heard) = AsyncStream<Int>.makeStream()
    }

    var posts: [WebhookPost] { state.withLock { $0.posts } }

    func send(_ post: WebhookPost) async throws -> Int {
        let (answer, count) = state.withLock { state in
            state.posts.append(post)
            let answer = state.script.isEmpty ? .success(204) : state.script.removeFirst()
            return (answer, state.posts.count)
        }
        heard.yield(count)
        return try answer.get()
    }

    func close() async {}
}

/// What a node tells its operator's targets, from a chain of two blocks with three entries.
@Suite struct WebhookTests {
    private let directory: Directory
    private let files: WebhookFiles
    private let key = SigningKey.sample

    init() throws {
        directory = try Directory()
        files = WebhookFiles(data: directory.path)
    }

    private static let id = "00000000000000aa"
    private static let network = SampleRecords.digest(0xee)
    private static let all = ["E0.0", "B1", "E1.0", "E2.0", "B2"]

    private func target(
        after: EventPlace? = .block(Height(0)), resumed: UInt64 = 0,
        _ filter: EventFilter = EventFilter()
    ) throws -> WebhookTarget {
        WebhookTarget(
            id: WebhookTests.id, url: try #require(WebhookURL("https://example.org/")),
            filter: filter, after: after, allowsPrivate: false, resumed: resumed)
    }

    /// Runs the service until the operator's view of the only target is as wanted.
    ///
    /// - Returns: how long it slept between attempts, in milliseconds.
    @discardableResult
    private func run(
        _ sender: ScriptedTarget, limits: WebhookLimits = WebhookLimits(),
        until isDone: @escaping @Sendable (OperationStatus.Webhook) -> Bool
    ) async throws -> [UInt64] {
        let slept = SleepList()
        let (views, view) = AsyncStream<[OperationStatus.Webhook]>.makeStream()
        let key = key
        let service = WebhookService(
            feed: EventFeed(gateway: SampleGateway()), network: WebhookTests.network,
            files: files, limits: limits,
            environment: WebhookEnvironment(
                time: { 1_700_000_000_000 + slept.total },
                sleep: {
                    slept.add($0)
                    try Task.checkCancellation()
                }, sender: { _ in sender }),
            loadKey: { _ in key }, report: { view.yield($0) }, logger: Logger(label: "test"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            for await shown in views {
                if let first = shown.first, isDone(first) { break }
            }
            group.cancelAll()
            try await group.waitForAll()
        }
        return slept.all
    }

    private func places(_ sender: ScriptedTarget) -> [String] {
        sender.posts.map { $0.id.components(separatedBy: "_").last ?? "" }
    }

    @Test func `all events come in order, each signed, and the place is kept`() async throws {
        try files.write([try target()])
        let sender = ScriptedTarget()
        try await run(sender) { $0.place == "B2" }
        #expect(places(sender) == WebhookTests.all)
        for post in sender.posts {
            #expect(post.id.hasPrefix("drec_\(WebhookTests.network.hex.prefix(16))_"))
            let payload = try #require(
                CanonicalJSON(parsing: post.payload, limit: 10_000).object)
            #expect(payload["type"]?.string?.hasPrefix("drec.") == true)
            #expect(payload["data"]?.object?["kind"] != nil)
            let encoded = try #require(post.signature.split(separator: ",").last)
            #expect(post.signature.hasPrefix("v1a,"))
            let bytes = try #require(Data(base64Encoded: String(encoded)))
            let signature = try #require(Signature(bytes: Array(bytes)))
            let text =
                "\(post.id).\(post.timestamp)."
                + String(decoding: post.payload, as: UTF8.self)
            #expect(key.publicKey.verifies(signature, note: text))
            #expect(!key.publicKey.verifies(signature, note: text + " "))
        }
        #expect(try files.loadState(WebhookTests.id)?.place == .block(Height(2)))
    }

    @Test func `a target that asked for some hears of those`() async throws {
        try files.write([try target(EventFilter(kinds: [.trade], account: AccountID(3)))])
        let sender = ScriptedTarget()
        try await run(sender) { $0.place == "E2.0" }
        #expect(places(sender) == ["E1.0", "E2.0"])
    }

    @Test
    func `what is not taken is sent again after ever longer pauses, and nothing overtakes it`()
        async throws
    {
        try files.write([try target()])
        let sender = ScriptedTarget([
            .success(200), .success(500), .failure(.unavailable("no connection")), .success(302),
            .success(404),
        ])
        let pauses = try await run(sender) { $0.place == "B2" }
        #expect(places(sender) == ["E0.0", "B1", "B1", "B1", "B1", "B1", "E1.0", "E2.0", "B2"])
        #expect(pauses == [5_000, 20_000, 80_000, 320_000])
        // A repeat is told by its id, and is signed anew.
        #expect(Set(sender.posts.map(\.id)).count == 5)
        #expect(Set(sender.posts.map(\.signature)).count == 9)
    }

    @Test func `a node that starts again goes on where it was`() async throws {
        try files.write([try target()])
        try await run(ScriptedTarget()) { $0.place == "E1.0" }
        let kept = try #require(try files.loadState(WebhookTests.id)?.place)
        let sender = ScriptedTarget()
        // It may have gone further before it was stopped.
        if kept != .block(Height(2)) { try await run(sender) { $0.place == "B2" } }
        let begin = try #require(WebhookTests.all.firstIndex(of: kept.text))
        #expect(places(sender) == Array(WebhookTests.all[(begin + 1)...]))
    }

    @Test func `without a place a target begins with what comes next`() async throws {
        try files.write([try target(after: nil)])
        let sender = ScriptedTarget()
        try await run(sender) { $0.place == "B2" }
        #expect(sender.posts.isEmpty)
    }

    @Test func `a target that fails for days is given up, and goes on when it is told to`()
        async throws
    {
        try files.write([try target()])
        let sender = ScriptedTarget(
            Array(repeating: .success(503), count: 1_000))
        let pauses = try await run(sender) { $0.givenUpBecause != nil }
        let limits = WebhookLimits()
        #expect(pauses.reduce(0, +) >= limits.failingMilliseconds)
        #expect(sender.posts.count >= Int(limits.failures) && sender.posts.count < 100)
        #expect(pauses.allSatisfy { $0 <= limits.longestPauseMilliseconds })
        let state = try #require(try files.loadState(WebhookTests.id))
        #expect(state.givenUpBecause == "it answered 503" && state.place == .block(Height(0)))
        let silent = ScriptedTarget()
        try await run(silent) { $0.givenUpBecause != nil }
        #expect(silent.posts.isEmpty)
        try files.write([try target(resumed: state.resumed + 1)])
        let well = ScriptedTarget()
        try await run(well) { $0.place == "B2" }
        #expect(places(well) == WebhookTests.all)
    }

    @Test func `a target that is gone for good is given up at once`() async throws {
        try files.write([try target()])
        let sender = ScriptedTarget([.success(410)])
        let pauses = try await run(sender) { $0.givenUpBecause != nil }
        #expect(sender.posts.count == 1 && pauses.isEmpty)
    }

    @Test func `a place that cannot be read stops the target and says so`() async throws {
        try files.write([try target()])
        let folder = directory.path + "/webhooks"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data("x".utf8).write(
            to: URL(fileURLWithPath: folder + "/\(WebhookTests.id).json"))
        let sender = ScriptedTarget()
        try await run(sender) { $0.lastFailure?.contains("cannot be read") == true }
        #expect(sender.posts.isEmpty)
    }
}

/// How long something slept.
private final class SleepList: Sendable {
    private let list = Mutex<[UInt64]>([])
    func add(_ milliseconds: UInt64) { list.withLock { $0.append(milliseconds) } }
    var all: [UInt64] { list.withLock { $0 } }
    var total: UInt64 { list.withLock { $0.reduce(0, +) } }
}
