package import Ledger
package import Primitives
import Store

extension NodeGateway {
    package func accounts(
        _ filter: AccountFilter, after: AccountID?, limit: Int
    ) async throws -> ListPage<AccountRecord, AccountID> {
        try await read { try $0.accounts(filter, after: after, limit: limit) }
    }

    package func devices(
        _ filter: DeviceFilter, after: DeviceID?, limit: Int
    ) async throws -> ListPage<DeviceRecord, DeviceID> {
        let time = now
        return try await read {
            try $0.devices(filter, after: after, limit: limit, at: time)
        }
    }

    package func projects(
        _ filter: ProjectFilter, after: ProjectID?, limit: Int
    ) async throws -> ListPage<ProjectRecord, ProjectID> {
        try await read { try $0.projects(filter, after: after, limit: limit) }
    }

    package func lots(
        _ filter: LotFilter, after: LotPosition?, limit: Int
    ) async throws -> ListPage<LotRecord, LotPosition> {
        try await read { try $0.lots(filter, after: after, limit: limit) }
    }

    package func redemptions(
        _ filter: RedemptionFilter, before: LogIndex?, limit: Int
    ) async throws -> ListPage<RedemptionRecord, LogIndex> {
        try await read { try $0.redemptions(filter, before: before, limit: limit) }
    }

    package func retirements(
        _ filter: RetirementFilter, before: LogIndex?, limit: Int
    ) async throws -> ListPage<RetirementRecord, LogIndex> {
        try await read { try $0.retirements(filter, before: before, limit: limit) }
    }

    package func transactions(
        _ filter: TransactionFilter, before: LogIndex?, limit: Int
    ) async throws -> ListPage<TransactionRecord, LogIndex> {
        try await read { try $0.transactions(filter, before: before, limit: limit) }
    }

    package func reads(
        of device: DeviceID, in month: CivilMonth, before: Timestamp?, limit: Int
    ) async throws -> [ReadRecord] {
        try await read { try $0.reads(of: device, in: month, before: before, limit: limit) }
    }

    package func count(_ filter: ListFilter, upTo limit: Int) async throws -> ListCount {
        let time = now
        return try await read { try $0.count(filter, upTo: limit, at: time) }
    }

    package func statistics() async throws -> NetworkStatistics {
        try await read { try $0.statistics() }
    }
}
