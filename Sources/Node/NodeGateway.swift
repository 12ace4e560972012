import Consensus
import Foundation
package import Gateway
package import Ledger
import Peering
package import Primitives
import Registry
import Store
import Wire

/// The node's side of the gateway: submissions go to the driver's inbox, questions to the store.
package struct NodeGateway: LedgerGateway {
    package let network: NetworkIdentity
    let store: ChainStore
    let profiles: ProfileStore
    let inbox: Inbox
    let checked: CheckedTransactions
    let signers: KnownSigners
    let health: NodeHealth
    let version: String
    let environment: NodeEnvironment
    let peering: PeeringService?

    let gate: ReadGate
    let shelf: CosignatureShelf
    let audience: ProfileAudience

    var now: Timestamp { Timestamp(environment.time() / 1_000) }

    /// A question to the store.
    ///
    /// - Throws: ``GatewayError`` when too many wait or the store cannot answer now.
    func read<Result: Sendable>(
        _ body: @Sendable @escaping (ChainAccess) throws -> Result
    ) async throws -> Result {
        do {
            return try await gate.pass { try await store.read(body) }
        } catch let error as StoreError where error.disposition == .retry {
            throw GatewayError.unavailable(error.description)
        }
    }

    package func status() async throws -> NodeStatus {
        health.status(version: version, network: network.hash, base: store.base)
    }

    package func totals() async throws -> NetworkTotals {
        let height = health.status(version: version, network: network.hash).height
        return try await read { try $0.totals(height: height) }
    }

    /// A question or an order to the registry.
    ///
    /// - Throws: ``GatewayError`` when it cannot be done now.
    func registry<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as RegistryError where error.isTemporary {
            throw GatewayError.unavailable(error.description)
        }
    }

    // MARK: Profiles

    package func storeProfile(_ json: [UInt8]) async throws {
        guard let profile = Profile(parsing: json) else {
            throw GatewayError.profileRefused("this is not a profile")
        }
        let root = profile.root
        guard try await read({ try $0.isCommitted(root) }) else {
            throw GatewayError.profileRefused("no account has committed to this profile")
        }
        let canonical = Data(profile.json.canonicalBytes)
        guard try await registry({ try await profiles.store(canonical, root: root) }) else {
            throw GatewayError.profileRefused("this profile was erased")
        }
    }

    package func profile(_ request: ProfileRequest) async throws -> [UInt8]? {
        guard request.isValid(network: network.hash, at: now) else {
            throw GatewayError.notPermitted(
                "the signature does not match, or its time is more than "
                    + "\(ProfileRequest.validitySeconds) s away from the node's")
        }
        let isPermitted = try await read { access in
            try access.mayRead(profile: request.root, key: request.key)
        }
        guard isPermitted else {
            throw GatewayError.notPermitted(
                "the key is no admin or devices key of the profile's owner, of a delegate in "
                    + "those roles, or of the initiative")
        }
        return try await registry { try await profiles.profile(root: request.root) }
            .map { Array($0) }
    }

    package func eraseProfile(
        root: Digest, key: PublicKey, signature: Signature
    ) async throws {
        let payload = network.hash.bytes + root.bytes
        guard key.verifies(signature, .profileErasure, payload) else {
            throw GatewayError.profileRefused("the signature does not match")
        }
        let isOwner = try await read { access in
            try access.commits(to: root, key: key)
        }
        guard isOwner else {
            throw GatewayError.profileRefused(
                "the key is no admin or devices key of an account with this profile")
        }
        let order = ProfileErasure(root: root, key: key, signature: signature)
        try await registry { try await profiles.erase([ProfileStore.Order(order)]) }
        // To whoever is there; the others ask when they are back.
        let bytes = PeerMessage.erase(ErasureMessage.order(order)).bytes
        for peer in peering?.peers ?? []
        where peer.role == .authority || audience.readers.contains(peer.key) {
            peering?.send(bytes, to: peer.key, lane: .bulk)
        }
    }
}

extension NodeGateway {
    package func head(beyond height: Height, withinMilliseconds limit: Int) async -> HeadNews {
        await health.watch.head(beyond: height, withinMilliseconds: limit)
    }

    package func blocks(before: Height?, limit: Int) async throws -> [BlockRecord] {
        try await read { try $0.blocks(before: before, limit: limit) }
    }

    package func block(_ height: Height) async throws -> BlockRecord? {
        try await read { try $0.block(height) }
    }

    package func block(hash: Digest) async throws -> BlockRecord? {
        try await read { try $0.block(hash: hash) }
    }

    package func transaction(_ id: Digest) async throws -> TransactionRecord? {
        try await read { try $0.transaction(id) }
    }

    package func transaction(at index: LogIndex) async throws -> TransactionRecord? {
        try await read { try $0.transaction(at: index) }
    }

    package func transactions(
        of account: AccountID?, before: LogIndex?, limit: Int
    ) async throws -> [TransactionRecord] {
        try await read { try $0.transactions(of: account, before: before, limit: limit) }
    }

    package func transactionBytes(at index: LogIndex) async throws -> [UInt8]? {
        try await read { try $0.transactionBytes(at: index).map { Array($0) } }
    }

    package func account(_ id: AccountID) async throws -> AccountRecord? {
        try await read { access in
            try access.account(id).map { AccountRecord(id: id, value: $0) }
        }
    }

    package func key(_ key: PublicKey) async throws -> KeyRecord? {
        try await read { access in
            try access.message(ProtoKeyValue.self, for: .key(key))
                .map { KeyRecord(key: key, value: $0) }
        }
    }

    package func device(_ id: DeviceID) async throws -> DeviceRecord? {
        let time = now
        return try await read { try $0.deviceRecord(id, at: time) }
    }

    package func device(externalID hash: Digest) async throws -> DeviceRecord? {
        let time = now
        return try await read { access in
            try access.message(ProtoReferenceValue.self, for: .externalID(hash))
                .flatMap { try access.deviceRecord(DeviceID($0.number), at: time) }
        }
    }

    package func months(
        of device: DeviceID, before: CivilMonth?, limit: Int
    ) async throws -> [DeviceMonthRecord] {
        let time = now
        return try await read {
            try $0.months(of: device, before: before, limit: limit, at: time)
        }
    }

    package func issuance(
        of device: DeviceID, from first: CivilMonth
    ) async throws -> IssuanceRecord {
        try await read { try $0.issuance(of: device, from: first) }
    }

    package func reads(
        of device: DeviceID, before: Timestamp?, limit: Int
    ) async throws -> [ReadRecord] {
        try await read { try $0.reads(of: device, before: before, limit: limit) }
    }

    package func project(_ id: ProjectID) async throws -> ProjectRecord? {
        try await read { try $0.project(id) }
    }

    package func lots(holding range: DRECRange) async throws -> [LotRecord]? {
        try await read { try $0.lots(holding: range) }
    }

    package func provenance(of range: DRECRange) async throws -> ProvenanceRecord? {
        try await read { try $0.provenance(of: range) }
    }

    package func redemption(_ entry: LogIndex) async throws -> RedemptionRecord? {
        try await read { try $0.redemption(entry) }
    }
}
