import Foundation
import Ledger
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

@Suite("Messages encoded by hand")
struct EncodingTests {
    /// Numbers at the borders of varint lengths, and in between.
    private static func numbers(
        _ random: inout SystemRandomNumberGenerator
    ) -> UInt64 {
        let borders: [UInt64] = [0, 0, 1, 127, 128, 16_383, 16_384, 1 << 35, .max >> 1, .max]
        return Bool.random(using: &random)
            ? borders.randomElement(using: &random) ?? 0 : .random(in: 0...(.max), using: &random)
    }

    private static func range(_ random: inout SystemRandomNumberGenerator) -> ProtoRange {
        .with {
            $0.project = numbers(&random)
            $0.vintage = UInt32(truncatingIfNeeded: numbers(&random))
            $0.first = numbers(&random)
            $0.last = numbers(&random)
        }
    }

    private static func lot(_ random: inout SystemRandomNumberGenerator) -> ProtoLotRecord {
        .with {
            if Int.random(in: 0..<8, using: &random) > 0 { $0.range = range(&random) }
            $0.owner = numbers(&random)
            let statuses: [ProtoLotStatus] = [
                .unspecified, .active, .redeemed, .retired, .UNRECOGNIZED(77),
                .UNRECOGNIZED(-1),
            ]
            $0.status = statuses.randomElement(using: &random) ?? .active
            $0.entry = numbers(&random)
        }
    }

    @Test("A receipt has the bytes that the general encoder gives, whatever its events are")
    func receipts() {
        var random = SystemRandomNumberGenerator()
        for round in 0..<2_000 {
            var receipt = ProtoReceipt()
            receipt.logIndex = Self.numbers(&random)
            receipt.height = Self.numbers(&random)
            receipt.time = Self.numbers(&random)
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                var event = ProtoEvent()
                switch Int.random(in: 0...4, using: &random) {
                case 0:
                    event.keyChanged = .with {
                        $0.account = Self.numbers(&random)
                        $0.publicKey = Data(repeating: 7, count: 32)
                    }
                case 1: event.energyPlaced = .with { $0.placementsCount = 3 }
                case 2: break
                default:
                    event.lotsMoved = .with {
                        $0.action = .trade
                        let most = round.isMultiple(of: 50) ? 300 : 3
                        for _ in 0..<Int.random(in: 0...most, using: &random) {
                            $0.consumed.append(Self.lot(&random))
                            $0.created.append(Self.lot(&random))
                        }
                    }
                }
                receipt.events.append(event)
            }
            #expect(receipt.encoded == Array(receipt.canonicalBytes))
        }
    }

    private static func body(
        _ round: Int, _ random: inout SystemRandomNumberGenerator
    ) -> ProtoTransactionBody {
        var body = ProtoTransactionBody()
        body.version = UInt32(truncatingIfNeeded: numbers(&random))
        if Bool.random(using: &random) { body.network = Data(repeating: 1, count: 32) }
        body.account = numbers(&random)
        for number in 0..<Int.random(in: 0...3, using: &random) {
            body.signers.append(
                .with {
                    $0.publicKey = Data(repeating: 5, count: [0, 32, 200][number])
                    $0.nonce = numbers(&random)
                })
        }
        body.notAfter = numbers(&random)
        let channels: [ProtoChannel] = [.unspecified, .api, .UNRECOGNIZED(99)]
        body.channel = channels.randomElement(using: &random) ?? .api
        if Bool.random(using: &random) { body.readsRoot = Data(repeating: 2, count: 32) }
        body.readsCount = UInt32(truncatingIfNeeded: numbers(&random))
        var trade = ProtoTrade()
        let most = round.isMultiple(of: 50) ? 300 : 3
        for _ in 0..<Int.random(in: 0...most, using: &random) {
            trade.ranges.append(range(&random))
        }
        trade.to = numbers(&random)
        body.action = .trade(trade)
        return body
    }

    @Test("A trade's body is read as the general decoder reads it, whatever its fields are")
    func trades() {
        var random = SystemRandomNumberGenerator()
        for round in 0..<2_000 {
            let body = Self.body(round, &random)
            #expect(ProtoTransactionBody(canonicalTrade: body.canonicalBytes) == body)
        }
        var retired = Self.body(1, &random)
        retired.action = .retire(.init())
        #expect(ProtoTransactionBody(canonicalTrade: retired.canonicalBytes) == nil)
        retired.action = nil
        #expect(ProtoTransactionBody(canonicalTrade: retired.canonicalBytes) == nil)
        #expect(ProtoTransactionBody(canonicalTrade: Data()) == nil)
    }

    @Test("Changed bytes are read by hand only where the general decoder finds them canonical")
    func changedTrades() throws {
        var random = SystemRandomNumberGenerator()
        var readCount = 0
        var refusedCount = 0
        for round in 1..<20_000 where !round.isMultiple(of: 50) {
            var bytes = Self.body(round, &random).canonicalBytes
            for _ in 0..<Int.random(in: 1...2, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
                case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                default: bytes.remove(at: place)
                }
                if bytes.isEmpty { break }
            }
            let general = try? ProtoTransactionBody(canonical: bytes, limit: 100_000)
            if let byHand = ProtoTransactionBody(canonicalTrade: bytes) {
                readCount += 1
                #expect(general == byHand)
            } else {
                refusedCount += 1
                // What only the general decoder reads is no trade, or beyond 32 bits somewhere.
                if let general, case .trade = general.action {
                    #expect(general.channel.rawValue < 0)
                }
            }
        }
        #expect(readCount > 1_000 && refusedCount > 1_000)
    }

    @Test("A trade in any other form than its canonical one is refused")
    func otherForms() throws {
        var network = SampleNetwork()
        let bytes = network.trade(
            [SampleNetwork.range(1, 2)], from: "developer", SampleNetwork.developer,
            to: SampleNetwork.buyer)
        let envelope = try ProtoSignedTransaction(serializedBytes: bytes)
        _ = try Transaction(decoding: bytes, network: network.network)
        let trade = try ProtoTransactionBody(serializedBytes: envelope.body).trade.canonicalBytes
        let start = try #require(envelope.body.firstRange(of: trade)).lowerBound
        // Each adds to the trade, which is the body's last field, or to the body behind it.
        let endings: [(name: String, inTrade: [UInt8], behind: [UInt8])] = [
            ("unknown field", [0x78, 0x01], []), ("default value", [0x10, 0x00], []),
            ("field twice", [0x10, 0x03], []), ("range behind the recipient", [0x0a, 0x00], []),
            ("unknown field of the body", [], [0xf8, 0x7f, 0x01]),
            ("version behind the action", [], [0x08, 0x01]),
            ("long varint", [0x10, 0x83, 0x00], []),
        ]
        for ending in endings {
            var body = Data(envelope.body[..<start])
            body[body.endIndex - 1] += UInt8(ending.inTrade.count)
            body += trade + ending.inTrade + ending.behind
            var changed = envelope
            changed.body = body
            let error = #expect(throws: Refusal.self) {
                _ = try Transaction(
                    decoding: changed.canonicalBytes, network: network.network)
            }
            #expect(error?.code == .notCanonical, "\(ending.name)")
        }
    }
}
