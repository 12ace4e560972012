import Gateway
import Ledger
import Merkle
import Primitives
import Verifier
import Wire

extension SampleGateway {
    func account(_ id: AccountID) async throws -> AccountRecord? {
        records.accounts.first { $0.id == id }
    }

    func key(_ key: PublicKey) async throws -> KeyRecord? {
        key == records.key.key ? records.key : nil
    }

    func device(_ id: DeviceID) async throws -> DeviceRecord? {
        records.devices.first { $0.id == id }
    }

    func device(externalID hash: Digest) async throws -> DeviceRecord? {
        hash == SampleRecords.digest(0x33) ? records.devices.first : nil
    }

    func issuance(of device: DeviceID, from first: CivilMonth) async throws -> IssuanceRecord {
        IssuanceRecord(months: [], isComplete: true)
    }

    func months(
        of device: DeviceID, before: CivilMonth?, limit: Int
    ) async throws -> [DeviceMonthRecord] {
        let newest = CivilMonth(Timestamp(1_640_000_000)).ordinal
        return Array(
            (0..<3).map { CivilMonth(ordinal: newest - $0) }
                .filter { month in before.map { month < $0 } ?? true }
                .map {
                    DeviceMonthRecord(
                        month: $0, days: [1_000, 2_000], dayLimit: 5_000, monthLimit: 90_000)
                }.prefix(limit))
    }

    func reads(
        of device: DeviceID, before: Timestamp?, limit: Int
    ) async throws -> [ReadRecord] {
        Array(records.reads.filter { $0.window.start < before ?? .maximum }.prefix(limit))
    }

    func project(_ id: ProjectID) async throws -> ProjectRecord? {
        id == records.project.id ? records.project : nil
    }

    func lots(holding range: DRECRange) async throws -> [LotRecord]? {
        if let rangeFailure { throw rangeFailure }
        guard range.series == records.series, range.last.rawValue <= 10 else { return nil }
        return records.provenance(of: range).lots
    }

    func proof(
        of subject: ProofSubject, goingOnFrom earlier: UInt64?
    ) async throws -> ProofFile? {
        if let proofFailure { throw proofFailure }
        var file = proofFile
        file?.subject = subject
        file?.earlier = earlier.map {
            ProofFile.EarlierLog(size: $0, root: .zero, consistency: [])
        }
        return file
    }

    func provenance(of range: DRECRange) async throws -> ProvenanceRecord? {
        if let rangeFailure { throw rangeFailure }
        guard hasProvenance else { throw GatewayError.busy }
        guard range.series == records.series, range.last.rawValue <= 10 else { return nil }
        let record = records.provenance(of: range)
        return ProvenanceRecord(
            range: range, sources: record.sources, steps: record.steps, lots: record.lots,
            redemptions: record.redemptions, truncation: truncation)
    }

    func redemption(_ entry: LogIndex) async throws -> RedemptionRecord? {
        entry == records.redemption.entry ? records.redemption : nil
    }

    func authoritySets(before: Epoch?, limit: Int) async throws -> [AuthoritySetRecord] {
        Array(
            records.authoritySets.filter { $0.set.epoch < before ?? Epoch(.max) }.prefix(limit))
    }

    func authorityChange(_ number: LogIndex) async throws -> AuthorityChange? {
        records.authorityChanges.first { $0.number == number }
    }

    func authorityChanges(before: LogIndex?, limit: Int) async throws -> [AuthorityChange] {
        Array(
            records.authorityChanges.filter { $0.number < before ?? LogIndex(.max) }
                .prefix(limit))
    }

    func authorityJoins(after: AccountID?, limit: Int) async throws -> [AuthorityJoinsRecord] {
        Array(
            records.authorityJoins.filter { $0.account > after ?? AccountID(0) }.prefix(limit))
    }

    func doubleVotes(
        before: DoubleVoteRecord.Position?, limit: Int
    ) async throws -> [DoubleVoteRecord] {
        let all = records.doubleVotes.filter { record in
            before.map { (record.epoch, record.seat) < ($0.epoch, $0.seat) } ?? true
        }
        return Array(all.prefix(limit))
    }

    func checkpoint() async throws -> String? { note }

    /// The log has 300 entries, each of which is its index.
    func logTile(_ tile: LogTile) async throws -> [UInt8]? {
        guard tile.level == 0, tile.index << 8 + UInt64(tile.width) <= 300 else { return nil }
        return (0..<tile.width).flatMap { SampleRecords.digest(UInt8($0 & 255)).bytes }
    }

    func logEntries(_ bundle: LogTile) async throws -> [UInt8]? {
        guard bundle.index << 8 + UInt64(bundle.width) <= 300 else { return nil }
        return (0..<bundle.width).flatMap { [0, 1, UInt8($0 & 255)] as [UInt8] }
    }

    /// Entry 2 is not under the sample's checkpoint, and receipts are their index.
    func loggedEntry(_ index: LogIndex, in size: UInt64) async throws -> LoggedEntry? {
        guard index.rawValue < size, size <= 3 else { return nil }
        return LoggedEntry(
            index: index.rawValue, bytes: [UInt8](repeating: 7, count: 64),
            inclusion: [SampleRecords.digest(5)])
    }

    func receiptBytes(at index: LogIndex) async throws -> [UInt8]? {
        index.rawValue < 3 ? [UInt8(index.rawValue)] : nil
    }

    func parameters(before: Timestamp?, limit: Int) async throws -> [ParametersRecord] {
        Array(
            records.parameters.filter { $0.effective < before ?? Timestamp(.max) }.prefix(limit))
    }

    func yields(
        of country: CountryCode?, after: YieldRecord.Position?, limit: Int
    ) async throws -> [YieldRecord] {
        Array(
            records.yields.filter { record in
                let position = record.position
                return (country.map { $0 == position.country } ?? true)
                    && (after.map {
                        ($0.country, $0.effective) < (position.country, position.effective)
                    } ?? true)
            }.prefix(limit))
    }

    func delegations(
        of account: AccountID, after: AccountID?, limit: Int
    ) async throws -> [DelegationRecord] {
        guard account == AccountID(2) else { return [] }
        return Array(
            records.delegations.filter { $0.delegate > after ?? AccountID(0) }.prefix(limit))
    }

    func revisions(
        of device: DeviceID, before: Timestamp?, limit: Int
    ) async throws -> [DeviceRecord] {
        Array(
            records.revisions(of: device).filter { $0.effective < before ?? Timestamp(.max) }
                .prefix(limit))
    }

    func evidence(_ entry: LogIndex) async throws -> EvidenceRecord? {
        records.evidence.first { $0.entry == entry }
    }

    func evidence(before: LogIndex?, limit: Int) async throws -> [EvidenceRecord] {
        Array(records.evidence.filter { $0.entry < before ?? LogIndex(.max) }.prefix(limit))
    }
}
