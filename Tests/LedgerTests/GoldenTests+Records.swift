import Foundation
import Ledger
import Mutations
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

/// The formats that are not protobuf: fixed-width records, keys and paths of leaves, genesis.
struct GoldenRecordTests {
    private func hash(_ make: (inout SmallRandom, inout [UInt8]) -> Void) -> String {
        var random = SmallRandom(seed: 42)
        var bytes: [UInt8] = []
        for _ in 0..<512 { make(&random, &bytes) }
        return Digest.sha256(bytes).hex
    }

    @Test("read records are 33 bytes, or 97 with the meter's signature")
    func reads() {
        let kinds: [ProtoReadKind] = [.history, .delta, .aggregate]
        let found = hash { random, bytes in
            let before = bytes.count
            let signature =
                random.below(2) == 0
                ? nil : Signature(bytes: (0..<64).map { _ in UInt8(random.below(256)) })
            let row = ReadRow(
                device: DeviceID(random.next()), start: Timestamp(random.next()),
                end: Timestamp(random.next()), energy: WattHours(random.next()),
                kind: kinds[Int(random.below(3))], meterSignature: signature)
            row.appendRecord(to: &bytes)
            #expect(bytes.count - before == (signature == nil ? 33 : 97))
        }
        #expect(found == "1537d69908bcdef251b157a0d71e243f304783a6e3e06a3169a6caffb8b8dd80")
    }

    @Test("placement records are 48 bytes")
    func placements() {
        let found = hash { random, bytes in
            let before = bytes.count
            Placement(
                series: SeriesID(
                    project: ProjectID(random.next()), vintage: UInt32(random.below(10_000))),
                offset: random.next(), length: random.next(),
                readIndex: UInt32(random.below(5_000)),
                start: Timestamp(random.next()), end: Timestamp(random.next())
            ).appendRecord(to: &bytes)
            #expect(bytes.count - before == Placement.recordByteCount)
        }
        #expect(found == "4f69764bd2febca6bf6647a14e667aea888339b2cbf54b49012e46da68aa0f3c")
    }

    @Test("keys of leaves, their paths and their order")
    func keys() {
        var keys: [StateKey] = []
        func encodings(of kinds: [StateKind]) -> String {
            hash { random, bytes in
                let kind = kinds[Int(random.below(UInt64(kinds.count)))]
                var words: [UInt64] = [0, 0, 0, 0]
                for index in 0..<kind.wordCount { words[index] = random.next() >> random.below(64) }
                let key = StateKey(kind, words[0], words[1], words[2], words[3])
                #expect(StateKey(bytes: key.bytes) == key)
                #expect(StateKey(bytes: key.bytes + [0]) == nil)
                #expect(StateKey(bytes: key.bytes.dropLast()) == nil)
                keys.append(key)
                bytes += key.bytes
                bytes += key.path.bytes
            }
        }
        // Kinds that came later have hashes of their own: those of the first ones stay.
        let first = StateKind.allCases.filter { $0.rawValue <= 24 }
        #expect(
            encodings(of: first)
                == "9b494233daf4fbab6812c663dc41a33eeb4a4b453b12f73741a04ea0ad35e139")
        #expect(
            encodings(of: [.doubleVote])
                == "44f6870cbf90f1bed3c2bd7fb023bf419a0debee6015fa7af272b1b0980f0e2b")
        let byBytes = keys.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        #expect(keys.sorted().map(\.bytes) == byBytes.map(\.bytes))
        #expect(StateKey(bytes: []) == nil && StateKey(bytes: [0]) == nil)
        #expect(StateKey(bytes: [26, 0, 0, 0, 0, 0, 0, 0, 0]) == nil)
    }

    @Test("the genesis document and the state after it")
    func genesis() throws {
        let document = LedgerHarness.document(yields: [
            GenesisDocument.CountryYield(
                country: try #require(CountryCode("IND")), kwhPerKwp: 1_500,
                monthFactorsPpm: Array(repeating: 1_000_000, count: 12), source: "a table")
        ])
        #expect(
            document.hash.hex == "2ad5530e312bb8fe0cf4cbc39b644bcffec94f30b84080cefca4f418b860e002")
        var state: [UInt8] = []
        for (key, value) in document.state.changes { state += key.bytes + Array(value ?? Data()) }
        #expect(
            Digest.sha256(state).hex
                == "acea820dcf2e46dd9ac428a823a4e48ef30de75fcea1d7bdc2c872c4b59a6a47")
    }

    @Test("a whole history: bytes, receipts, log entries and state")
    func history() throws {
        var ledger = try Inhabited.network()
        try ledger.submit([
            SampleNetwork.history(1, "2020-12-31T16:00:00Z", "2021-01-01T16:00:01Z", 100_500),
            SampleNetwork.aggregate(1, time("2022-01-01"), 5),
            SampleNetwork.aggregate(1, time("2022-01-02"), 70_005),
        ])
        try ledger.apply(
            SampleNetwork.trade([SampleNetwork.range(3, 9)], to: 5), as: 3, by: "developer")
        try ledger.apply(SampleNetwork.redeem([SampleNetwork.range(4, 5)]), as: 5, by: "buyer")
        try ledger.apply(SampleNetwork.retire([SampleNetwork.range(1, 2)]), as: 3, by: "developer")
        try ledger.seal()
        var bytes: [UInt8] = []
        for applied in ledger.history {
            bytes += Array(applied.transaction.bytes) + applied.receiptBytes + applied.logEntry
            #expect(applied.logEntry.count == 64)
        }
        for (key, value) in ledger.leaves.sorted(by: { $0.key < $1.key }) {
            bytes += key.path.bytes + Array(value)
        }
        #expect(
            Digest.sha256(bytes).hex
                == "0957200608cefc938878e0f685a3411fb323c474dc9e3f42cfd17163d1638e14")
    }

    @Test("refusals have frozen numbers, a name and a sentence, all on the ledger's page")
    func refusals() throws {
        func hash(of codes: some Sequence<RefusalCode>) -> String {
            Digest.sha256(
                codes.flatMap { Array("\($0.rawValue) \($0.name)\n".utf8) }
            ).hex
        }
        // Codes that came later have a hash of their own: that of the first ones stays.
        #expect(
            hash(of: RefusalCode.allCases.filter { $0.rawValue <= 617 })
                == "b6813a277da61659b0da2044903dbc068cdae49595c4ac6595728f895d5920a6")
        #expect(
            hash(of: RefusalCode.allCases.filter { $0.rawValue > 617 })
                == "6ab790ddf5b01075b8e015e10c7bb8e4d6a9ef327e772dd9bf30b0549bbd640d")
        #expect(Set(RefusalCode.allCases.map(\.sentence)).count == RefusalCode.allCases.count)
        let project = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        let page = try String(
            contentsOfFile: project.joined(separator: "/")
                + "/Sources/Ledger/Ledger.docc/Refusals.md", encoding: .utf8)
        let rows = page.split(separator: "\n").filter {
            $0.hasPrefix("| ") && $0.dropFirst(2).first?.isNumber == true
        }
        #expect(
            rows.map(String.init)
                == RefusalCode.allCases.map { "| \($0.rawValue) | \($0.name) | \($0.sentence) |" })
    }
}
