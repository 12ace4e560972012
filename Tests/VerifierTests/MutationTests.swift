import Foundation
import Ledger
import Mutations
import Primitives
import SampleNetworks
import Testing
import Verifier
import Wire

@Suite("Changed proof files")
struct MutationTests {
    /// With this set in the environment every bit is flipped, else one of each byte.
    private static let isThorough = ProcessInfo.processInfo.environment["DREC_EVERY_BIT"] != nil

    private static func bits(of count: Int) -> [Int] {
        isThorough
            ? Array(0..<count * 8) : (0..<count).map { 8 * $0 + ($0 &* 5 &+ $0 >> 3) % 8 }
    }

    @Test("No bit of a file can be changed")
    func everyBit() throws {
        let chain = try ProofChain.busy()
        let bytes = try chain.proof(11, 11).bytes
        #expect(chain.report(bytes).holds)
        for bit in MutationTests.bits(of: bytes.count) {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!chain.report(changed).holds, "bit \(bit)")
        }
        try chain.remove()
    }

    /// Every part of a file that is bytes.
    private var parts: [(inout ProofFile, (inout Data) -> Void) -> Void] {
        func digests(
            _ path: WritableKeyPath<ProofFile, [Digest]>, _ file: inout ProofFile,
            _ change: (inout Data) -> Void
        ) {
            var bytes = Data(file[keyPath: path].flatMap(\.bytes))
            change(&bytes)
            file[keyPath: path] = stride(from: 0, to: bytes.count, by: 32).compactMap {
                Digest(bytes: bytes[$0..<$0 + 32])
            }
        }
        return [
            { $1(&$0.head.header) }, { $1(&$0.head.certificate) },
            { $1(&$0.entries[0].body) }, { $1(&$0.entries[0].receipt) },
            { $1(&$0.entries[1].body) }, { $1(&$0.entries[1].receipt) },
            { file, change in
                var bytes = Data(file.entries[1].signatures[0].bytes)
                change(&bytes)
                file.entries[1].signatures = Signature(bytes: bytes).map { [$0] } ?? []
            },
            { digests(\.entries[0].inclusion, &$0, $1) },
            { digests(\.entries[1].inclusion, &$0, $1) },
            { $1(&$0.reads[0].placement) }, { $1(&$0.reads[0].record) },
            { digests(\.reads[0].placementInclusion, &$0, $1) },
            { digests(\.reads[0].recordInclusion, &$0, $1) },
            { $1(&$0.state[0].key) }, { $1(&$0.state[0].value) }, { $1(&$0.state[0].bitmap) },
            { digests(\.state[0].siblings, &$0, $1) },
            { $1(&$0.state[1].key) }, { $1(&$0.state[1].value) }, { $1(&$0.state[1].bitmap) },
            { digests(\.state[1].siblings, &$0, $1) },
        ]
    }

    @Test("No bit of any part can be changed by whoever seals the file anew", arguments: 0..<21)
    func everyPart(number: Int) throws {
        let chain = try ProofChain.busy()
        let file = try chain.proof(3, 3)
        let part = parts[number]
        var count = 0
        var same = file
        part(&same) { count = $0.count }
        #expect(same == file && count > 0)
        for bit in MutationTests.bits(of: count) {
            var changed = file
            part(&changed) { $0[$0.startIndex + bit / 8] ^= 1 << UInt8(bit % 8) }
            #expect(changed != file)
            #expect(!chain.report(changed.bytes).holds, "part \(number), bit \(bit)")
        }
        // Nor made shorter.
        var shorter = file
        part(&shorter) { $0.removeLast(min($0.count, 32)) }
        #expect(!chain.report(shorter.bytes).holds)
        try chain.remove()
    }

    @Test("Numbers and subjects that are changed give no proof, or the very proof of another one")
    func numbers() throws {
        let chain = try ProofChain.busy()
        let file = try chain.proof(5, 6)
        for changed in [0, 1, 4, 7, 8, .max] as [UInt64] {
            for place in file.entries.indices where file.entries[place].index != changed {
                var other = file
                other.entries[place].index = changed
                #expect(!chain.report(other.bytes).holds)
            }
            for place in file.reads.indices {
                var other = file
                other.reads[place].position = UInt32(truncatingIfNeeded: changed)
                #expect(other == file || !chain.report(other.bytes).holds)
                other = file
                other.reads[place].entry = changed
                #expect(other == file || !chain.report(other.bytes).holds)
            }
        }
        var accepted = 0
        for first in 1...UInt64(12) {
            for last in first...12 where (first, last) != (5, 6) {
                var other = file
                other.subject = .drecs(try chain.range(first, last))
                guard chain.report(other.bytes).holds else { continue }
                accepted += 1
                #expect(try chain.proof(first, last) == other)
            }
        }
        // 7 is in the redeemed lot of 6 and of the same read, so 5..7 has the same parts. 5 alone
        // needs no redemption, and nothing unused belongs into its proof.
        #expect(accepted == 1)
        let wide = try chain.proof(9, 10)
        var narrow = wide
        narrow.subject = .drecs(try chain.range(9, 9))
        #expect(try chain.proof(9, 9) == narrow && chain.report(narrow.bytes).holds)
        try chain.remove()
    }

    @Test("Parts that are left out, doubled, reordered or foreign are refused")
    func wholeParts() throws {
        let chain = try ProofChain.busy()
        let file = try chain.proof(1, 8)
        let foreign = try chain.proof(11, 11)
        func refuse(_ name: String, _ change: (inout ProofFile) -> Void) {
            var other = file
            change(&other)
            #expect(other != file && !chain.report(other.bytes).holds, "\(name)")
        }
        for place in file.entries.indices {
            refuse("entry \(place) left out") { $0.entries.remove(at: place) }
            refuse("entry \(place) twice") { $0.entries.insert($0.entries[place], at: place) }
            refuse("a signature more") {
                $0.entries[place].signatures += $0.entries[place].signatures
            }
        }
        for place in file.reads.indices {
            refuse("read \(place) left out") { $0.reads.remove(at: place) }
            refuse("read \(place) twice") { $0.reads.insert($0.reads[place], at: place) }
        }
        for place in file.state.indices {
            refuse("leaf \(place) left out") { $0.state.remove(at: place) }
            refuse("leaf \(place) twice") { $0.state.insert($0.state[place], at: place) }
        }
        refuse("entries reversed") { $0.entries.reverse() }
        refuse("reads reversed") { $0.reads.reverse() }
        refuse("leaves reversed") { $0.state.reverse() }
        refuse("receipts exchanged") {
            let receipt = $0.entries[0].receipt
            $0.entries[0].receipt = $0.entries[1].receipt
            $0.entries[1].receipt = receipt
        }
        refuse("an entry of another proof") { file in
            file.entries += foreign.entries.filter { entry in
                !file.entries.contains { $0.index == entry.index }
            }
            file.entries.sort { $0.index < $1.index }
        }
        refuse("a read of another proof") { $0.reads += foreign.reads.suffix(1) }
        refuse("a leaf of another proof") { file in
            file.state += foreign.state.filter { leaf in
                !file.state.contains { $0.key == leaf.key }
            }
            file.state.sort { $0.key.lexicographicallyPrecedes($1.key) }
        }
        refuse("nothing") {
            $0.entries = []
            $0.reads = []
            $0.state = []
        }
        try chain.remove()
    }

    @Test("A proof is of one network alone")
    func otherNetwork() throws {
        let chain = try ProofChain.busy()
        let other = try ProofChain.busy(authorities: 5)
        let bytes = try chain.proof(1, 3).bytes
        #expect(chain.report(bytes).holds)
        let report = ProofCheck.report(on: bytes, genesis: other.genesis)
        #expect(!report.holds && !report.isFinal && !report.isIncluded)
        var renamed = try chain.proof(1, 3)
        renamed.network = other.network.network
        #expect(!ProofCheck.report(on: renamed.bytes, genesis: other.genesis).holds)
        var mixed = try chain.proof(1, 3)
        mixed.head = try other.proof(1, 3).head
        #expect(!chain.report(mixed.bytes).holds)
        try chain.remove()
        try other.remove()
    }

    @Test("A head of another moment proves neither old entries nor old leaves")
    func otherHead() throws {
        var chain = try ProofChain.busy()
        let before = try chain.proof(9, 9)
        try chain.make([
            chain.network.trade(
                [Sample.range(9, 9)], from: "developer", 5, to: 6)
        ])
        let after = try chain.proof(9, 9)
        #expect(chain.report(before.bytes).holds && chain.report(after.bytes).holds)
        #expect(chain.report(before.bytes).statement?.holdings.first?.owner == AccountID(5))
        #expect(chain.report(after.bytes).statement?.holdings.first?.owner == AccountID(6))
        var mixed = before
        mixed.head = after.head
        let report = chain.report(mixed.bytes)
        #expect(report.isFinal && !report.isIncluded && report.current == nil && !report.holds)
        try chain.remove()
    }

    typealias Sample = SampleNetwork

    @Test("A file is written in one way, and nothing else is read")
    func format() throws {
        let chain = try ProofChain.busy()
        let bytes = try chain.proof(11, 11).bytes
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(try ProofFile(parsing: bytes).bytes == bytes)
        let seal = try #require(text.range(of: "\"sha256\":\"")).upperBound
        let others: [String] = [
            "", "{}", "[]", "null", text + "\n", " " + text, text + text, text + "{}",
            "\u{feff}" + text, String(text.dropLast()), text.replacing(",", with: ", "),
            text.replacing("\"kind\":\"drecs\"", with: "\"kind\":\"lots\""),
            text.replacing("DREC101-2021-11", with: "DREC101-2021-11..11"),
            text.replacing("DREC101-2021-11", with: "drec101-2021-11"),
            text.replacing("DREC101-2021-11", with: "DREC101-2021-011"),
            text.replacing("\"index\":5", with: "\"index\":\"5\""),
            text.replacing("\"index\":5", with: "\"index\":5.0"),
            text.replacing("\"index\":5", with: "\"index\":-5"),
            text.replacing("\"index\":5", with: "\"index\":5,\"index\":5"),
            text.replacing("\"index\":5", with: "\"index\":5,\"note\":\"\""),
            text.replacing("\"index\":5", with: "\"index\":null"),
            text.replacing("\"entry\":5", with: "\"entry\":99999999999999999999"),
            text.replacing("\"head\":", with: "\"kopf\":"),
            text.replacing(",\"transitions\":[]", with: ""),
            text.replacing("\"transitions\":[]", with: "\"transitions\":[],\"transitions\":[]"),
            text.replacing("\"log\":{\"checkpoint\":null,", with: "\"log\":{"),
            text.replacing("proof.v1", with: "proof.v2"),
            text.replacing("\\", with: "") + " ",
            String(text[..<seal]) + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}",
            text.replacing("=\"", with: "\""), text.replacing("=\"", with: "==\""),
            text.replacing("\"}", with: "=\"}"),
            String(repeating: "[", count: 100_000),
        ]
        for other in others {
            let bytes = Array(other.utf8)
            #expect(other != text)
            #expect(throws: ProofFailure.self, "\(other.prefix(120))") {
                try ProofFile(parsing: bytes)
            }
            #expect(!chain.report(bytes).holds)
        }
        for count in stride(from: 0, to: bytes.count, by: 97) {
            #expect(!chain.report(Array(bytes.prefix(count))).holds)
        }
        let large = [UInt8](repeating: 0x20, count: ProofFile.byteLimit + 1)
        #expect(!chain.report(large).holds)
        try chain.remove()
    }

    @Test("Random changes are never taken for a proof, and never a trap")
    func random() throws {
        let chain = try ProofChain.busy()
        let valid = [
            try chain.proof(1, 11).bytes, try chain.proof(11, 11).bytes,
            try #require(try chain.proof(of: .redemption(LogIndex(8)))).bytes,
        ]
        var mutator = Mutator(seed: 7, corpus: valid)
        var parsed = 0
        for _ in 0..<1_500 {
            let bytes = mutator.next()
            guard !valid.contains(bytes) else { continue }
            parsed += 1
            #expect(!chain.report(bytes).holds)
        }
        #expect(parsed > 1_000)
        for text in valid {
            #expect(!ProofCheck.report(on: text, genesis: text).holds)
            #expect(!ProofCheck.report(on: chain.genesis, genesis: chain.genesis).holds)
        }
        try chain.remove()
    }

    @Test(
        "Bytes that are no base64 of the one spelling are refused",
        arguments: [
            "A", "AA", "AAA", "A===", "====", "=AAA", "AA=A", "AB==", "AAB=", "AAAA====", "AA A",
            "AAA\n", "AA-_", "AAAA=", "ä===", "AAAAA===",
        ])
    func notBase64(text: String) throws {
        let chain = try ProofChain.busy()
        let file = String(decoding: try chain.proof(11, 11).bytes, as: UTF8.self)
        let start = try #require(file.range(of: "\"bitmap\":\"")).upperBound
        let end = try #require(file[start...].firstIndex(of: "\""))
        let escaped = text.replacing("\n", with: "\\n")
        let changed = String(file[..<start]) + escaped + String(file[end...])
        let error = #expect(throws: ProofFailure.self) {
            try ProofFile(parsing: Array(changed.utf8))
        }
        #expect(error?.reason.contains("base64") == true)
        try chain.remove()
    }
}
