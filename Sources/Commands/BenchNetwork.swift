import Foundation
import Ledger
import Merkle
import Primitives
import Replica
import Store
import Wire

/// A network in one process and one file, for measuring: transactions go straight into blocks.
struct BenchNetwork {
    let genesis: GenesisDocument
    let path: String
    let owner: SigningKey
    let vote: SigningKey
    private(set) var store: ChainStore
    private(set) var replica: ChainReplica
    private var nonce: UInt64 = 0
    /// Milliseconds; every block is one second later than the one before.
    private var clock: UInt64

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
        vote = try key(3)
        let now = SystemClock.milliseconds()
        clock = now - 3_600_000 * 24
        genesis = try GenesisFile.document(
            name: "bench", legalName: "Bench", country: "CHE", initiative: initiative.publicKey,
            vote: vote.publicKey, tls: try key(4).publicKey, log: try key(5).publicKey,
            yields: nil)
        path = "\(directory)/\(name).sqlite"
        store = try ChainStore(path: path, genesis: genesis, creating: true)
        let loaded = try store.load()
        replica = ChainReplica(
            network: genesis.hash, head: loaded.head, authorities: loaded.authorities,
            tree: loaded.tree)
        clock = max(clock, replica.head.timeMilliseconds + 1_000)
        for (kind, key) in [(ProtoAccountKind.developer, owner), (.buyer, try key(6))] {
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
        body.network = Data(genesis.hash.bytes)
        body.account = account.rawValue
        body.notAfter = clock / 1_000 + 7_200
        body.channel = .api
        body.action = action
        return Transaction.sign(
            body, reads: reads, keys: (keys ?? [owner]).map { ($0, Nonce(nonce)) })
    }

    /// Makes one block of transactions whose signatures are known to be good.
    @discardableResult
    mutating func append(_ transactions: [Data]) throws -> FinalBlock {
        let decoded = try transactions.map {
            try Transaction(decoding: $0, network: genesis.hash)
        }
        clock += 1_000
        let now = clock
        let current = replica
        let vote = vote
        let block: FinalBlock = try store.advance { access in
            let depth = current.tree.depth
            let (draft, outcomes) = try current.propose(
                decoded, now: now,
                on: ChainReplica.FinalState(
                    leaves: access, bucket: { try access.bucket($0, depth: depth) }))
            for case .refused(let refusal) in outcomes { throw refusal }
            guard let draft, draft.execution.applied.count == decoded.count else {
                throw CommandFailure.failed("a block of the benchmark is too large")
            }
            let signature = vote.sign(
                .finalize, draft.subject.payload(network: current.network))
            let block = draft.finalised(
                by: ProtoFinalization(subject: draft.subject, signatures: [0: signature]))
            try access.write(block)
            return block
        }
        try advance(to: block)
        return block
    }

    private mutating func advance(to block: FinalBlock) throws {
        try replica.advance(to: block)
        while replica.tree.wantsDeepening {
            let depth = replica.tree.depth
            try store.advance { access in
                try replica.deepenTree(
                    bucket: { try access.bucket($0, depth: depth) },
                    store: { try access.storeDeepened($0, depth: depth + 1) })
                try access.finishDeepening(to: depth + 1)
            }
        }
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

    /// The chain's blocks as they are kept, from a height on.
    func storedBlocks(
        from first: UInt64
    ) throws -> [(block: Data, finalization: ProtoFinalization)] {
        try (first...replica.head.height.rawValue).compactMap { height in
            try store.readNow { try $0.blockBytes(Height(height)) }
        }
    }

    /// Takes in blocks as a node that catches up does: decode, signatures on all cores, execution,
    /// roots, commit.
    mutating func replay(
        _ blocks: [(block: Data, finalization: ProtoFinalization)]
    ) async throws {
        for stored in blocks {
            let (header, transactions) = try replica.decode(stored.block)
            try await SignatureCheck.all(transactions)
            let current = replica
            let block: FinalBlock = try store.advance { access in
                let depth = current.tree.depth
                let block = try current.execute(
                    header: header, transactions: transactions,
                    finalization: stored.finalization,
                    on: ChainReplica.FinalState(
                        leaves: access, bucket: { try access.bucket($0, depth: depth) }))
                try access.write(block)
                return block
            }
            try advance(to: block)
        }
    }

    /// Goes on in another file with the same content, as it is now.
    func copied(to name: String) throws -> BenchNetwork {
        let target =
            URL(fileURLWithPath: path).deletingLastPathComponent().path
            + "/\(name).sqlite"
        try store.copy(to: target)
        var copy = self
        copy.store = try ChainStore(path: target, genesis: genesis, creating: false)
        return copy
    }
}

/// Signatures of a block's transactions, on all cores.
enum SignatureCheck {
    private static let chunk = 64

    static func all(_ transactions: [Transaction]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var start = 0
            while start < transactions.count {
                let part = transactions[start..<min(start + chunk, transactions.count)]
                group.addTask {
                    for transaction in part { try transaction.checkSignatures() }
                }
                start += chunk
            }
            try await group.waitForAll()
        }
    }
}
