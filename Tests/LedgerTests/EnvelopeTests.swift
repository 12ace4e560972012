import Foundation
import Ledger
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

/// What can be judged of a transaction without a state.
struct EnvelopeTests {
    private let ledger: LedgerHarness
    private let trade = SampleNetwork.trade([SampleNetwork.range(1, 2)], to: 5)
    private let reads = [
        SampleNetwork.history(1, "2021-12-17", "2021-12-18", 1_000),
        SampleNetwork.history(1, "2021-12-18", "2021-12-19", 0),
    ]

    init() throws { ledger = try LedgerHarness() }

    private func decode(_ bytes: Data) throws -> Transaction {
        let transaction = try Transaction(decoding: bytes, network: ledger.network)
        try transaction.checkSignatures()
        return transaction
    }

    private func body(_ change: (inout ProtoTransactionBody) -> Void) -> ProtoTransactionBody {
        var body = ledger.body(trade, as: 3)
        change(&body)
        return body
    }

    /// An envelope around a body's bytes as they are.
    private func envelope(
        _ body: Data, keys: [String] = ["developer"],
        _ change: (inout ProtoSignedTransaction) -> Void = { _ in }
    ) -> Data {
        var envelope = ProtoSignedTransaction()
        envelope.body = body
        envelope.signatures = keys.map { Data(key($0).sign(.transaction, Array(body)).bytes) }
        change(&envelope)
        return envelope.canonicalBytes
    }

    private func signers(_ count: Int) -> [ProtoSigner] {
        (0..<count).map { index in
            .with {
                $0.publicKey = publicKey("signer \(index)")
                $0.nonce = 1
            }
        }
    }

    private var canonicalBody: Data {
        body {
            $0.version = 1
            $0.signers = [
                .with {
                    $0.publicKey = publicKey("developer")
                    $0.nonce = 1
                }
            ]
        }.canonicalBytes
    }

    @Test("a transaction is what its bytes say")
    func good() throws {
        let bytes = ledger.signed(ledger.body(trade, as: 3), by: ["developer", "buyer"])
        let transaction = try decode(bytes)
        #expect(transaction.bytes == bytes)
        #expect(transaction.signers.map(\.key) == ["developer", "buyer"].map { key($0).publicKey })
        #expect(transaction.body.action == trade)
        let envelope = try ProtoSignedTransaction(serializedBytes: bytes)
        #expect(transaction.id == .tagged(.transaction, Array(envelope.body)))
        #expect(
            transaction.submissionHash
                == .sha256(Array(envelope.body + envelope.signatures.joined())))
        #expect(try decode(self.envelope(canonicalBody)).signers.count == 1)
        #expect(
            try decode(
                ledger.signed(
                    ledger.body(trade, as: 3), by: (0..<64).map { "signer \($0)" })
            ).signers.count == 64)
    }

    @Test("bytes that are no message are malformed")
    func malformed() {
        let good = envelope(canonicalBody)
        let cases: [(String, Data)] = [
            ("an end tag", Data([0x0c])), ("a field 0", Data([0x02, 0x00])),
            ("text", Data("hello".utf8)), ("a length beyond the end", Data([0x0a, 0x7f, 1])),
            ("a varint without end", Data([0x0a, 0x80])),
            ("a varint of 11 bytes", Data([0x0a]) + Data(repeating: 0xff, count: 10) + [0x01]),
            ("a cut envelope", good.dropLast()), ("a body of text", envelope(Data("text".utf8))),
            ("a cut body", envelope(canonicalBody.dropLast())),
            ("wire type 6", Data([0x0e])), ("an open group", Data([0x0b])),
            (
                "nested too deep",
                Data(repeating: 0x7b, count: 10_000) + Data(repeating: 0x7c, count: 10_000)
            ),
        ]
        for (name, bytes) in cases {
            expectRefused(.malformed, "", name) { _ = try decode(bytes) }
        }
        for length in 1..<good.count {
            #expect(throws: Refusal.self) { try decode(good.prefix(length)) }
        }
    }

    @Test("nothing at all is no transaction")
    func empty() {
        expectRefused(.wrongVersion) { _ = try decode(Data()) }
    }

    @Test("every encoding but the canonical one is refused")
    func notCanonical() throws {
        let good = canonicalBody
        let unknown = Data([0x98, 0x75, 0x01])  // field 1875, a varint
        // The body begins with version 1: tag 0x08, value 0x01.
        #expect(good.prefix(2) == Data([0x08, 0x01]))
        var nested = ProtoRange()
        nested.first = 1
        let action = try #require(
            (trade.tradeForTest.canonicalBytes as Data?).flatMap { $0.isEmpty ? nil : $0 })
        func withAction(_ bytes: Data) -> Data {
            var head = try? ProtoTransactionBody(serializedBytes: good)
            head?.action = nil
            // Field 91, length-delimited.
            return (head?.canonicalBytes ?? Data()) + Data([0xda, 0x05, UInt8(bytes.count)]) + bytes
        }
        #expect(withAction(action) == good)
        let bodies: [(String, Data)] = [
            ("an unknown field in the body", good + unknown),
            ("an unknown field in the action", withAction(action + unknown)),
            ("a default value in the body", good + Data([0x40, 0x00])),
            ("a default value in the action", withAction(action + Data([0x10, 0x00]))),
            ("a long varint in the body", Data([0x08, 0x81, 0x00]) + good.dropFirst(2)),
            ("a long tag in the body", Data([0x88, 0x00, 0x01]) + good.dropFirst(2)),
            ("fields swapped in the body", good.dropFirst(2) + good.prefix(2)),
            ("fields swapped in the action", withAction(Data([0x10, 0x05]) + action.dropLast(2))),
            ("a field twice in the body", good.prefix(2) + good),
            ("a second action", good + Data([0xd2, 0x05, 0x00])),
            ("an empty signer's default", good.replacing(Data([0x10, 0x01]), with: [0x10, 0x00])),
            ("a long length", withAction(action).lengthened),
        ]
        for (name, bytes) in bodies {
            #expect(bytes != good)
            expectRefused(.notCanonical, "", name) { _ = try decode(envelope(bytes)) }
        }
        let whole = envelope(good)
        let envelopes: [(String, Data)] = [
            ("an unknown field at the top", whole + unknown),
            ("an unknown group at the top", whole + Data([0xd3, 0x01, 0xd4, 0x01])),
            (
                "signature before body",
                Data(whole.dropFirst(whole.count - 66)) + whole.prefix(whole.count - 66)
            ),
            ("an empty body field twice", Data([0x0a, 0x00]) + whole),
        ]
        for (name, bytes) in envelopes {
            expectRefused(.notCanonical, "", name) { _ = try decode(bytes) }
        }
    }

    @Test("columns of reads have one encoding")
    func columns() throws {
        let good = try ProtoSignedTransaction(
            serializedBytes: ledger.signed(
                ledger.body(.submitReads(.init()), as: 3), by: ["developer"], reads: reads))
        #expect(try decode(good.canonicalBytes).reads == reads)
        var bare = good
        bare.clearReads()
        // Device column unpacked: two varints with a tag each.
        let columns = good.reads.canonicalBytes
        #expect(columns.prefix(4) == Data([0x0a, 0x02, 0x01, 0x01]))
        let unpacked = Data([0x08, 0x01, 0x08, 0x01]) + columns.dropFirst(4)
        let split = Data([0x0a, 0x01, 0x01, 0x0a, 0x01, 0x01]) + columns.dropFirst(4)
        for (name, bytes) in [
            ("unpacked", unpacked), ("split", split), ("unknown", columns + [0x98, 0x75, 0x01]),
        ] {
            expectRefused(.notCanonical, "", name) {
                _ = try decode(
                    bare.canonicalBytes + [0x1a, UInt8(bytes.count)] + bytes)
            }
        }
    }

    @Test("the largest transaction is 256 KiB")
    func tooLarge() {
        let bytes = Data(repeating: 0, count: 256 * 1_024 + 1)
        do {
            _ = try decode(bytes)
            Issue.record("accepted")
        } catch let refusal as Refusal {
            #expect(refusal.code == .tooLarge && refusal.limit == 262_144)
        } catch { Issue.record("\(error)") }
        expectRefused(.malformed) { _ = try decode(bytes.dropLast()) }
    }

    @Test("the body's frame is checked field by field")
    func frame() {
        let cases: [(RefusalCode, String, ProtoTransactionBody)] = [
            (.wrongNetwork, "network", body { $0.network = Data() }),
            (.wrongNetwork, "network", body { $0.network = $0.network.dropLast() }),
            (.wrongNetwork, "network", body { $0.network += [0] }),
            (.wrongNetwork, "network", body { $0.network = hash("other") }),
            (.actionMissing, "action", body { $0.action = nil }),
            (.channelMissing, "channel", body { $0.channel = .unspecified }),
            (.channelMissing, "channel", body { $0.channel = .UNRECOGNIZED(6) }),
            (.channelMissing, "channel", body { $0.channel = .UNRECOGNIZED(-1) }),
            (.readsNotExpected, "reads", body { $0.readsCount = 1 }),
            (.readsNotExpected, "reads", body { $0.readsRoot = hash("reads") }),
            (.readsNotExpected, "reads", body { $0.action = .submitReads(.init()) }),
            (.readsNotExpected, "reads", body { $0.action = .mint(.with { $0.evidence = 1 }) }),
        ]
        for (code, field, body) in cases {
            expectRefused(code, field) { _ = try decode(ledger.signed(body, by: ["developer"])) }
        }
        for version in [0, 2, UInt32.max] {
            var other = (try? ProtoTransactionBody(serializedBytes: canonicalBody)) ?? .init()
            other.version = version
            expectRefused(.wrongVersion, "version") {
                _ = try decode(envelope(other.canonicalBytes))
            }
        }
    }

    @Test("an action of a number that is not used is refused")
    func unknownAction() {
        // Field 71, reserved by later rules.
        let body = body { $0.action = nil }.canonicalBytes + Data([0xba, 0x04, 0x00])
        expectRefused(.notCanonical) { _ = try decode(envelope(body)) }
    }
}

extension Action {
    fileprivate var tradeForTest: ProtoTrade {
        if case .trade(let trade) = self { trade } else { .init() }
    }
}

extension Data {
    fileprivate func replacing(_ bytes: Data, with others: Data) -> Data {
        guard let range = range(of: bytes) else { return self }
        return self[..<range.lowerBound] + others + self[range.upperBound...]
    }

    /// The same message with the length of its last field written in one more byte.
    fileprivate var lengthened: Data {
        guard let range = range(of: Data([0xda, 0x05])) else { return self }
        let length = self[range.upperBound]
        return self[..<range.upperBound] + [length | 0x80, 0x00] + self[(range.upperBound + 1)...]
    }
}
