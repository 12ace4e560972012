import Foundation
import Ledger
import Mutations
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

/// Thousands of damaged inputs: each is refused, or decoded to what encodes to the same bytes.
@Suite("Damaged input of the ledger")
struct LedgerMutationTests {
    /// One valid transaction of every shape.
    private static func transactions(_ network: inout SampleNetwork) -> [[UInt8]] {
        let reads = [
            SampleNetwork.history(1, "2021-12-17", 5_000),
            SampleNetwork.history(2, "2021-12-18", 0),
            ReadRow(
                device: DeviceID(1), start: time("2022-01-01"), end: time("2022-01-02"),
                energy: WattHours(7), kind: .history,
                meterSignature: key("meter").sign(.read, [1])),
        ]
        let ranges = [SampleNetwork.range(1, 2), SampleNetwork.range(5, 9)]
        return
            (network.settling() + [
                network.reads(Array(reads.prefix(2))), network.reads(reads),
                network.reads([reads[0]], deferred: true),
                network.trade(ranges, from: "developer", 2, to: 3),
                network.signed(SampleNetwork.redeem(ranges), as: 2, by: "developer"),
                network.signed(SampleNetwork.retire(ranges), as: 2, by: "developer", "buyer"),
                network.signed(
                    .setParameters(.with { $0.parameters = GenesisDocument.localParameters }),
                    as: 1, by: "initiative"),
                network.signed(
                    SampleNetwork.join("east"), as: 1,
                    by: ["initiative"] + SampleNetwork.keyNames("east")),
                network.signed(
                    SampleNetwork.propose([
                        SampleNetwork.replace(
                            "north", by: SampleNetwork.seat("north", of: 1, keys: "east"))
                    ]), as: 1, by: "initiative"),
                network.signed(SampleNetwork.approve(4), as: 1, by: "initiative"),
                network.signed(SampleNetwork.withdraw(4), as: 1, by: "initiative"),
            ]).map { Array($0) }
    }

    @Test(
        "a transaction is refused, or decoded to what encodes to it",
        arguments: [1, 2, 3, 4] as [UInt64])
    func transactions(seed: UInt64) throws {
        var network = SampleNetwork()
        let corpus = LedgerMutationTests.transactions(&network)
        for bytes in corpus { _ = try network.decoded(Data(bytes)) }
        var mutator = Mutator(seed: seed, corpus: corpus)
        var accepted = 0
        for _ in 0..<5_000 {
            let bytes = Data(mutator.next())
            guard let transaction = try? Transaction(decoding: bytes, network: network.network)
            else { continue }
            accepted += 1
            var envelope = ProtoSignedTransaction()
            envelope.body = transaction.body.canonicalBytes
            envelope.signatures = transaction.signatures.map { Data($0.bytes) }
            if !transaction.reads.isEmpty { envelope.reads = .init(transaction.reads) }
            #expect(envelope.canonicalBytes == bytes)
            #expect(transaction.bytes == bytes)
            try? transaction.checkSignatures()
        }
        // Flipped bits of signatures, keys and texts decode.
        #expect(accepted > 50)
    }

    @Test("damaged transactions never trap the rules, and a refused one leaves no trace")
    func rules() throws {
        var network = SampleNetwork()
        let corpus = LedgerMutationTests.transactions(&network)
        var bodies: [[UInt8]] = []
        for bytes in corpus {
            bodies.append(Array(try ProtoSignedTransaction(serializedBytes: Data(bytes)).body))
        }
        var mutator = Mutator(seed: 5, corpus: bodies)
        let genesis = network.genesis.state
        var execution = BlockExecution(
            context: BlockContext(
                network: network.network, height: Height(1),
                time: Timestamp(SampleNetwork.beginning / 1_000),
                parameters: network.genesis.parameters, logSize: 0), over: genesis)
        for bytes in corpus.prefix(4) { _ = try execution.apply(network.decoded(Data(bytes))) }
        var chooser = SmallRandom(seed: 6)
        var tried = 0
        for _ in 0..<20_000 {
            // The rules are asked about bodies that decode, whoever signed them.
            guard var body = try? ProtoTransactionBody(serializedBytes: Data(mutator.next())),
                body.action != nil
            else { continue }
            body.network = Data(network.network.bytes)
            body.channel = .api
            body.readsCount = 0
            body.readsRoot = Data()
            let signer = ["initiative", "developer", "buyer"][Int(chooser.below(3))]
            let bytes = Transaction.sign(
                body, keys: [(key(signer), Nonce(UInt64(tried) + 100))])
            guard let transaction = try? Transaction(decoding: bytes, network: network.network)
            else { continue }
            tried += 1
            let count = execution.applied.count
            let changes = execution.state.changes.count
            do {
                _ = try execution.apply(transaction)
            } catch {
                #expect(error is Refusal)
                #expect(execution.applied.count == count)
                #expect(execution.state.changes.count == changes)
            }
        }
        #expect(tried > 500)
    }

    @Test("a founding document is refused or is the one that its canonical form says")
    func genesis() throws {
        let document = SampleNetwork.document(
            authorities: [("north", nil), ("south", "authority")],
            yields: [
                GenesisDocument.CountryYield(
                    country: countryCode("IND"), kwhPerKwp: 1_500,
                    monthFactorsPpm: Array(repeating: 1_000_000, count: 12), source: "a table")
            ])
        let corpus = [
            document.json.canonicalBytes, SampleNetwork.document().json.canonicalBytes,
        ]
        var mutator = Mutator(seed: 3, corpus: corpus)
        var accepted = 0
        for _ in 0..<6_000 {
            let bytes = mutator.next()
            guard let read = try? GenesisDocument(parsing: bytes) else { continue }
            accepted += 1
            #expect(read.violation == nil)
            let canonical = read.json.canonicalBytes
            #expect(try GenesisDocument(parsing: canonical) == read)
            #expect(read.hash == Digest.sha256(canonical))
            _ = read.state.changes
        }
        #expect(accepted > 20)
    }

    @Test("a profile is refused or is the one that its canonical form says")
    func profiles() throws {
        let salt = [UInt8](repeating: 0xab, count: 16)
        let profile = try #require(
            Profile(fields: [
                Profile.Field(name: "email", value: "a@b.example", salt: salt),
                Profile.Field(name: "name", value: "Zoë \u{1F31E}\n", salt: salt),
            ]))
        let one = try #require(
            Profile(fields: [Profile.Field(name: "", value: "", salt: salt)]))
        var mutator = Mutator(
            seed: 9, corpus: [profile.json.canonicalBytes, one.json.canonicalBytes])
        var accepted = 0
        for _ in 0..<6_000 {
            guard let read = Profile(parsing: mutator.next()) else { continue }
            accepted += 1
            let again = try #require(Profile(parsing: read.json.canonicalBytes))
            #expect(again == read && again.root == read.root)
            #expect(again.json.canonicalBytes == read.json.canonicalBytes)
        }
        #expect(accepted > 100)
    }
}
