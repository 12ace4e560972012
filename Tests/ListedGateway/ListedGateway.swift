package import Gateway
package import Ledger
package import Primitives
import Wire

/// A gateway whose lists are of a few records that are at hand: filters and pages are made here.
package protocol ListedGateway: LedgerGateway {
    var listedAccounts: [AccountRecord] { get }
    var listedDevices: [DeviceRecord] { get }
    var listedProjects: [ProjectRecord] { get }
    var listedLots: [LotRecord] { get }
    /// Newest first, as those below.
    var listedRedemptions: [RedemptionRecord] { get }
    var listedRetirements: [RetirementRecord] { get }
    /// Where a list of lots pauses, if it begins before that, without an item.
    var lotsPause: LotPosition? { get }
    /// What every list is said to have, where it is to be another number.
    var toldCount: ListCount? { get }
}

extension ListedGateway {
    package var toldCount: ListCount? { nil }

    package func accounts(
        _ filter: AccountFilter, after: AccountID?, limit: Int
    ) async throws -> ListPage<AccountRecord, AccountID> {
        accountPage(filter, after: after, limit: limit)
    }

    /// A page of accounts, for a gateway that does something before it gives one.
    package func accountPage(
        _ filter: AccountFilter, after: AccountID?, limit: Int
    ) -> ListPage<AccountRecord, AccountID> {
        ListPage(
            listedAccounts.filter { record in
                let value = record.value
                return (after.map { record.id > $0 } ?? true)
                    && (filter.kind.map { $0 == value.kind } ?? true)
                    && (filter.country.map { $0.description == value.country } ?? true)
                    && (filter.status.map { $0 == value.status } ?? true)
            }, limit: limit, position: \.id)
    }

    package func devices(
        _ filter: DeviceFilter, after: DeviceID?, limit: Int
    ) async throws -> ListPage<DeviceRecord, DeviceID> {
        ListPage(
            listedDevices.filter { record in
                (after.map { record.id > $0 } ?? true) && filter.takes(record.value)
            }, limit: limit, position: \.id)
    }

    package func projects(
        _ filter: ProjectFilter, after: ProjectID?, limit: Int
    ) async throws -> ListPage<ProjectRecord, ProjectID> {
        ListPage(
            listedProjects.filter { record in
                let value = record.value
                return (after.map { record.id > $0 } ?? true)
                    && (filter.owner.map { $0.rawValue == value.owner } ?? true)
                    && (filter.country.map { $0.description == value.country } ?? true)
                    && (filter.kind.map { $0 == value.kind } ?? true)
                    && (filter.vintage.map { year in
                        record.series.contains { $0.id.vintage == year }
                    } ?? true)
            }, limit: limit, position: \.id)
    }

    package func lots(
        _ filter: LotFilter, after: LotPosition?, limit: Int
    ) async throws -> ListPage<LotRecord, LotPosition> {
        if let lotsPause, after.map({ $0 < lotsPause }) ?? true {
            return ListPage(items: [], next: lotsPause)
        }
        return ListPage(
            listedLots.filter { lot in
                (after.map { LotPosition(lot.range) > $0 } ?? true)
                    && (filter.owner.map { $0 == lot.owner } ?? true)
                    && (filter.status.map { $0 == lot.status } ?? true)
                    && (filter.series.map { $0 == lot.range.series } ?? true)
                    && (filter.vintage.map { $0 == lot.range.series.vintage } ?? true)
            }, limit: limit, position: { LotPosition($0.range) })
    }

    package func redemptions(
        _ filter: RedemptionFilter, before: LogIndex?, limit: Int
    ) async throws -> ListPage<RedemptionRecord, LogIndex> {
        ListPage(
            listedRedemptions.filter { record in
                let value = record.value
                return (before.map { record.entry < $0 } ?? true)
                    && (filter.account.map { $0.rawValue == value.account } ?? true)
                    && (filter.beneficiary.map { $0 == value.beneficiary } ?? true)
                    && (filter.location.map { $0.description == value.location } ?? true)
                    && (filter.vintage.map { year in
                        value.ranges.contains { $0.vintage == year }
                    } ?? true)
            }, limit: limit, position: \.entry)
    }

    package func retirements(
        _ filter: RetirementFilter, before: LogIndex?, limit: Int
    ) async throws -> ListPage<RetirementRecord, LogIndex> {
        ListPage(
            listedRetirements.filter { record in
                (before.map { record.entry < $0 } ?? true)
                    && (filter.account.map { $0.rawValue == record.value.account } ?? true)
                    && (filter.reason.map { $0 == record.value.reason } ?? true)
            }, limit: limit, position: \.entry)
    }

    package func transactions(
        _ filter: TransactionFilter, before: LogIndex?, limit: Int
    ) async throws -> ListPage<TransactionRecord, LogIndex> {
        let found = try await transactions(of: filter.account, before: before, limit: .max)
        return ListPage(
            found.filter { record in
                filter.action.map { action in
                    record.body.action.map { ActionName($0) == action } ?? false
                } ?? true
            }, limit: limit, position: \.index)
    }

    package func reads(
        of device: DeviceID, in month: CivilMonth, before: Timestamp?, limit: Int
    ) async throws -> [ReadRecord] {
        let found = try await reads(of: device, before: before, limit: .max)
        return Array(found.filter { CivilMonth($0.window.start) == month }.prefix(limit))
    }

    package func count(_ filter: ListFilter, upTo limit: Int) async throws -> ListCount {
        func counted(_ page: ListPage<some Sendable, some Sendable>) -> ListCount {
            ListCount(number: UInt64(page.items.count), isExact: page.next == nil)
        }
        if let toldCount { return toldCount }
        return switch filter {
        case .accounts(let filter):
            counted(try await accounts(filter, after: nil, limit: limit))
        case .devices(let filter): counted(try await devices(filter, after: nil, limit: limit))
        case .projects(let filter): counted(try await projects(filter, after: nil, limit: limit))
        case .lots(let filter): counted(try await lots(filter, after: nil, limit: limit))
        case .redemptions(let filter):
            counted(try await redemptions(filter, before: nil, limit: limit))
        case .retirements(let filter):
            counted(try await retirements(filter, before: nil, limit: limit))
        case .transactions(let filter):
            counted(try await transactions(filter, before: nil, limit: limit))
        }
    }
}
