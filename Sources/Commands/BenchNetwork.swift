import Foundation
import Ledger
import Merkle
import Node
import Primitives
import Replica
import Store
import Wire

/// A network in one process and one file, for measuring: transactions go straight into blocks.
struct BenchNetwork {
    let genesis: GenesisDocument
    /// The genesis document's hash, which every transaction names.
    let network: Digest
    private(set) var path: String
    let owner: SigningKey
    let buyerKey: SigningKey
    let vote: SigningKey
    private(set) var chain: StoredReplica
    /// The next D-REC that is traded.
    var nextSerial: UInt64 = 1
    private var nonce: UInt64 = 0
    /// Milliseconds; every block is one second later than the one before.
    private var clock: UInt64

    /// Leaves of the state, and entries of the log.
    var leafCount: Int { chain.replica.tree.leafCount }
    var entryCount: UInt64 { chain.replica.head.frontier.size }

    /// The developer that owns all devices and D-RECs, and who receives what it trades.
    static let developer = AccountID(2)
    static let buyer = AccountID(3)

    init(directory: String, name: String) throws {
        func key(_ number: UInt8) throws -> SigningKey {
            guard let key = SigningKey(seed: [UInt8](repeating: number, count: 32)) else {
                throw CommandFailure.failed("no key could be made")
            }
            return key
        }
        let initiative = try key(1)
        owner = try key(2)
        buyerKey = try key(6)
        vote = try key(3)
        let now = SystemClock.milliseconds()
        clock = now - 3_600_000 * 24
        genesis = try GenesisFile.document(
            name: "bench", legalName: "Bench", country: "CHE", initiative: initiative.publicKey,
            vote: vote.publicKey, tls: try key(4).publicKey, log: try key(5).publicKey,
            yields: nil)
        network = genesis.hash
        path = "\(directory)/\(name).sqlite"
        chain = try StoredReplica(
            ChainStore(path: path, genesis: genesis, creating: true), network: network)
        clock = max(clock, chain.replica.head.timeMilliseconds + 1_000)
        for (kind, key) in [(ProtoAccountKind.developer, owner), (.buyer, buyerKey)] {
            var action = ProtoRegisterAccount()
            action.kind = kind
            action.legalName = "Bench"
            action.country = "KEN"
            var grant = ProtoKeyGrant()
            grant.publicKey = Data(key.publicKey.bytes)
            grant.roles = KeyRoles.all.rawValue
            action.keys = [grant]
            nonce += 1
            try append([
                transaction(.registerAccount(action), as: .initiative, keys: [initiative, key])
            ])
        }
    }

    /// A signed transaction of the developer, or of the keys given.
    mutating func transaction(
        _ action: ProtoTransactionBody.OneOf_Action, as account: AccountID = developer,
        reads: [ReadRow] = [], keys: [SigningKey]? = nil
    ) throws -> Data {
        nonce += 1
        var body = ProtoTransactionBody()
        body.network = Data(network.bytes)
        body.account = account.rawValue
        body.notAfter = clock / 1_000 + 7_200
        body.channel = .api
        body.action = action
        return Transaction.sign(
            body, reads: reads, keys: (keys ?? [owner]).map { ($0, Nonce(nonce)) })
    }

    /// Makes one block of transactions whose signatures are known to be good.
    mutating func append(_ transactions: [Data]) throws {
        try append(
            transactions.map { try Transaction(decoding: $0, network: network) })
    }

    mutating func append(_ transactions: [Transaction]) throws {
        clock += 1_000
        let (vote, network) = (vote, network)
        let result = try chain.make(
            now: clock,
            finalise: { subject in
                let signature = vote.sign(.finalize, subject.payload(network: network))
                return ProtoFinalization(subject: subject, signatures: [0: signature])
            }, choose: { _ in transactions })
        for case .refused(let refusal) in result.outcomes { throw refusal }
        guard result.block?.transactions.count == transactions.count else {
            throw CommandFailure.failed("a block of the benchmark is too large")
        }
        try chain.deepenIfNeeded()
    }

    /// Registers devices of 250 kW, so that D-RECs come quickly.
    mutating func registerDevices(_ count: Int) throws {
        var done = 0
        while done < count {
            var action = ProtoRegisterDevices()
            for number in done..<min(count, done + 500) {
                var device = ProtoDeviceRegistration()
                device.externalIDHash = Data(Digest.sha256(Array("bench \(number)".utf8)).bytes)
                device.details.kind = .rooftop
                device.details.country = "KEN"
                device.details.fuelCode = 100
                device.details.typeCode = 120
                device.details.capacityWatts = 250_000
                device.details.commissioned = 1_577_836_800
                device.details.grid = .captive
                device.details.offTaker = .commercial
                device.details.source = .platform
                action.devices.append(device)
            }
            try append([transaction(.registerDevices(action))])
            done += action.devices.count
        }
    }

    /// Takes in the blocks of another file above this one's as a node that catches up does:
    /// decode, signatures, execution, roots, commit.
    mutating func replay(from other: BenchNetwork) async throws {
        let first = chain.replica.head.height.rawValue + 1
        let last = other.chain.replica.head.height.rawValue
        try await ChainReplay(from: first, through: last, of: other.chain.store)
            .run(into: &chain)
    }

    func close() throws { try chain.store.close() }

    /// The same chain, loaded from its file as a node does when it starts.
    func reopened() throws -> BenchNetwork {
        var copy = self
        copy.chain = try StoredReplica(
            ChainStore(path: path, genesis: genesis, creating: false), network: network)
        return copy
    }

    /// Goes on in another file with the same content, as it is now.
    func copied(to name: String) throws -> BenchNetwork {
        let target =
            URL(fileURLWithPath: path).deletingLastPathComponent().path
            + "/\(name).sqlite"
        try chain.store.copy(to: target)
        var copy = self
        copy.path = target
        copy.chain = try StoredReplica(
            ChainStore(path: target, genesis: genesis, creating: false), network: network)
        return copy
    }
}
