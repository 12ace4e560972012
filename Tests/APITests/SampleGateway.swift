import Foundation
import Gateway
import Ledger
import ListedGateway
import Primitives
import Verifier
import Wire

/// A gateway over a few fixed records, with answers to submissions that a test chooses.
struct SampleGateway: ListedGateway {
    /// What happens to a submission.
    enum Outcome: Sendable {
        case taken
        case refused(Refusal)
        case failed(any Error)
    }

    var outcome = Outcome.taken
    /// Whether a waiting client sees the transaction become final.
    var becomesFinal = true
    /// A further transaction that is final.
    var known: Digest?
    /// What was refused lately.
    var refusals: [Digest: Refusal] = [:]
    var notReadyBecause: String?
    var statusFailure: (any Error)?
    var rangeFailure: RangeTooWideError?
    /// The only proof that there is, of whatever is asked for.
    var proofFile: ProofFile?
    var proofFailure: (any Error)?
    var truncation: ProvenanceRecord.Truncation = []
    /// Whether provenance can be asked for at all.
    var hasProvenance = true
    var profileFailure: GatewayError?
    /// What makes the entries' bodies others.
    var change: @Sendable (inout ProtoTransactionBody) -> Void = { _ in }
    /// The entries' events, where they are to be others.
    var events: [ProtoEvent]?
    let records = SampleRecords()
    /// The cosigned checkpoint, once there is one.
    var note: String? =
        "drec/sample/0011223344556677\n2\n\(String(repeating: "A", count: 43))=\n\n"
        + "\u{2014} a AAAAAAAA\n"
    /// Where a list of lots pauses, if it begins before that, without an item.
    var lotsPause: LotPosition?
    /// How many accounts there are, where they are to be others, and their name.
    var accountCount: Int?
    var accountName: String?
    /// From which account on a list of accounts fails.
    var accountFailure: (after: AccountID, error: any Error)?
    /// The block after which the history begins.
    var base: FinalHeader?

    var network: NetworkIdentity {
        NetworkIdentity(
            name: "sample", hash: SampleRecords.digest(0xee),
            genesis: Array(#"{"name":"sample"}"#.utf8))
    }

    /// Whether the head never moves and the node never stops.
    var isQuiet = false
    /// What happens when a block is asked for by its height.
    var blockQuestion: @Sendable (Height) async throws -> Void = { _ in }
    /// What happens when a block is asked for by its hash.
    var hashQuestion: @Sendable () -> Void = {}
    /// The bytes of every transaction.
    var bytes: [UInt8] = [1, 2, 3]

    var operations = OperationStatus()
    func operation() async throws -> OperationStatus { operations }

    func status() async throws -> NodeStatus {
        if let statusFailure { throw statusFailure }
        return NodeStatus(
            height: Height(2), headHash: SampleRecords.digest(2),
            headTimeMilliseconds: 1_700_000_000_007, logSize: 3, logRoot: SampleRecords.digest(9),
            stateRoot: SampleRecords.digest(8),
            epoch: Epoch(0), view: View(4), authorities: ["north", "south"],
            pendingTransactions: 1, notReadyBecause: notReadyBecause, version: "test", base: base)
    }

    func totals() async throws -> NetworkTotals {
        var totals = NetworkTotals()
        totals.accounts = 3
        totals.issuedWattHours = .max
        return totals
    }

    // MARK: Submissions

    func submit(_ bytes: [UInt8]) async throws -> Digest {
        switch outcome {
        case .taken:
            guard
                let envelope = try? ProtoSignedTransaction(
                    canonical: Data(bytes), limit: bytes.count)
            else { throw Refusal(.malformed) }
            return Digest.tagged(.transaction, Array(envelope.body))
        case .refused(let refusal): throw refusal
        case .failed(let error): throw error
        }
    }

    func final(_ id: Digest, withinMilliseconds: Int) async throws -> TransactionRecord? {
        becomesFinal && withinMilliseconds > 0 ? records.transaction(2, id: id) : nil
    }

    func isPending(_ id: Digest) async -> Bool { id == SampleRecords.pending }

    func refusal(of id: Digest) async -> Refusal? { refusals[id] }

    func dryRun(reads: [ReadRow], of account: AccountID) async throws -> [RowRefusal] {
        guard account.rawValue <= 3 else { throw Refusal(.accountUnknown, "account") }
        return []
    }

    func storeProfile(_ json: [UInt8]) async throws {
        if let profileFailure { throw profileFailure }
    }

    func profile(_ request: ProfileRequest) async throws -> [UInt8]? {
        guard request.isValid(network: network.hash, at: Timestamp(1_700_000_000)) else {
            throw GatewayError.notPermitted("the signature does not match")
        }
        return request.root == SampleRecords.digest(0x77) ? Array(#"{"fields":[]}"#.utf8) : nil
    }

    func eraseProfile(root: Digest, key: PublicKey, signature: Signature) async throws {
        if let profileFailure { throw profileFailure }
    }

    // MARK: Chain

    /// Whoever has heard of all there is hears that the node stops, so that every stream ends.
    func head(beyond height: Height, withinMilliseconds: Int) async -> HeadNews {
        if isQuiet, height >= Height(2) {
            try? await Task.sleep(for: .seconds(3_600))
            return .unchanged
        }
        return height < Height(2) ? .moved(Height(2)) : .stopping
    }

    func blocks(before: Height?, limit: Int) async throws -> [BlockRecord] {
        Array(
            records.blocks.reversed().filter { record in
                before.map { record.header.height < $0.rawValue } ?? true
            }.prefix(limit))
    }

    func block(_ height: Height) async throws -> BlockRecord? {
        try await blockQuestion(height)
        return records.blocks.first { $0.header.height == height.rawValue }
    }

    func block(hash: Digest) async throws -> BlockRecord? {
        hashQuestion()
        return records.blocks.first { $0.hash == hash }
    }

    func transaction(_ id: Digest) async throws -> TransactionRecord? {
        if id == known { return records.transaction(2, id: id) }
        return records.transactions.first { $0.id == id }
    }

    func transaction(at index: LogIndex) async throws -> TransactionRecord? {
        records.transactions.first { $0.index == index }.map(changed)
    }

    private func changed(_ record: TransactionRecord) -> TransactionRecord {
        var body = record.body
        change(&body)
        var receipt = record.receipt
        receipt.events = events ?? receipt.events
        return TransactionRecord(
            id: record.id, index: record.index, height: record.height, body: body,
            receipt: receipt)
    }

    func transactions(
        of account: AccountID?, before: LogIndex?, limit: Int
    ) async throws -> [TransactionRecord] {
        Array(
            records.transactions.reversed().filter { record in
                (account.map { $0.rawValue == record.body.account } ?? true)
                    && (before.map { record.index < $0 } ?? true)
            }.prefix(limit).map(changed))
    }

    func transactionBytes(at index: LogIndex) async throws -> [UInt8]? {
        index.rawValue < 3 ? bytes : nil
    }
}
