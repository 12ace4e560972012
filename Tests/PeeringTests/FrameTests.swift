import Foundation
import NIOCore
import Peering
import Primitives
import Testing

@Suite struct FrameTests {
    static let hello = MachineUnderTest.hello(7)
    static let all: [Frame] = [
        .hello(hello), .message(Data()), .message(Data([1])),
        .message(Data(repeating: 2, count: 300)), .heartbeat, .goodbye(.full),
    ]

    static func bytes(_ frames: [Frame]) -> [UInt8] {
        var buffer = ByteBuffer()
        for frame in frames { frame.append(to: &buffer) }
        return Array(buffer.readableBytesView)
    }

    static func parse(
        _ bytes: [UInt8], pieces: Int, limit: Int? = 300
    ) throws(LinkEnd) -> [Frame] {
        var parser = FrameParser(limitAfterHello: nil)
        if let limit { parser.open(limit: limit) }
        var frames: [Frame] = []
        var start = 0
        while start < bytes.count {
            let end = min(start + pieces, bytes.count)
            parser.append(ByteBuffer(bytes: bytes[start..<end]))
            while let frame = try parser.next() { frames.append(frame) }
            start = end
        }
        return frames
    }

    @Test(
        "frames come out as they went in, however they are cut", arguments: [1, 2, 5, 7, 64, 9_999])
    func roundTrip(pieces: Int) throws {
        let frames = Self.all + Self.all.dropFirst()
        #expect(try Self.parse(Self.bytes(frames), pieces: pieces) == frames)
    }

    @Test("an encoding is what it always was")
    func golden() {
        #expect(Self.bytes([.message(Data([0xAB, 0xCD]))]).hex == "0000000200abcd")
        #expect(Self.bytes([.heartbeat]).hex == "0000000003")
        #expect(Self.bytes([.goodbye(.otherNetwork)]).hex == "000000010201")
        let hello = Frame.hello(Hello(network: .zero, instance: Instance(high: 1, low: 2)))
        let zeros = String(repeating: "0", count: 64)
        #expect(
            Self.bytes([hello]).hex == "0000003001" + zeros + "00000000000000010000000000000002")
        #expect(Goodbye.allCases.map(\.rawValue) == Array(1...11))
    }

    @Test(
        "what is not a frame is refused",
        arguments: [
            ("00000000ff", "kind 255"), ("0000000004", "kind 4"),
            ("0000000002", "goodbye of 0 bytes"),
            ("00000001020c", "goodbye for no known reason"),
            ("000000010200", "goodbye for no known reason"),
            ("0000000203", "heartbeat of 2 bytes"), ("ffffffff03", "heartbeat of 4294967295 bytes"),
            ("0000002f01", "hello of 47 bytes"), ("0000003101", "hello of 49 bytes"),
        ])
    func malformed(hex: String, why: String) throws {
        let bytes = try #require([UInt8](hex: hex))
        #expect(throws: LinkEnd.malformed(why)) { try Self.parse(bytes, pieces: 3) }
    }

    @Test(
        "a message of the limit passes, longer ones are refused by the header alone",
        arguments: [(301, 300), (4_294_967_295, 300), (1, 0), (16_777_217, 16_777_216)])
    func oversized(length: Int, limit: Int) throws {
        var header = ByteBuffer()
        header.writeInteger(UInt32(length))
        header.writeInteger(UInt8(0))
        var parser = FrameParser(limitAfterHello: nil)
        parser.open(limit: limit)
        parser.append(header)
        #expect(throws: LinkEnd.oversized(length: length, limit: limit)) { try parser.next() }
        let fitting = Self.bytes([.message(Data(repeating: 1, count: min(limit, 300)))])
        #expect(try Self.parse(fitting, pieces: 100, limit: limit).count == 1)
    }

    @Test("before the greeting there are no messages, and there is one greeting")
    func order() throws {
        #expect(throws: LinkEnd.malformed("a message before the greeting")) {
            try Self.parse(Self.bytes([.message(Data())]), pieces: 9, limit: nil)
        }
        #expect(throws: LinkEnd.malformed("a second hello")) {
            try Self.parse(Self.bytes([.hello(Self.hello), .hello(Self.hello)]), pieces: 9)
        }
        var parser = FrameParser(limitAfterHello: 10)
        parser.append(ByteBuffer(bytes: Self.bytes([.hello(Self.hello), .message(Data([1]))])))
        #expect(try parser.next() == .hello(Self.hello))
        #expect(try parser.next() == .message(Data([1])))
        #expect(!parser.isInsideFrame)
    }

    @Test("random bytes never do more than end the stream")
    func random() {
        var generator = SystemRandomNumberGenerator()
        var ended = 0
        for _ in 0..<2_000 {
            let bytes = (0..<64).map { _ in UInt8.random(in: 0...255, using: &generator) }
            do {
                _ = try Self.parse(bytes, pieces: 11)
            } catch {
                ended += 1
            }
        }
        // All but those that begin with a valid header, about one in 2³⁰.
        #expect(ended > 1_990)
    }
}

@Suite struct OutgoingQueueTests {
    private func queue(_ change: (inout PeeringLimits) -> Void) -> OutgoingQueue {
        var limits = PeeringLimits()
        change(&limits)
        return OutgoingQueue(limits)
    }

    private func message(_ number: UInt8, _ count: Int = 1) -> Data {
        Data(repeating: number, count: count)
    }

    private func drain(_ queue: inout OutgoingQueue) throws -> [Frame] {
        var frames: [Frame] = []
        while let (bytes, _) = queue.takeBatch() {
            frames += try FrameTests.parse(
                Array(bytes.readableBytesView), pieces: 999, limit: 1 << 20)
        }
        return frames
    }

    @Test("votes go first, each lane in order")
    func order() throws {
        var queue = queue { _ in }
        for number in UInt8(0)..<4 {
            #expect(queue.put(message(number), .bulk) == .queued)
            #expect(queue.put(message(number + 10), .votes) == .queued)
        }
        queue.putHeartbeat()
        #expect(
            try drain(&queue) == [10, 11, 12, 13, 0, 1, 2, 3].map { .message(message($0)) })
        #expect(queue.isEmpty && queue.voteBytes == 0 && queue.bulkBytes == 0)
    }

    @Test("a heartbeat is sent where there is nothing else, and once")
    func heartbeat() throws {
        var queue = queue { _ in }
        queue.putHeartbeat()
        queue.putHeartbeat()
        #expect(try drain(&queue) == [.heartbeat])
    }

    @Test("the oldest votes give way, by number and by bytes")
    func votesGiveWay() throws {
        var few = queue { $0.queuedVotes = 2 }
        #expect(few.put(message(1), .votes) == .queued)
        #expect(few.put(message(2), .votes) == .queued)
        #expect(few.put(message(3), .votes) == .droppedVotes(1))
        #expect(try drain(&few) == [.message(message(2)), .message(message(3))])
        var small = queue { $0.queuedVoteBytes = 10 }
        #expect(small.put(message(1, 4), .votes) == .queued)
        #expect(small.put(message(2, 4), .votes) == .queued)
        #expect(small.put(message(3, 10), .votes) == .droppedVotes(2))
        #expect(small.voteBytes == 10)
    }

    @Test("the other lane overflows, by number and by bytes, and keeps what it has")
    func bulkOverflows() throws {
        var few = queue { $0.queuedBulk = 2 }
        #expect(few.put(message(1), .bulk) == .queued)
        #expect(few.put(message(2), .bulk) == .queued)
        #expect(few.put(message(3), .bulk) == .overflowed)
        #expect(few.put(message(9), .votes) == .queued)
        #expect(try drain(&few).count == 3)
        var small = queue { $0.queuedBulkBytes = 10 }
        #expect(small.put(message(1, 10), .bulk) == .queued)
        #expect(small.put(message(2, 1), .bulk) == .overflowed)
        #expect(small.put(message(2, 0), .bulk) == .queued)
    }

    @Test("a batch is bounded, but one long message is one batch")
    func batches() throws {
        var queue = queue { $0.batchBytes = 100 }
        for _ in 0..<3 { _ = queue.put(message(1, 60), .bulk) }
        _ = queue.put(message(2, 500), .bulk)
        let sizes = (0..<4).compactMap { _ in queue.takeBatch()?.frames.readableBytes }
        #expect(sizes == [65, 65, 65, 505])
        #expect(queue.takeBatch() == nil)
    }
}
