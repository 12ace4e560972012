import Foundation
import Gateway
import Ledger
import ListedGateway
import Merkle
import Primitives
import Verifier
import Wire

/// A gateway that answers from dictionaries, filled with one small network's life.
struct MemoryGateway: ListedGateway {
    var network = NetworkIdentity(
        name: "local <four>", hash: MemoryGateway.digest(0xAA), genesis: [])
    var heads = NodeStatus(
        height: Height(8), headHash: MemoryGateway.digest(8),
        headTimeMilliseconds: 1_640_000_000_000, logSize: 8, logRoot: MemoryGateway.digest(0x30),
        stateRoot: MemoryGateway.digest(0x31), epoch: Epoch(0), view: View(9),
        authorities: ["north", "south", "east", "west"], pendingTransactions: 1,
        notReadyBecause: nil, version: "0.1.0")
    var sums = NetworkTotals()
    var accounts: [AccountRecord] = []
    var keys: [KeyRecord] = []
    var devices: [DeviceRecord] = []
    var monthRecords: [DeviceMonthRecord] = []
    var readRecords: [ReadRecord] = []
    var projects: [ProjectRecord] = []
    var lotRecords: [LotRecord] = []
    var provenances: [DRECRange: ProvenanceRecord] = [:]
    var redemptionRecords: [RedemptionRecord] = []
    var retirements: [RetirementRecord] = []
    /// The statistics' months and countries, where they are to be others.
    var months: [NetworkStatistics.Month]?
    var countries: [NetworkStatistics.Country]?
    /// What every list is said to have, where it is to be another number.
    var toldCount: ListCount?
    /// Where a list of lots pauses, if it begins before that, without an item.
    var lotsPause: LotPosition?
    var transactionRecords: [TransactionRecord] = []
    var blockRecords: [BlockRecord] = []
    var pending: Set<Digest> = []
    var refusals: [Digest: Refusal] = [:]
    /// The most lots of an answer, where every range has more.
    var tooWide: Int?
    var isBusy = false

    static func digest(_ byte: UInt8) -> Digest {
        Digest.sha256([byte])
    }

    var operations = OperationStatus()
    func operation() async throws -> OperationStatus { operations }

    func status() async throws -> NodeStatus {
        if isBusy { throw GatewayError.busy }
        return heads
    }
    func totals() async throws -> NetworkTotals { sums }
    func head(beyond height: Height, withinMilliseconds: Int) async -> HeadNews {
        heads.height > height ? .moved(heads.height) : .unchanged
    }

    func submit(_ bytes: [UInt8]) async throws -> Digest { throw GatewayError.busy }
    func final(
        _ id: Digest, withinMilliseconds: Int
    ) async throws -> TransactionRecord? { try await transaction(id) }
    func isPending(_ id: Digest) async -> Bool { pending.contains(id) }
    func refusal(of id: Digest) async -> Refusal? { refusals[id] }
    func dryRun(reads: [ReadRow], of account: AccountID) async throws -> [RowRefusal] { [] }
    func storeProfile(_ json: [UInt8]) async throws {}
    func profile(_ request: ProfileRequest) async throws -> [UInt8]? { nil }
    func eraseProfile(root: Digest, key: PublicKey, signature: Signature) async throws {}

    func blocks(before: Height?, limit: Int) async throws -> [BlockRecord] {
        let found = blockRecords.reversed().filter { record in
            before.map { record.header.height < $0.rawValue } ?? true
        }
        return Array(found.prefix(limit))
    }
    func block(_ height: Height) async throws -> BlockRecord? {
        blockRecords.first { $0.header.height == height.rawValue }
    }
    func block(hash: Digest) async throws -> BlockRecord? {
        blockRecords.first { $0.hash == hash }
    }
    func transaction(_ id: Digest) async throws -> TransactionRecord? {
        transactionRecords.first { $0.id == id }
    }
    func transaction(at index: LogIndex) async throws -> TransactionRecord? {
        transactionRecords.first { $0.index == index }
    }
    func transactions(
        of account: AccountID?, before: LogIndex?, limit: Int
    ) async throws -> [TransactionRecord] {
        let found = transactionRecords.reversed().filter { record in
            (account.map { record.body.account == $0.rawValue } ?? true)
                && (before.map { record.index < $0 } ?? true)
        }
        return Array(found.prefix(limit))
    }
    func transactionBytes(at index: LogIndex) async throws -> [UInt8]? { nil }

    func account(_ id: AccountID) async throws -> AccountRecord? {
        accounts.first { $0.id == id }
    }
    func key(_ key: PublicKey) async throws -> KeyRecord? { keys.first { $0.key == key } }
    func device(_ id: DeviceID) async throws -> DeviceRecord? { devices.first { $0.id == id } }
    func device(externalID hash: Digest) async throws -> DeviceRecord? {
        devices.first { $0.value.externalIDHash == Data(hash.bytes) }
    }
    func months(
        of device: DeviceID, before: CivilMonth?, limit: Int
    ) async throws -> [DeviceMonthRecord] {
        device == DeviceID(1) ? Array(monthRecords.prefix(limit)) : []
    }
    var issuances: [DeviceID: IssuanceRecord] = [:]
    func issuance(of device: DeviceID, from first: CivilMonth) async throws -> IssuanceRecord {
        issuances[device] ?? IssuanceRecord(months: [], isComplete: true)
    }
    func reads(
        of device: DeviceID, before: Timestamp?, limit: Int
    ) async throws -> [ReadRecord] {
        Array(readRecords.filter { $0.window.device == device }.prefix(limit))
    }
    func project(_ id: ProjectID) async throws -> ProjectRecord? {
        projects.first { $0.id == id }
    }
    func lots(holding range: DRECRange) async throws -> [LotRecord]? {
        if let tooWide { throw RangeTooWideError(range: range, lots: tooWide) }
        return provenances[range]?.lots
    }
    func provenance(of range: DRECRange) async throws -> ProvenanceRecord? {
        if let tooWide { throw RangeTooWideError(range: range, lots: tooWide) }
        return provenances[range]
    }
    func proof(
        of subject: ProofSubject, goingOnFrom earlier: UInt64?
    ) async throws -> ProofFile? {
        if let proofFailure { throw proofFailure }
        return proofFile
    }
    /// The only proof that there is, of whatever is asked for.
    var proofFile: ProofFile?
    var proofFailure: ProofUnavailableError?
    func redemption(_ entry: LogIndex) async throws -> RedemptionRecord? {
        redemptionRecords.first { $0.entry == entry }
    }
    var sets: [AuthoritySetRecord] = []
    var changes: [AuthorityChange] = []
    var doubles: [DoubleVoteRecord] = []
    var parameterRecords: [ParametersRecord] = []
    func authoritySets(before: Epoch?, limit: Int) async throws -> [AuthoritySetRecord] {
        Array(sets.prefix(limit))
    }
    func authorityChange(_ number: LogIndex) async throws -> AuthorityChange? { nil }
    func authorityChanges(before: LogIndex?, limit: Int) async throws -> [AuthorityChange] {
        Array(changes.prefix(limit))
    }
    func doubleVotes(
        before: DoubleVoteRecord.Position?, limit: Int
    ) async throws -> [DoubleVoteRecord] { Array(doubles.prefix(limit)) }
    func authorityJoins(after: AccountID?, limit: Int) async throws -> [AuthorityJoinsRecord] {
        []
    }
    func parameters(before: Timestamp?, limit: Int) async throws -> [ParametersRecord] {
        Array(parameterRecords.prefix(limit))
    }
    func yields(
        of country: CountryCode?, after: YieldRecord.Position?, limit: Int
    ) async throws -> [YieldRecord] { [] }
    func delegations(
        of account: AccountID, after: AccountID?, limit: Int
    ) async throws -> [DelegationRecord] { [] }
    func revisions(
        of device: DeviceID, before: Timestamp?, limit: Int
    ) async throws -> [DeviceRecord] {
        Array(devices.filter { $0.id == device }.prefix(limit))
    }
    func checkpoint() async throws -> String? { nil }
    func logTile(_ tile: LogTile) async throws -> [UInt8]? { nil }
    func logEntries(_ bundle: LogTile) async throws -> [UInt8]? { nil }
    func loggedEntry(_ index: LogIndex, in size: UInt64) async throws -> LoggedEntry? { nil }
    func receiptBytes(at index: LogIndex) async throws -> [UInt8]? { nil }
    func evidence(_ entry: LogIndex) async throws -> EvidenceRecord? { nil }
    func evidence(before: LogIndex?, limit: Int) async throws -> [EvidenceRecord] { [] }
}
