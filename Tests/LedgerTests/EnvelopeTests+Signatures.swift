import Foundation
import Ledger
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

/// Signers, signatures, the time of validity, and how reads are bound.
struct EnvelopeSignatureTests {
    private let ledger: LedgerHarness
    private let reads = [
        SampleNetwork.history(1, "2021-12-17", "2021-12-18", 1_000),
        SampleNetwork.history(1, "2021-12-18", "2021-12-19", 0),
    ]

    init() throws { ledger = try LedgerHarness() }

    private func decode(_ bytes: Data) throws {
        try Transaction(decoding: bytes, network: ledger.network).checkSignatures()
    }

    private func signed(_ names: [String], reads: [ReadRow] = []) throws -> ProtoSignedTransaction {
        let action: Action =
            reads.isEmpty
            ? SampleNetwork.trade([SampleNetwork.range(1, 2)], to: 5) : .submitReads(.init())
        return try ProtoSignedTransaction(
            serializedBytes: ledger.signed(
                ledger.body(action, as: 3), by: names, reads: reads))
    }

    @Test("1 to 64 signers, each named once, with keys of 32 bytes")
    func signers() throws {
        let cases: [(String, String, [Data])] = [
            ("nobody", "signers", []),
            ("65", "signers", (0..<65).map { publicKey("signer \($0)") }),
            ("one twice", "signers[2].public_key", ["a", "b", "a"].map(publicKey)),
            ("no key", "signers[0].public_key", [Data()]),
            ("a short key", "signers[1].public_key", [publicKey("a"), publicKey("b").dropLast()]),
            ("a long key", "signers[0].public_key", [publicKey("a") + [0]]),
        ]
        for (name, field, keys) in cases {
            var body = ledger.body(SampleNetwork.trade([SampleNetwork.range(1, 2)], to: 5), as: 3)
            body.version = 1
            body.signers = keys.map { bytes in .with { $0.publicKey = bytes } }
            var envelope = ProtoSignedTransaction()
            envelope.body = body.canonicalBytes
            envelope.signatures = keys.map { _ in Data(repeating: 1, count: 64) }
            expectRefused(.signersInvalid, field, name) { try decode(envelope.canonicalBytes) }
        }
    }

    @Test("one signature of 64 bytes for each signer")
    func counts() throws {
        let good = try signed(["a", "b"])
        try decode(good.canonicalBytes)
        let cases: [(String, String, (inout [Data]) -> Void)] = [
            ("none", "signatures", { $0 = [] }),
            ("one less", "signatures", { $0.removeLast() }),
            ("one more", "signatures", { $0.append($0[0]) }),
            ("an empty one", "signatures[1]", { $0[1] = Data() }),
            ("63 bytes", "signatures[0]", { $0[0].removeLast() }),
            ("65 bytes", "signatures[1]", { $0[1].append(0) }),
        ]
        for (name, field, change) in cases {
            var envelope = good
            change(&envelope.signatures)
            expectRefused(.signatureCountWrong, field, name) {
                try decode(envelope.canonicalBytes)
            }
        }
    }

    @Test("a signature that does not match is refused, whatever bit is wrong")
    func flippedBits() throws {
        let good = try signed(["a", "b"])
        for bit in stride(from: 0, to: 512, by: 7) {
            var envelope = good
            envelope.signatures[1][bit / 8] ^= 1 << UInt8(bit % 8)
            expectRefused(.signatureInvalid, "signatures[1]") {
                try decode(envelope.canonicalBytes)
            }
        }
        var swapped = good
        swapped.signatures.swapAt(0, 1)
        expectRefused(.signatureInvalid, "signatures[0]") { try decode(swapped.canonicalBytes) }
        var changed = good
        var body = try ProtoTransactionBody(serializedBytes: good.body)
        body.signers[0].nonce += 1
        changed.body = body.canonicalBytes
        expectRefused(.signatureInvalid, "signatures[0]") { try decode(changed.canonicalBytes) }
        var foreign = good
        foreign.signatures[0] = Data(key("a").sign(.read, Array(good.body)).bytes)
        expectRefused(.signatureInvalid, "signatures[0]") { try decode(foreign.canonicalBytes) }
    }

    @Test("reads are those that the body binds")
    func boundReads() throws {
        let good = try signed(["a"], reads: reads)
        try decode(good.canonicalBytes)
        let cases: [(String, RefusalCode, (inout ProtoReadColumns) -> Void)] = [
            ("another Wh", .readsNotBound, { $0.wattHours[0] += 1 }),
            ("another device", .readsNotBound, { $0.device[1] += 1 }),
            ("another start", .readsNotBound, { $0.start[0] -= 1 }),
            ("another end", .readsNotBound, { $0.end[0] += 1 }),
            ("another kind", .readsNotBound, { $0.kind[1] = .delta }),
            ("another order", .readsNotBound, { $0.start.swapAt(0, 1) }),
            ("a short column", .readsNotBound, { $0.end.removeLast() }),
            ("a long column", .readsNotBound, { $0.kind.append(.history) }),
            ("one row less", .readsNotBound, { $0 = ProtoReadColumns([self.reads[0]]) }),
            (
                "one row twice", .readsNotBound,
                { $0 = ProtoReadColumns(self.reads + [self.reads[1]]) }
            ),
            ("no rows", .countInvalid, { $0 = ProtoReadColumns() }),
            (
                "a meter signature added", .readsNotBound,
                {
                    $0.meterSignatures = [Data(repeating: 1, count: 64), Data()]
                }
            ),
            (
                "a short meter signature", .readsNotBound,
                {
                    $0.meterSignatures = [Data(repeating: 1, count: 63), Data()]
                }
            ),
            ("a short meter column", .readsNotBound, { $0.meterSignatures = [Data()] }),
        ]
        for (name, code, change) in cases {
            var envelope = good
            change(&envelope.reads)
            expectRefused(code, nil, name) { try decode(envelope.canonicalBytes) }
        }
        var without = good
        without.clearReads()
        expectRefused(.readsNotExpected, "reads") { try decode(without.canonicalBytes) }
        var trade = try signed(["a"])
        trade.reads = ProtoReadColumns(reads)
        expectRefused(.readsNotExpected, "reads") { try decode(trade.canonicalBytes) }
        trade.reads = ProtoReadColumns()
        expectRefused(.readsNotExpected, "reads") { try decode(trade.canonicalBytes) }
    }

    @Test("the count in the body is the number of reads")
    func readsCount() throws {
        for count in [0, 1, 3, UInt32.max] {
            var envelope = try signed(["a"], reads: reads)
            var body = try ProtoTransactionBody(serializedBytes: envelope.body)
            body.readsCount = count
            envelope.body = body.canonicalBytes
            expectRefused(.readsNotBound, "reads_root") { try decode(envelope.canonicalBytes) }
        }
    }

    @Test("at most 5000 reads travel together")
    func manyReads() throws {
        func rows(_ count: Int) -> [ReadRow] {
            (0..<count).map { index in
                SampleNetwork.delta(1, Timestamp(UInt64(index)), Timestamp(UInt64(index) + 1), 1)
            }
        }
        try decode(signed(["a"], reads: rows(5_000)).canonicalBytes)
        expectRefused(.countInvalid, "reads") {
            try decode(signed(["a"], reads: rows(5_001)).canonicalBytes)
        }
    }

    @Test("reads have one encoding: a column of nothing but empty meter signatures is another one")
    func emptyMeterSignatures() throws {
        var envelope = try signed(["a"], reads: reads)
        envelope.reads.meterSignatures = [Data(), Data()]
        #expect(throws: Refusal.self) { try decode(envelope.canonicalBytes) }
    }

    @Test("a read's record holds its whole kind", arguments: [257, 258, 259, -255, 513])
    func wideKinds(number: Int) throws {
        // 257 and 1 have the same last byte, and so have their records.
        var envelope = try signed(["a"], reads: reads)
        let kind = UInt8(truncatingIfNeeded: number)
        var rows = reads
        rows[0] = ReadRow(
            device: rows[0].device, start: rows[0].start, end: rows[0].end,
            energy: rows[0].energy, kind: try #require(ProtoReadKind(rawValue: Int(kind))))
        envelope = try signed(["a"], reads: rows)
        envelope.reads.kind[0] = try #require(ProtoReadKind(rawValue: number))
        #expect(throws: Refusal.self) { try decode(envelope.canonicalBytes) }
    }
}
