import API
import Foundation
import Primitives
import Testing
import Webhooks

@Suite struct WebhookFileTests {
    private let files: WebhookFiles
    private let directory: Directory

    init() throws {
        directory = try Directory()
        files = WebhookFiles(data: directory.path)
    }

    @Test func `targets come back as they were written`() throws {
        #expect(try files.loadTargets().isEmpty)
        let all = WebhookTarget(
            id: "00000000000000aa", url: try #require(WebhookURL("https://example.org/a?b=c")),
            filter: EventFilter(
                kinds: [.mint, .trade], account: AccountID(7), device: DeviceID(9)),
            after: .event(LogIndex(3), number: 1), allowsPrivate: true, resumed: 2)
        let plain = WebhookTarget(
            id: "00000000000000ab", url: try #require(WebhookURL("http://example.org")),
            filter: EventFilter(), after: nil, allowsPrivate: false)
        try files.write([all, plain])
        #expect(try files.loadTargets() == [all, plain])
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"webhooks":{}}"#, #"{"webhooks":[1]}"#, #"{"webhooks":[],"x":1}"#,
        #"{"webhooks":[{"id":"zz","url":"https://a.b","allowPrivate":false,"resumed":0}]}"#,
        #"{"webhooks":[{"id":"00000000000000aa","url":"ftp://a","allowPrivate":false,"#
            + #""resumed":0}]}"#,
        #"{"webhooks":[{"id":"00000000000000aa","url":"https://a.b","allowPrivate":0,"#
            + #""resumed":0}]}"#,
        #"{"webhooks":[{"id":"00000000000000aa","url":"https://a.b","resumed":0}]}"#,
        #"{"webhooks":[{"id":"00000000000000aa","url":"https://a.b","allowPrivate":false,"#
            + #""resumed":0,"kinds":["burn"]}]}"#,
        #"{"webhooks":[{"id":"00000000000000aa","url":"https://a.b","allowPrivate":false,"#
            + #""resumed":0,"account":"D1"}]}"#,
        #"{"webhooks":[{"id":"00000000000000aa","url":"https://a.b","allowPrivate":false,"#
            + #""resumed":0,"after":"12"}]}"#,
        #"{"webhooks":[{"id":"00000000000000aa","url":"https://a.b","allowPrivate":false,"#
            + #""resumed":0,"secret":"x"}]}"#,
    ])
    func `a file that is damaged is not guessed at`(text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: files.targets))
        #expect(throws: WebhookFiles.DamagedFile.self) { try files.loadTargets() }
    }

    @Test(arguments: ["", "{}", #"{"place":"12"}"#, "null"])
    func `a place that is damaged is not guessed at`(text: String) throws {
        let folder = directory.path + "/webhooks"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/00000000000000aa.json"))
        #expect(throws: WebhookFiles.DamagedFile.self) { try files.loadState("00000000000000aa") }
        #expect(try files.loadState("00000000000000ab") == nil)
    }

    @Test func `a state comes back as it was written`() throws {
        var state = WebhookState()
        #expect(WebhookState(state.json) == state)
        state.place = .block(Height(3))
        state.failures = 4
        state.failingSince = 5
        state.lastFailure = "it answered 500"
        state.givenUpBecause = "x"
        state.lastSuccess = 1
        state.resumed = 1
        #expect(WebhookState(state.json) == state)
    }
}

/// A directory that goes with the value.
final class Directory: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "drec-webhooks-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
