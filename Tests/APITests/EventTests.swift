import API
import Foundation
import Gateway
import HTTPTypes
import Ledger
import Primitives
import SwiftProtobuf
import Synchronization
import Testing
import Wire

/// Events of final blocks, as a listener hears them from a node that stops after its second block.
@Suite struct EventTests {
    private static let header = "Last-Event-ID"

    private func hear(
        _ query: String, id: String? = nil, gateway: SampleGateway = SampleGateway()
    ) async throws -> Seen {
        var headers = HTTPFields()
        if let id { headers[try #require(HTTPField.Name(EventTests.header))] = id }
        return try await ask("/v1/events" + query, gateway: gateway, headers: headers)
    }

    /// Behind the place in an id of the sample network's stream.
    private static let network = "@" + String(repeating: "e", count: 16)

    /// The places of the events that have data, in their order.
    private func ids(_ seen: Seen) -> [String] {
        seen.text.components(separatedBy: "\n\n").filter { $0.contains("\ndata: ") }
            .compactMap { frame in
                frame.split(separator: "\n").first { $0.hasPrefix("id: ") }
                    .map { String($0.dropFirst(4)) }
            }
            .map { id in
                #expect(id.hasSuffix(EventTests.network))
                return String(id.dropLast(EventTests.network.count))
            }
    }

    @Test func `a stream is never kept and never collected`() async throws {
        let seen = try await hear("?after=B0")
        #expect(seen.status == 200)
        #expect(seen.headers[.contentType] == "text/event-stream")
        #expect(seen.headers[.cacheControl] == "no-store")
        #expect(seen.headers[.accessControlAllowOrigin] == "*")
        #expect(try seen.header("X-Accel-Buffering") == "no")
        #expect(try await ask("/v1/events", .head).bytes.isEmpty)
    }

    @Test(
        arguments: [
            ("?after=B0", nil, ["E0.0", "B1", "E1.0", "E2.0", "B2"]),
            ("?after=B1", nil, ["E1.0", "E2.0", "B2"]), ("?after=B2", nil, []), ("", nil, []),
            ("?after=E0.0", nil, ["B1", "E1.0", "E2.0", "B2"]),
            ("?after=E0", nil, ["B1", "E1.0", "E2.0", "B2"]),
            ("?after=E1.0", nil, ["E2.0", "B2"]), ("?after=E1.7", nil, ["E2.0", "B2"]),
            ("?after=E2.0", nil, ["B2"]),
            // Of two places the header is the newer one.
            ("?after=B0", "E1.0", ["E2.0", "B2"]), ("", "B1", ["E1.0", "E2.0", "B2"]),
            ("?after=B1", "", ["E1.0", "E2.0", "B2"]),
            ("?after=B1" + EventTests.network, nil, ["E1.0", "E2.0", "B2"]),
            ("?after=B0", "E1.0" + EventTests.network, ["E2.0", "B2"]),
            // What this node does not have yet is waited for.
            ("?after=B9", nil, []), ("?after=E99.0", nil, []),
            ("?after=B18446744073709551615", nil, []), ("?after=E18446744073709551615", nil, []),
        ] as [(String, String?, [String])])
    func `a listener goes on where it was`(
        query: String, id: String?, expected: [String]
    ) async throws {
        let seen = try await hear(query, id: id)
        #expect(seen.status == 200)
        #expect(ids(seen) == expected)
    }

    @Test(arguments: [
        ("?after=0", "after"), ("?after=12", "after"), ("?after=", "after"), ("?after=B", "after"),
        ("?after=B-1", "after"), ("?after=b1", "after"), ("?after=B01", "after"),
        ("?after=E", "after"), ("?after=E1.", "after"), ("?after=E.1", "after"),
        ("?after=E1.x", "after"), ("?after=E1.2.3", "after"), ("?after=E1%2C2", "after"),
        ("?after=B99999999999999999999", "after"), ("?after=%0AB1", "after"),
        ("?after=B1@", "after"), ("?after=B1@eeee", "after"), ("?after=@eeeeeeeeeeeeeeee", "after"),
        ("?after=B1@EEEEEEEEEEEEEEEE", "after"), ("?after=B1@gggggggggggggggg", "after"),
        ("?after=B1@eeeeeeeeeeeeeeee@", "after"),
        ("?kind=", "kind"), ("?kind=Mint", "kind"), ("?kind=mint,", "kind"),
        ("?kind=mint,mint", "kind"), ("?kind=mint,burn", "kind"), ("?account=17", "account"),
        ("?account=D1", "account"), ("?device=A1", "device"), ("?device=", "device"),
        ("?after=B1&after=B2", "after"), ("?since=B1", "since"), ("?limit=3", "limit"),
    ])
    func `an address that cannot be read is refused`(query: String, name: String) async throws {
        let seen = try await hear(query)
        #expect(seen.status == 400)
        let errors = try #require(try seen.members()["errors"]?.array)
        #expect(errors.first?.object?["parameter"] == .string(name))
    }

    @Test(arguments: [
        ("?after=B1@eeeeeeeeeeeeeeef", nil, "after"), ("?after=E9@0000000000000000", nil, "after"),
        ("?after=B1@eeeeeeeeeeeeeeef", "B1@eeeeeeeeeeeeeeee", "after"),
        ("", "B1@eeeeeeeeeeeeeeef", EventTests.header),
        ("?after=B0@eeeeeeeeeeeeeeee", "E2.0@1111111111111111", EventTests.header),
    ])
    func `an id of another network is refused, not gone on from`(
        query: String, id: String?, name: String
    ) async throws {
        let seen = try await hear(query, id: id)
        #expect(seen.status == 400)
        let members = try seen.members()
        #expect(members["code"] == "otherNetwork")
        #expect(members["errors"]?.array?.first?.object?["parameter"] == .string(name))
    }

    @Test(arguments: ["1", "x", "B", "E1.1.1", "B1\u{e9}", "B1@", "B1@eeee"])
    func `a foreign id is refused and named`(id: String) async throws {
        let seen = try await hear("", id: id)
        #expect(seen.status == 400)
        let errors = try #require(try seen.members()["errors"]?.array)
        #expect(errors.first?.object?["parameter"] == .string(EventTests.header))
    }

    @Test(arguments: [
        ("kind=trade", ["E0.0", "E1.0", "E2.0"]), ("kind=block", ["B1", "B2"]),
        ("kind=mint,redemption", []), ("account=A2", ["E0.0"]), ("account=A3", ["E1.0", "E2.0"]),
        ("account=A3&kind=block,trade", ["B1", "E1.0", "E2.0", "B2"]), ("account=A4", []),
        ("device=D1", []), ("account=A2&device=D1", []),
    ])
    func `a listener hears what it asked for`(query: String, expected: [String]) async throws {
        let seen = try await hear("?after=B0&" + query)
        #expect(seen.status == 200)
        #expect(ids(seen) == expected)
    }

    @Test(
        arguments: [
            nil, "B0", "B1", "B2", "B9", "E0.0", "E0", "E1.0", "E1", "E2.0", "E9.7", "E9",
            "E18446744073709551615.18446744073709551615",
        ] as [String?], ["", "?kind=trade", "?kind=block", "?kind=mint"])
    func `whoever is cut off after any frame hears the rest and nothing twice`(
        id: String?, query: String
    ) async throws {
        let frames = try await hear(query, id: id).text.components(separatedBy: "\n\n")
        let expected = try await ids(hear(query, id: id))
        for count in 0..<frames.count {
            let some = frames.prefix(count)
            // As a browser keeps it.
            let last = some.flatMap { $0.split(separator: "\n") }.last { $0.hasPrefix("id: ") }
            let place = last.map { String($0.dropFirst(4)) } ?? id
            let rest = try await ids(hear(query, id: place))
            let heard = some.filter { $0.contains("\ndata: ") }.count
            #expect(Array(expected.dropFirst(heard)) == rest, "after \(count): \(place ?? "")")
            if id == "E9.7", count > 0 { #expect(place == "E9.7" + EventTests.network) }
        }
    }

    @Test func `whoever hears nothing knows where to go on all the same`() async throws {
        let seen = try await hear("?kind=mint")
        #expect(seen.text.contains("id: B2\(EventTests.network)\n\n"))
        #expect(!seen.text.contains("data:"))
    }

    @Test func `an event has the terms of its transaction, and a block those of the block`()
        async throws
    {
        let lines = try await hear("?after=B1&kind=trade,block").text.split(separator: "\n")
        let data = try lines.filter { $0.hasPrefix("data: ") }.map {
            try #require(
                CanonicalJSON(parsing: Array($0.dropFirst(6).utf8), limit: 10_000).object)
        }
        #expect(lines.contains("event: trade") && lines.contains("event: block"))
        let entry = try await ask("/v1/entries/1").members()
        #expect(data.first?["event"] == entry["events"]?.array?.first)
        #expect(data.first?["transaction"] == entry["id"])
        #expect(data.first?["block"] == 2 && data.first?["entry"] == 1)
        let block = try await ask("/v1/blocks/2").members()
        for name in ["hash", "time", "firstEntry", "transactionCount", "logSize", "logRoot"] {
            #expect(data.last?[name] == block[name])
        }
    }

    @Test func `a device hears of itself in registrations, changes and reads`() async throws {
        var registered = ProtoEvent()
        registered.devicesRegistered.first = 5
        registered.devicesRegistered.count = 3
        var endless = ProtoEvent()
        endless.devicesRegistered.first = .max
        endless.devicesRegistered.count = 9
        var changed = ProtoEvent()
        changed.deviceChanged.device = 6
        var minted = ProtoEvent()
        minted.energyPlaced.placementsCount = 1
        var gateway = SampleGateway()
        gateway.events = [registered, endless, changed, minted]
        var envelope = ProtoSignedTransaction()
        envelope.reads.device = [7, 7, 8]
        gateway.bytes = Array(try envelope.serializedBytes() as Data)
        gateway.change = { $0.readsCount = 3 }
        let expected = [
            "D5": ["E0.0"], "D6": ["E0.0", "E0.2"], "D7": ["E0.0", "E0.3"], "D8": ["E0.3"],
            "D9": [],
        ]
        for (device, events) in expected {
            let seen = try await hear("?after=B0&device=\(device)", gateway: gateway)
            #expect(ids(seen).filter { $0.hasPrefix("E0") } == events, "\(device)")
        }
    }

    @Test(arguments: ["?after=B0", "?after=E0.0", "?after=E0"])
    func `what a node does not hold is told, not left out`(query: String) async throws {
        var gateway = SampleGateway()
        let header = ProtoHeader.with {
            $0.version = 1
            $0.height = 1
            $0.logSize = 1
        }
        let base: FinalHeader = try #require(
            FinalHeader(decoding: header.canonicalBytes, finalization: .init()))
        gateway.base = base
        let seen = try await hear(query, gateway: gateway)
        #expect(seen.status == 404)
        #expect(try seen.members()["code"] == "notHeld")
        #expect(ids(try await hear("?after=B1", gateway: gateway)) == ["E1.0", "E2.0", "B2"])
    }
}

/// Many listeners at once.
@Suite struct EventFeedTests {
    private final class Questions: Sendable {
        let heights = Mutex<[Height]>([])
        func add(_ height: Height) { heights.withLock { $0.append(height) } }
        var count: Int { heights.withLock { $0.count } }
    }

    private func feed(
        _ change: (inout EventLimits) -> Void,
        _ question: @escaping @Sendable (Height) async throws -> Void
    ) -> EventFeed {
        var limits = EventLimits()
        change(&limits)
        var gateway = SampleGateway()
        gateway.blockQuestion = question
        return EventFeed(gateway: gateway, limits: limits)
    }

    @Test func `a block is read once for all listeners`() async throws {
        let questions = Questions()
        let feed = feed { _ in
        } _: {
            questions.add($0)
            await Task.yield()
        }
        try await withThrowingTaskGroup(of: Int?.self) { group in
            for number in 0..<200 {
                group.addTask {
                    try await feed.block(Height(UInt64(1 + number % 2)))?.events.count
                }
            }
            for try await count in group { #expect(count == 2 || count == 3) }
        }
        #expect(questions.count == 2)
    }

    @Test func `a block that cannot be read is asked for again`() async throws {
        let questions = Questions()
        let feed = feed {
            $0.loads = 1
        } _: {
            questions.add($0)
            if questions.count <= 3 { throw GatewayError.busy }
        }
        let failures = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<10 { group.addTask { (try? await feed.block(Height(1))) == nil } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(failures == 3)
        #expect(try await feed.block(Height(9)) == nil)
    }

    @Test func `ready blocks have a limit, and the latest one stays`() async throws {
        let questions = Questions()
        let feed = feed {
            $0.readyBytes = 1
        } _: {
            questions.add($0)
        }
        for height: UInt64 in [1, 2, 2, 1, 1] { _ = try await feed.block(Height(height)) }
        #expect(questions.heights.withLock { $0 } == [1, 2, 1].map { Height($0) })
    }

    @Test func `one listener too many is told to come back`() async throws {
        var limits = EventLimits()
        limits.listeners = 0
        let full = EventFeed(gateway: SampleGateway(), limits: limits)
        let seen = try await ask("/v1/events", events: full)
        #expect(seen.status == 503)
        #expect(try seen.members()["code"] == "tooManyListeners")
        #expect(seen.headers[.retryAfter] == "10")
        // A bad address is told first.
        #expect(try await ask("/v1/events?kind=x", events: full).status == 400)
    }

    @Test func `whoever goes leaves the place to others, also who only looked`() async throws {
        var limits = EventLimits()
        limits.listeners = 1
        let feed = EventFeed(gateway: SampleGateway(), limits: limits)
        for _ in 0..<3 {
            #expect(try await ask("/v1/events", .head, events: feed).status == 200)
            #expect(try await ask("/v1/events?after=B0", events: feed).status == 200)
        }
        #expect(feed.listenerCount == 0)
    }
}
