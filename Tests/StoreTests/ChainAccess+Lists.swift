import Ledger
import Primitives
import Store
import Wire

/// Lists as tests ask for them: whole, by the filters that they vary.
extension ChainAccess {
    func accounts(after: AccountID?, limit: Int) throws -> [AccountRecord] {
        try accounts(AccountFilter(), after: after, limit: limit).items
    }

    func devices(
        of owner: AccountID?, after: DeviceID?, limit: Int, at time: Timestamp
    ) throws -> [DeviceRecord] {
        var filter = DeviceFilter()
        filter.owner = owner
        return try devices(filter, after: after, limit: limit, at: time).items
    }

    func projects(after: ProjectID?, limit: Int) throws -> [ProjectRecord] {
        try projects(ProjectFilter(), after: after, limit: limit).items
    }

    func lots(
        owner: AccountID?, status: ProtoLotStatus?, series: SeriesID?, after: DRECRange?,
        limit: Int
    ) throws -> [LotRecord] {
        var filter = LotFilter()
        filter.owner = owner
        filter.status = status
        filter.series = series
        return try lots(
            filter, after: after.map { LotPosition($0) }, limit: limit, steps: ListSteps(.max)
        ).items
    }

    func redemptions(before: LogIndex?, limit: Int) throws -> [RedemptionRecord] {
        try redemptions(RedemptionFilter(), before: before, limit: limit).items
    }
}
