import Foundation
package import Gateway
package import Ledger
package import Primitives
import Registry
import Store
package import Wire

/// The node's side of the gateway: submissions go to the driver's inbox, questions to the store.
package struct NodeGateway: LedgerGateway {
    package let network: NetworkIdentity
    let store: ChainStore
    let profiles: ProfileStore
    let inbox: Inbox
    let bell: FinalityBell
    let health: NodeHealth
    let version: String
    let clock: @Sendable () -> UInt64

    var now: Timestamp { Timestamp(clock() / 1_000) }

    package func status() async throws -> NodeStatus {
        health.status(version: version, network: network.hash)
    }

    package func totals() async throws -> NetworkTotals {
        let height = health.status(version: version, network: network.hash).height
        return try await store.read { try $0.totals(height: height) }
    }

    // MARK: Submission

    package func submit(_ bytes: [UInt8]) async throws -> Digest {
        let transaction = try Transaction(decoding: Data(bytes), network: network.hash)
        if inbox.isPending(transaction.id) { return transaction.id }
        // Sent again after it became final: the same answer as then.
        if try await store.read({ try $0.index(of: transaction.id) }) != nil {
            return transaction.id
        }
        try transaction.checkSignatures()
        return try await withCheckedThrowingContinuation { continuation in
            let arrival = Arrival(transaction: transaction, reply: continuation)
            switch inbox.put(arrival) {
            case .taken: break
            case .known: continuation.resume(returning: transaction.id)
            case .full: continuation.resume(throwing: GatewayError.busy)
            case .closed:
                continuation.resume(
                    throwing: GatewayError.unavailable("the node is stopping"))
            }
        }
    }

    package func final(
        _ id: Digest, withinMilliseconds limit: Int
    ) async throws -> TransactionRecord? {
        if let record = try await transaction(id) { return record }
        guard inbox.isPending(id) else { return try await transaction(id) }
        return try await withThrowingTaskGroup(of: TransactionRecord?.self) { group in
            group.addTask {
                for await _ in bell.listen() {
                    if let record = try await transaction(id) { return record }
                    if !inbox.isPending(id) { return try await transaction(id) }
                }
                return nil
            }
            group.addTask {
                try await Task.sleep(for: .milliseconds(limit))
                return nil
            }
            let first = try await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }

    package func isPending(_ id: Digest) async -> Bool { inbox.isPending(id) }

    package func dryRun(
        reads: [ReadRow], of account: AccountID
    ) async throws -> [RowRefusal] {
        let network = network.hash
        let time = now
        return try await store.read { access in
            guard let parameters = try access.parameters(at: time) else { return [] }
            var execution = BlockExecution(
                context: BlockContext(
                    network: network, height: Height(0), time: time, parameters: parameters,
                    logSize: 0), over: access)
            return try execution.dryRun(reads: reads, of: account)
        }
    }

    // MARK: Profiles

    package func storeProfile(_ json: [UInt8]) async throws {
        guard let profile = Profile(parsing: json) else {
            throw GatewayError.profileRefused("this is not a profile")
        }
        let root = profile.root
        guard try await store.read({ try $0.isCommitted(root) }) else {
            throw GatewayError.profileRefused("no account has committed to this profile")
        }
        let canonical = Data(profile.json.canonicalBytes)
        guard try await profiles.store(canonical, root: profile.root) else {
            throw GatewayError.profileRefused("this profile was erased")
        }
    }

    package func profile(root: Digest) async throws -> [UInt8]? {
        try await profiles.profile(root: root).map { Array($0) }
    }

    package func eraseProfile(
        root: Digest, key: PublicKey, signature: Signature
    ) async throws {
        let payload = network.hash.bytes + root.bytes
        guard key.verifies(signature, .profileErasure, payload) else {
            throw GatewayError.profileRefused("the signature does not match")
        }
        let isOwner = try await store.read { access in
            try access.commits(to: root, key: key)
        }
        guard isOwner else {
            throw GatewayError.profileRefused(
                "the key is no admin or devices key of an account with this profile")
        }
        try await profiles.erase(root: root)
    }
}

extension NodeGateway {
    package func blocks(before: Height?, limit: Int) async throws -> [BlockRecord] {
        try await store.read { try $0.blocks(before: before, limit: limit) }
    }

    package func block(_ height: Height) async throws -> BlockRecord? {
        try await store.read { try $0.block(height) }
    }

    package func block(hash: Digest) async throws -> BlockRecord? {
        try await store.read { try $0.block(hash: hash) }
    }

    package func transaction(_ id: Digest) async throws -> TransactionRecord? {
        try await store.read { try $0.transaction(id) }
    }

    package func transaction(at index: LogIndex) async throws -> TransactionRecord? {
        try await store.read { try $0.transaction(at: index) }
    }

    package func transactions(
        of account: AccountID?, before: LogIndex?, limit: Int
    ) async throws -> [TransactionRecord] {
        try await store.read { try $0.transactions(of: account, before: before, limit: limit) }
    }

    package func transactionBytes(at index: LogIndex) async throws -> [UInt8]? {
        try await store.read { try $0.transactionBytes(at: index).map { Array($0) } }
    }

    package func account(_ id: AccountID) async throws -> AccountRecord? {
        try await store.read { access in
            try access.account(id).map { AccountRecord(id: id, value: $0) }
        }
    }

    package func accounts(after: AccountID?, limit: Int) async throws -> [AccountRecord] {
        try await store.read { try $0.accounts(after: after, limit: limit) }
    }

    package func key(_ key: PublicKey) async throws -> KeyRecord? {
        try await store.read { access in
            try access.message(ProtoKeyValue.self, for: .key(key))
                .map { KeyRecord(key: key, value: $0) }
        }
    }

    package func device(_ id: DeviceID) async throws -> DeviceRecord? {
        let time = now
        return try await store.read { try $0.deviceRecord(id, at: time) }
    }

    package func device(externalID hash: Digest) async throws -> DeviceRecord? {
        let time = now
        return try await store.read { access in
            try access.message(ProtoReferenceValue.self, for: .externalID(hash))
                .flatMap { try access.deviceRecord(DeviceID($0.number), at: time) }
        }
    }

    package func devices(
        of owner: AccountID?, after: DeviceID?, limit: Int
    ) async throws -> [DeviceRecord] {
        let time = now
        return try await store.read {
            try $0.devices(of: owner, after: after, limit: limit, at: time)
        }
    }

    package func months(
        of device: DeviceID, limit: Int
    ) async throws -> [DeviceMonthRecord] {
        let time = now
        return try await store.read { try $0.months(of: device, limit: limit, at: time) }
    }

    package func reads(
        of device: DeviceID, before: Timestamp?, limit: Int
    ) async throws -> [ReadRecord] {
        try await store.read { try $0.reads(of: device, before: before, limit: limit) }
    }

    package func project(_ id: ProjectID) async throws -> ProjectRecord? {
        try await store.read { try $0.project(id) }
    }

    package func projects(after: ProjectID?, limit: Int) async throws -> [ProjectRecord] {
        try await store.read { try $0.projects(after: after, limit: limit) }
    }

    package func lots(
        owner: AccountID?, status: ProtoLotStatus?, series: SeriesID?, after: DRECRange?,
        limit: Int
    ) async throws -> [LotRecord] {
        try await store.read {
            try $0.lots(owner: owner, status: status, series: series, after: after, limit: limit)
        }
    }

    package func provenance(of range: DRECRange) async throws -> ProvenanceRecord? {
        try await store.read { try $0.provenance(of: range) }
    }

    package func redemption(_ entry: LogIndex) async throws -> RedemptionRecord? {
        try await store.read { try $0.redemption(entry) }
    }

    package func redemptions(
        before: LogIndex?, limit: Int
    ) async throws -> [RedemptionRecord] {
        try await store.read { try $0.redemptions(before: before, limit: limit) }
    }
}
