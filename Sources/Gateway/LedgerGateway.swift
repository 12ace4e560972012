package import Ledger
package import Merkle
package import Primitives
package import Verifier

/// What an outsider may ask of a node or submit to it. Nothing else of a node is reachable.
package protocol LedgerGateway: Sendable {
    /// The network's name, hash and founding document.
    var network: NetworkIdentity { get }

    func status() async throws -> NodeStatus
    /// What operators ask.
    func operation() async throws -> OperationStatus
    func totals() async throws -> NetworkTotals

    /// Takes a canonical `SignedTransaction`: decoded, its signers looked up, its signatures
    /// checked. It does not wait for the rules; ``final(_:withinMilliseconds:)`` does.
    ///
    /// - Returns: the transaction's id. Received is not final: a crash may lose it, and sending the
    ///   same bytes again is safe.
    /// - Throws: ``Ledger/Refusal`` when the envelope, the signers or the signatures are wrong;
    ///   ``GatewayError``.
    func submit(_ bytes: [UInt8]) async throws -> Digest
    /// Waits until a transaction that was received is decided.
    ///
    /// - Parameter withinMilliseconds: 0 looks without waiting.
    /// - Returns: nil when it is not final within the time, or not known.
    /// - Throws: ``Ledger/Refusal`` when the rules said no; ``GatewayError``.
    func final(_ id: Digest, withinMilliseconds: Int) async throws -> TransactionRecord?
    /// Why the rules refused a transaction, as long as the node remembers.
    func refusal(of id: Digest) async -> Refusal?
    /// Whether a transaction was received and is not final yet.
    func isPending(_ id: Digest) async -> Bool
    /// Which rows the rules would refuse, were the refused ones left out. Nothing changes.
    func dryRun(reads: [ReadRow], of account: AccountID) async throws -> [RowRefusal]
    /// Takes an off-chain profile whose root the chain commits to.
    func storeProfile(_ json: [UInt8]) async throws
    /// A profile as JSON, if this node has it and it was not erased.
    ///
    /// - Throws: ``GatewayError/notPermitted(_:)`` unless the request is signed by an admin or
    ///   devices key of the owner, of an account that may act for it in one of those roles, or of
    ///   the initiative, within the last minutes.
    func profile(_ request: ProfileRequest) async throws -> [UInt8]?
    /// Erases a profile on its owner's word.
    ///
    /// - Parameters:
    ///   - key: an admin or devices key of the owner.
    ///   - signature: over ``Primitives/HashTag/profileErasure`` and the network's hash ‖ root.
    func eraseProfile(root: Digest, key: PublicKey, signature: Signature) async throws

    /// Waits until the head is beyond a height.
    ///
    /// - Parameter withinMilliseconds: 0 looks without waiting.
    func head(beyond height: Height, withinMilliseconds: Int) async -> HeadNews

    func blocks(before: Height?, limit: Int) async throws -> [BlockRecord]
    func block(_ height: Height) async throws -> BlockRecord?
    func block(hash: Digest) async throws -> BlockRecord?
    func transaction(_ id: Digest) async throws -> TransactionRecord?
    func transaction(at index: LogIndex) async throws -> TransactionRecord?
    /// Newest first.
    func transactions(
        of account: AccountID?, before: LogIndex?, limit: Int
    ) async throws -> [TransactionRecord]
    /// The bytes that were submitted, with the detached reads.
    func transactionBytes(at index: LogIndex) async throws -> [UInt8]?

    func account(_ id: AccountID) async throws -> AccountRecord?
    func key(_ key: PublicKey) async throws -> KeyRecord?
    func device(_ id: DeviceID) async throws -> DeviceRecord?
    func device(externalID hash: Digest) async throws -> DeviceRecord?
    /// The latest months first.
    func months(
        of device: DeviceID, before: CivilMonth?, limit: Int
    ) async throws -> [DeviceMonthRecord]
    /// How much of a device's energy was issued and spent, by month from a first one on.
    func issuance(of device: DeviceID, from first: CivilMonth) async throws -> IssuanceRecord
    /// Newest first by start.
    func reads(
        of device: DeviceID, before: Timestamp?, limit: Int
    ) async throws -> [ReadRecord]
    func project(_ id: ProjectID) async throws -> ProjectRecord?
    /// The lots that hold a range now; nil where a part of it was never minted.
    ///
    /// - Throws: ``Ledger/RangeTooWideError``.
    func lots(holding range: DRECRange) async throws -> [LotRecord]?
    /// Nil where a part of the range was never minted.
    ///
    /// - Throws: ``Ledger/RangeTooWideError``.
    func provenance(of range: DRECRange) async throws -> ProvenanceRecord?
    /// What proves a subject to anybody who has the genesis document, as of the head; nil where
    /// there is no such subject.
    ///
    /// - Parameter earlier: the size of a log that the head's is shown to go on from.
    /// - Throws: ``Verifier/ProofUnavailableError``, ``Ledger/RangeTooWideError``.
    func proof(
        of subject: ProofSubject, goingOnFrom earlier: UInt64?
    ) async throws -> ProofFile?
    func redemption(_ entry: LogIndex) async throws -> RedemptionRecord?

    // Lists with filters; a page may have fewer items than `limit` and go on all the same.

    /// Ascending by number.
    func accounts(
        _ filter: AccountFilter, after: AccountID?, limit: Int
    ) async throws -> ListPage<AccountRecord, AccountID>
    /// Ascending by number.
    func devices(
        _ filter: DeviceFilter, after: DeviceID?, limit: Int
    ) async throws -> ListPage<DeviceRecord, DeviceID>
    /// Ascending by number.
    func projects(
        _ filter: ProjectFilter, after: ProjectID?, limit: Int
    ) async throws -> ListPage<ProjectRecord, ProjectID>
    /// In the order of the axes.
    func lots(
        _ filter: LotFilter, after: LotPosition?, limit: Int
    ) async throws -> ListPage<LotRecord, LotPosition>
    /// Newest first.
    func redemptions(
        _ filter: RedemptionFilter, before: LogIndex?, limit: Int
    ) async throws -> ListPage<RedemptionRecord, LogIndex>
    /// Newest first.
    func retirements(
        _ filter: RetirementFilter, before: LogIndex?, limit: Int
    ) async throws -> ListPage<RetirementRecord, LogIndex>
    /// Newest first.
    func transactions(
        _ filter: TransactionFilter, before: LogIndex?, limit: Int
    ) async throws -> ListPage<TransactionRecord, LogIndex>
    /// Reads of a device that start in a month (UTC), newest first.
    func reads(
        of device: DeviceID, in month: CivilMonth, before: Timestamp?, limit: Int
    ) async throws -> [ReadRecord]
    /// How many items a list has, counted up to a limit.
    func count(_ filter: ListFilter, upTo limit: Int) async throws -> ListCount
    /// The network's numbers by kind, country and month.
    func statistics() async throws -> NetworkStatistics

    /// The network's parameters by when they take effect, the latest first.
    func parameters(before: Timestamp?, limit: Int) async throws -> [ParametersRecord]
    /// Yields by country, then by when they take effect.
    func yields(
        of country: CountryCode?, after: YieldRecord.Position?, limit: Int
    ) async throws -> [YieldRecord]
    /// Sets of authorities by epoch, the latest first.
    func authoritySets(before: Epoch?, limit: Int) async throws -> [AuthoritySetRecord]
    /// An authority change by the log index of its proposal.
    func authorityChange(_ number: LogIndex) async throws -> AuthorityChange?
    /// Authority changes, open and over, the newest proposal first.
    func authorityChanges(before: LogIndex?, limit: Int) async throws -> [AuthorityChange]
    /// Keys that were shown for a seat and not used yet, by account.
    func authorityJoins(after: AccountID?, limit: Int) async throws -> [AuthorityJoinsRecord]
    /// Authorities that signed twice, as members put them on record, the latest epoch first.
    func doubleVotes(
        before: DoubleVoteRecord.Position?, limit: Int
    ) async throws -> [DoubleVoteRecord]
    /// Who may act for an account, and who might once, by delegate.
    func delegations(
        of account: AccountID, after: AccountID?, limit: Int
    ) async throws -> [DelegationRecord]
    /// The revisions of a device, the latest first.
    func revisions(
        of device: DeviceID, before: Timestamp?, limit: Int
    ) async throws -> [DeviceRecord]
    /// The newest state of the log that a quorum of authorities has cosigned, as a signed note
    /// (C2SP tlog-checkpoint); nil while there is none.
    func checkpoint() async throws -> String?
    /// The hashes of a tile of the log; nil where they are not here.
    func logTile(_ tile: LogTile) async throws -> [UInt8]?
    /// The entries under a tile of level 0, each behind its length (C2SP tlog-tiles).
    func logEntries(_ bundle: LogTile) async throws -> [UInt8]?
    /// An entry with its path to the root of the first `size` entries; nil where either is not
    /// here.
    func loggedEntry(_ index: LogIndex, in size: UInt64) async throws -> LoggedEntry?
    /// The canonical receipt of an entry.
    func receiptBytes(at index: LogIndex) async throws -> [UInt8]?
    /// The deferred reads of an entry.
    func evidence(_ entry: LogIndex) async throws -> EvidenceRecord?
    /// Deferred reads, newest first.
    func evidence(before: LogIndex?, limit: Int) async throws -> [EvidenceRecord]
}

/// Which network a node serves.
package struct NetworkIdentity: Sendable {
    package let name: String
    package let hash: Digest
    /// The founding document's canonical JSON.
    package let genesis: [UInt8]

    package init(name: String, hash: Digest, genesis: [UInt8]) {
        self.name = name
        self.hash = hash
        self.genesis = genesis
    }
}

/// How a node is.
package struct NodeStatus: Sendable {
    package let height: Height
    package let headHash: Digest
    /// The head's time in milliseconds.
    package let headTimeMilliseconds: UInt64
    package let logSize: UInt64
    package let logRoot: Digest
    package let stateRoot: Digest
    package let epoch: Epoch
    package let view: View
    package let authorities: [String]
    package let pendingTransactions: Int
    /// Why the node is not ready, or nil.
    package let notReadyBecause: String?
    package let version: String
    /// The block after which the node's own history begins; nil where it begins with genesis.
    package let base: FinalHeader?

    package init(
        height: Height, headHash: Digest, headTimeMilliseconds: UInt64, logSize: UInt64,
        logRoot: Digest, stateRoot: Digest, epoch: Epoch, view: View, authorities: [String],
        pendingTransactions: Int, notReadyBecause: String?, version: String,
        base: FinalHeader? = nil
    ) {
        self.height = height
        self.headHash = headHash
        self.headTimeMilliseconds = headTimeMilliseconds
        self.logSize = logSize
        self.logRoot = logRoot
        self.stateRoot = stateRoot
        self.epoch = epoch
        self.view = view
        self.authorities = authorities
        self.pendingTransactions = pendingTransactions
        self.notReadyBecause = notReadyBecause
        self.version = version
        self.base = base
    }
}

/// Why a node cannot answer or take something in, other than by the rules.
package enum GatewayError: Error, Equatable, Sendable {
    /// Too much waits already; try again later.
    case busy
    /// The node is stopping or cannot write; the text says why, in words that anybody may read.
    case unavailable(String)
    /// The key may not see it; the text says why.
    case notPermitted(String)
    /// A profile or an erasure that does not fit the chain; the text says why.
    case profileRefused(String)
}
