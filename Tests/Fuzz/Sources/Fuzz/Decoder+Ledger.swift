import Foundation
import Ledger
import Merkle
import Primitives
import SampleNetworks
import SwiftProtobuf
import Wire

extension Decoder {
    private static let network = SampleNetwork().network

    /// One valid transaction of every shape.
    private static let transactions: [Data] = {
        var network = SampleNetwork()
        let reads = [
            SampleNetwork.history(1, "2021-12-17", 5_000),
            ReadRow(
                device: DeviceID(1), start: time("2022-01-01"), end: time("2022-01-02"),
                energy: WattHours(7), kind: .history,
                meterSignature: key("meter").sign(.read, [1])),
        ]
        let ranges = [SampleNetwork.range(1, 2), SampleNetwork.range(5, 9)]
        let grant = SampleNetwork.grant("second")
        let actions: [Action] = [
            SampleNetwork.trade(ranges, to: 3), SampleNetwork.redeem(ranges),
            SampleNetwork.retire(ranges), .changeKeys(.with { $0.add = [grant] }),
            .changeDelegation(
                .with {
                    $0.delegate = 3
                    $0.roles = 4
                }), .takeOver(.with { $0.keys = [grant] }),
            .commitProfile(.with { $0.root = hash("profile") }),
            .updateDevice(
                .with {
                    $0.device = 1
                    $0.details = SampleNetwork.details()
                }), .closeDevice(.with { $0.device = 1 }),
            .handOverMeter(
                .with {
                    $0.device = 1
                    $0.meterHash = hash("meter")
                }), .approveAccount(.with { $0.account = 3 }),
            .suspendAccount(.with { $0.account = 3 }),
            .setParameters(.with { $0.parameters = GenesisDocument.localParameters }),
            .setYield(
                .with {
                    $0.country = "IND"
                    $0.yield = .with {
                        $0.kwhPerKwp = 1_500
                        $0.source = "a table"
                    }
                }), .cancelPending(.with { $0.effective = 1 }),
        ]
        var all = network.settling()
        all.append(network.reads(reads))
        all.append(network.reads([reads[0]], deferred: true))
        for action in actions {
            all.append(network.signed(action, as: 2, by: "developer", "second"))
        }
        return all
    }()

    static let transaction = Decoder(name: "transaction") { bytes in
        guard let read = try? Transaction(decoding: Data(bytes), network: network) else { return }
        var envelope = ProtoSignedTransaction()
        envelope.body = read.body.canonicalBytes
        envelope.signatures = read.signatures.map { Data($0.bytes) }
        if !read.reads.isEmpty { envelope.reads = .init(read.reads) }
        precondition(envelope.canonicalBytes.elementsEqual(bytes))
        try? read.checkSignatures()
    } corpus: {
        transactions.map { Array($0) }
    }

    /// A state with two accounts, two devices and 100 D-RECs; libFuzzer runs one thread.
    private nonisolated(unsafe) static let inhabited: BlockExecution = {
        var network = SampleNetwork()
        var execution = BlockExecution(
            context: BlockContext(
                network: network.network, height: Height(1),
                time: Timestamp(SampleNetwork.beginning / 1_000),
                parameters: network.genesis.parameters, logSize: 0), over: network.genesis.state)
        let reads =
            network.settling() + [
                network.reads([SampleNetwork.history(1, "2021-12-17", 100_000)])
            ]
        for bytes in reads {
            guard let transaction = try? network.decoded(bytes),
                (try? execution.apply(transaction)) != nil
            else { preconditionFailure("the sample network does not settle") }
        }
        return execution
    }()

    /// The rules: a body of anybody's, signed with a good key and its reads bound, is applied or
    /// refused without a trace. The first byte chooses the signer.
    static let rules = Decoder(name: "rules") { bytes in
        guard let first = bytes.first,
            let envelope = try? ProtoSignedTransaction(serializedBytes: Data(bytes.dropFirst())),
            var body = try? ProtoTransactionBody(serializedBytes: envelope.body),
            envelope.reads.device.count <= 100, let rows = envelope.reads.rows()
        else { return }
        body.network = Data(network.bytes)
        body.notAfter = SampleNetwork.beginning / 1_000 + 3_600
        body.readsRoot = Data()
        body.readsCount = 0
        let names = ["initiative", "developer", "buyer"]
        let signed = Transaction.sign(
            body, reads: rows,
            keys: [(key(names[Int(first) % 3]), Nonce(1_000)), (key("second"), Nonce(1))])
        let one = Transaction.sign(
            body, reads: rows, keys: [(key(names[Int(first) % 3]), Nonce(1_000))])
        for bytes in [signed, one] {
            guard let transaction = try? Transaction(decoding: bytes, network: network) else {
                continue
            }
            var execution = inhabited
            do {
                _ = try execution.apply(transaction)
            } catch {
                precondition(error is Refusal)
                precondition(execution.applied.count == inhabited.applied.count)
                precondition(
                    execution.state.changes.elementsEqual(inhabited.state.changes) {
                        $0.key == $1.key && $0.value == $1.value
                    })
            }
        }
    } corpus: {
        transactions.flatMap { bytes in (0..<3).map { [UInt8($0)] + bytes } }
    }

    private static let sampleBlock: ProtoBlock = .with {
        $0.header =
            ProtoHeader.with {
                $0.version = 1
                $0.network = Data(network.bytes)
                $0.height = 1
                $0.view = 1
                $0.parentHash = Data(network.bytes)
                $0.timeMilliseconds = SampleNetwork.beginning
                $0.logSize = 3
                $0.logRoot = hash("log")
                $0.stateRoot = hash("state")
            }.canonicalBytes
        $0.transactions = Array(transactions.prefix(3))
    }

    static let block = Decoder(name: "block") { bytes in
        guard
            let block = try? ProtoBlock(canonical: Data(bytes), limit: LedgerLimits.blockBytes),
            let header = try? ProtoHeader(canonical: block.header, limit: LedgerLimits.headerBytes)
        else { return }
        var again = ProtoBlock()
        again.header = header.canonicalBytes
        for bytes in block.transactions {
            guard let read = try? Transaction(decoding: bytes, network: network) else { return }
            again.transactions.append(read.bytes)
        }
        precondition(again.canonicalBytes.elementsEqual(bytes))
    } corpus: {
        [Array(sampleBlock.canonicalBytes), Array(ProtoBlock().canonicalBytes)]
    }

    private static let authorities = AuthoritySet(
        epoch: Epoch(0),
        value: .with { set in
            set.authorities = (0..<4).map { index in
                .with {
                    $0.account = 1
                    $0.name = "authority \(index)"
                    $0.voteKey = publicKey("vote \(index)")
                }
            }
        })

    static let finalization = Decoder(name: "finalization") { bytes in
        guard let read = try? ProtoFinalization(canonical: Data(bytes), limit: 8_192)
        else { return }
        precondition(read.canonicalBytes.elementsEqual(bytes))
        let block = Digest(bytes: read.blockHash) ?? .zero
        _ = read.isValid(for: block, by: authorities, network: network)
    } corpus: {
        [[0: 0], [0: 0, 1: 1, 2: 2], [1: 1, 2: 2, 3: 3]].map { (signers: [Int: Int]) in
            let subject = VoteSubject(
                epoch: Epoch(0), view: View(2), parentView: View(1), blockHash: .sha256([1]))
            let payload = subject.payload(network: network)
            return Array(
                ProtoFinalization(
                    subject: subject,
                    signatures: signers.mapValues { key("vote \($0)").sign(.finalize, payload) }
                ).canonicalBytes)
        }
    }

    /// A submission in Protobuf's JSON, as the member port takes it.
    static let submission = Decoder(name: "submission") { bytes in
        var options = JSONDecodingOptions()
        options.messageDepthLimit = messageDepthLimit
        guard
            let envelope = try? ProtoSignedTransaction(jsonUTF8Data: Data(bytes), options: options),
            envelope.reads.hasKindsOf32Bits
        else { return }
        let canonical = envelope.canonicalBytes
        let again = try? ProtoSignedTransaction(canonical: canonical, limit: .max)
        precondition(again?.canonicalBytes == canonical)
        _ = try? Transaction(decoding: canonical, network: network)
    } corpus: {
        transactions.compactMap { bytes in
            let envelope = try? ProtoSignedTransaction(serializedBytes: bytes)
            return (try? envelope?.jsonUTF8Data()).map { Array($0) }
        } + [Array(#"{"body":"CAE=","reads":{"kind":[1,-1,2147483647,"READ_KIND_DELTA"]}}"#.utf8)]
    }

    static let genesis = Decoder(name: "genesis") { bytes in
        guard let read = try? GenesisDocument(parsing: bytes) else { return }
        let canonical = read.json.canonicalBytes
        precondition((try? GenesisDocument(parsing: canonical)) == read)
        precondition(read.hash == .sha256(canonical))
        _ = read.state.changes
    } corpus: {
        [
            SampleNetwork.document(),
            SampleNetwork.document(
                authorities: [("north", nil), ("south", "authority")],
                yields: [
                    GenesisDocument.CountryYield(
                        country: countryCode("IND"), kwhPerKwp: 1_500,
                        monthFactorsPpm: Array(repeating: 1_000_000, count: 12), source: "a table")
                ]),
        ].map { $0.json.canonicalBytes }
    }

    static let joining = Decoder(name: "joining") { bytes in
        guard let read = try? JoinRequest(parsing: bytes) else { return }
        precondition(read.violation == nil)
        precondition((try? JoinRequest(parsing: read.json.canonicalBytes)) == read)
        // Whatever was signed can be founded with, alone if it is the initiative's.
        let founded = try? GenesisDocument(
            composing: [read], founded: Timestamp(0),
            parameters: GenesisDocument.localParameters, yields: [])
        precondition((founded != nil) == read.isInitiative)
        precondition(founded.map { $0.deviation(from: read) == nil } ?? true)
    } corpus: {
        [true, false].map { isInitiative in
            JoinRequest(
                network: "test", name: "north", isInitiative: isInitiative, legalName: "North",
                country: countryCode("ZAF"), address: "[::1]:8082",
                keys: JoinRequest.Keys(
                    account: key("north"), vote: key("north vote"), tls: key("north tls"),
                    log: key("north log"))
            ).json.canonicalBytes
        }
    }

    static let profile = Decoder(name: "profile") { bytes in
        guard let read = Profile(parsing: bytes) else { return }
        let again = Profile(parsing: read.json.canonicalBytes)
        precondition(again == read && again?.root == read.root)
    } corpus: {
        let salt = [UInt8](repeating: 0xab, count: 16)
        let fields = [("email", "a@b.example"), ("name", "Zoë \u{1F31E}\n"), ("", "")].map {
            Profile.Field(name: $0.0, value: $0.1, salt: salt)
        }
        return (1...3).compactMap { Profile(fields: Array(fields.prefix($0)))?.json.canonicalBytes }
    }
}
