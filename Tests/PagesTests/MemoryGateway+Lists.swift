import Foundation
import Gateway
import Ledger
import Primitives
import Wire

extension MemoryGateway {
    func accounts(
        _ filter: AccountFilter, after: AccountID?, limit: Int
    ) async throws -> ListPage<AccountRecord, AccountID> {
        page(
            accounts.filter { record in
                let value = record.value
                return (after.map { record.id > $0 } ?? true)
                    && (filter.kind.map { $0 == value.kind } ?? true)
                    && (filter.country.map { $0.description == value.country } ?? true)
                    && (filter.status.map { $0 == value.status } ?? true)
            }, limit, \.id)
    }

    func devices(
        _ filter: DeviceFilter, after: DeviceID?, limit: Int
    ) async throws -> ListPage<DeviceRecord, DeviceID> {
        page(
            devices.filter { record in
                (after.map { record.id > $0 } ?? true) && filter.takes(record.value)
            }, limit, \.id)
    }

    func projects(
        _ filter: ProjectFilter, after: ProjectID?, limit: Int
    ) async throws -> ListPage<ProjectRecord, ProjectID> {
        page(
            projects.filter { record in
                let value = record.value
                return (after.map { record.id > $0 } ?? true)
                    && (filter.owner.map { $0.rawValue == value.owner } ?? true)
                    && (filter.country.map { $0.description == value.country } ?? true)
                    && (filter.kind.map { $0 == value.kind } ?? true)
                    && (filter.vintage.map { year in
                        record.series.contains { $0.id.vintage == year }
                    } ?? true)
            }, limit, \.id)
    }

    func lots(
        _ filter: LotFilter, after: LotPosition?, limit: Int
    ) async throws -> ListPage<LotRecord, LotPosition> {
        if let lotsPause, after.map({ $0 < lotsPause }) ?? true {
            return ListPage(items: [], next: lotsPause)
        }
        return page(
            lotRecords.filter { lot in
                (after.map { LotPosition(lot.range) > $0 } ?? true)
                    && (filter.owner.map { $0 == lot.owner } ?? true)
                    && (filter.status.map { $0 == lot.status } ?? true)
                    && (filter.series.map { $0 == lot.range.series } ?? true)
                    && (filter.vintage.map { $0 == lot.range.series.vintage } ?? true)
            }, limit, { LotPosition($0.range) })
    }

    func redemptions(
        _ filter: RedemptionFilter, before: LogIndex?, limit: Int
    ) async throws -> ListPage<RedemptionRecord, LogIndex> {
        page(
            redemptionRecords.filter { record in
                let value = record.value
                return (before.map { record.entry < $0 } ?? true)
                    && (filter.account.map { $0.rawValue == value.account } ?? true)
                    && (filter.beneficiary.map { $0 == value.beneficiary } ?? true)
                    && (filter.location.map { $0.description == value.location } ?? true)
                    && (filter.vintage.map { year in
                        value.ranges.contains { $0.vintage == year }
                    } ?? true)
            }, limit, \.entry)
    }

    func retirements(
        _ filter: RetirementFilter, before: LogIndex?, limit: Int
    ) async throws -> ListPage<RetirementRecord, LogIndex> {
        page(
            retirements.filter { record in
                (before.map { record.entry < $0 } ?? true)
                    && (filter.account.map { $0.rawValue == record.value.account } ?? true)
                    && (filter.reason.map { $0 == record.value.reason } ?? true)
            }, limit, \.entry)
    }

    func transactions(
        _ filter: TransactionFilter, before: LogIndex?, limit: Int
    ) async throws -> ListPage<TransactionRecord, LogIndex> {
        let found = try await transactions(of: filter.account, before: before, limit: .max)
        return page(
            found.filter { record in
                filter.action.map { action in
                    record.body.action.map { ActionName($0) == action } ?? false
                } ?? true
            }, limit, \.index)
    }

    func reads(
        of device: DeviceID, in month: CivilMonth, before: Timestamp?, limit: Int
    ) async throws -> [ReadRecord] {
        let found = try await reads(of: device, before: before, limit: .max)
        return Array(found.filter { CivilMonth($0.window.start) == month }.prefix(limit))
    }

    func count(_ filter: ListFilter, upTo limit: Int) async throws -> ListCount {
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

    private func page<Item: Sendable, Position: Sendable>(
        _ items: [Item], _ limit: Int, _ position: (Item) -> Position
    ) -> ListPage<Item, Position> {
        ListPage(items, limit: limit, position: position)
    }

    func statistics() async throws -> NetworkStatistics {
        var statistics = NetworkStatistics()
        statistics.accountsByKind = [(.initiative, 1), (.developer, 1), (.buyer, 2)]
        statistics.devicesByKind = [(.miniGrid, 1), (.rooftop, 2)]
        guard let india = CountryCode("IND") else { return statistics }
        statistics.devicesByCountry = [(india, 3)]
        var month = NetworkStatistics.Month(CivilMonth(MemoryGateway.start))
        month.issued = WattHours(250_400)
        month.redeemed = 100
        month.retired = 20
        statistics.months = months ?? [month]
        var sum = NetworkStatistics.Country(india)
        sum.issued = WattHours(250_400)
        sum.active = 130
        sum.redeemed = 100
        sum.retired = 20
        statistics.countries = countries ?? [sum]
        return statistics
    }
}
