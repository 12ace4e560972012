package import Ledger
package import Primitives
import Wire

/// Pages of lists with filters. However rare an item is, a page takes a bounded number of looks.
extension ChainAccess {
    package func accounts(
        _ filter: AccountFilter, after: AccountID?, limit: Int, steps: ListSteps = .page
    ) throws -> ListPage<AccountRecord, AccountID> {
        var search = try search(filter, steps)
        return try search.page(behind: after?.rawValue, limit: limit) { number in
            let id = AccountID(number)
            return try account(id).map { AccountRecord(id: id, value: $0) }
        }.positions { AccountID($0) }
    }

    /// Devices as they are at a moment.
    package func devices(
        _ filter: DeviceFilter, after: DeviceID?, limit: Int, at time: Timestamp,
        steps: ListSteps = .page
    ) throws -> ListPage<DeviceRecord, DeviceID> {
        var search = try search(filter, steps)
        return try search.page(behind: after?.rawValue, limit: limit) { number in
            try deviceRecord(DeviceID(number), at: time).flatMap {
                filter.takes($0.value) ? $0 : nil
            }
        }.positions { DeviceID($0) }
    }

    package func projects(
        _ filter: ProjectFilter, after: ProjectID?, limit: Int, steps: ListSteps = .page
    ) throws -> ListPage<ProjectRecord, ProjectID> {
        var search = try search(filter, steps)
        return try search.page(behind: after?.rawValue, limit: limit) {
            try project(ProjectID($0))
        }.positions { ProjectID($0) }
    }

    package func redemptions(
        _ filter: RedemptionFilter, before: LogIndex?, limit: Int, steps: ListSteps = .page
    ) throws -> ListPage<RedemptionRecord, LogIndex> {
        var search = try search(filter, steps)
        return try search.page(behind: before?.rawValue, limit: limit) { number in
            try redemption(LogIndex(number)).flatMap { record in
                // Two texts may share the head of their hashes.
                let isWanted = filter.beneficiary.map { $0 == record.value.beneficiary }
                return isWanted ?? true ? record : nil
            }
        }.positions { LogIndex($0) }
    }

    package func retirements(
        _ filter: RetirementFilter, before: LogIndex?, limit: Int, steps: ListSteps = .page
    ) throws -> ListPage<RetirementRecord, LogIndex> {
        var search = try search(filter, steps)
        return try search.page(behind: before?.rawValue, limit: limit) { number in
            let entry = LogIndex(number)
            let value = try message(ProtoRetirementValue.self, for: .retirement(entry))
            return try value.map {
                RetirementRecord(
                    entry: entry, transaction: try transactionID(at: entry), value: $0)
            }
        }.positions { LogIndex($0) }
    }

    package func transactions(
        _ filter: TransactionFilter, before: LogIndex?, limit: Int, steps: ListSteps = .page
    ) throws -> ListPage<TransactionRecord, LogIndex> {
        var search = try search(filter, steps)
        return try search.page(behind: before?.rawValue, limit: limit) {
            try transaction(at: LogIndex($0))
        }.positions { LogIndex($0) }
    }

    /// Reads that start in a month, newest first.
    package func reads(
        of device: DeviceID, in month: CivilMonth, before: Timestamp?, limit: Int
    ) throws -> [ReadRecord] {
        let found = try reads(
            of: device, before: min(before ?? month.end, month.end), limit: limit)
        return Array(found.prefix { $0.window.start >= month.start })
    }

    // MARK: Counting

    /// How many items a list has, counted up to a limit.
    package func count(
        _ filter: ListFilter, upTo limit: Int, at time: Timestamp, steps: ListSteps = .counting
    ) throws -> ListCount {
        switch filter {
        case .accounts(let filter): return try count(try search(filter, steps), limit)
        case .projects(let filter): return try count(try search(filter, steps), limit)
        case .retirements(let filter): return try count(try search(filter, steps), limit)
        case .transactions(let filter): return try count(try search(filter, steps), limit)
        case .devices(let filter):
            return try count(try search(filter, steps), limit) { number in
                let id = DeviceID(number)
                let value = try device(id, at: time) ?? lastRevision(of: id)
                return value.map { filter.takes($0.value) } ?? false
            }
        case .redemptions(let filter):
            return try count(try search(filter, steps), limit) { number in
                guard let beneficiary = filter.beneficiary else { return true }
                let entry = LogIndex(number)
                let value = try message(ProtoRedemptionValue.self, for: .redemption(entry))
                return value?.beneficiary == beneficiary
            }
        case .lots(let filter):
            return counted(try lots(filter, after: nil, limit: limit, steps: steps))
        }
    }

    private func count(
        _ search: ListSearch, _ limit: Int, isWanted: (UInt64) throws -> Bool = { _ in true }
    ) throws -> ListCount {
        var search = search
        return counted(
            try search.page(behind: nil, limit: limit) { try isWanted($0) ? true : nil })
    }

    private func counted(_ page: ListPage<some Sendable, some Sendable>) -> ListCount {
        ListCount(number: UInt64(page.items.count), isExact: page.next == nil)
    }

    // MARK: Searches

    private func search(_ filter: AccountFilter, _ steps: ListSteps) throws -> ListSearch {
        var runs: [ItemRun] = []
        if let kind = filter.kind { runs.append(try run(.accountKind, case: kind.rawValue)) }
        if let country = filter.country { runs.append(try run(.accountCountry, country.word)) }
        if let status = filter.status {
            runs.append(try run(.accountStatus, case: status.rawValue))
        }
        if runs.isEmpty { runs = [run(from: 1, to: try counters().nextAccount)] }
        return ListSearch(runs: runs, isDescending: false, steps: steps)
    }

    private func search(_ filter: DeviceFilter, _ steps: ListSteps) throws -> ListSearch {
        var runs: [ItemRun] = []
        if let owner = filter.owner { runs.append(try run(.deviceAfter, of: owner.rawValue)) }
        if let kind = filter.kind { runs.append(try run(.deviceKind, case: kind.rawValue)) }
        if let offTaker = filter.offTaker {
            runs.append(try run(.deviceOffTaker, case: offTaker.rawValue))
        }
        if let year = filter.commissioned {
            runs.append(try run(.deviceCommissioned, UInt64(year)))
        }
        if let country = filter.country { runs.append(try run(.deviceCountry, country.word)) }
        if let status = filter.status {
            runs.append(try run(.deviceStatus, case: status.rawValue))
        }
        if runs.isEmpty { runs = [run(from: 1, to: try counters().nextDevice)] }
        return ListSearch(runs: runs, isDescending: false, steps: steps)
    }

    private func search(_ filter: ProjectFilter, _ steps: ListSteps) throws -> ListSearch {
        var runs: [ItemRun] = []
        if let owner = filter.owner { runs.append(try run(.projectOwner, owner.rawValue)) }
        if let country = filter.country { runs.append(try run(.projectCountry, country.word)) }
        if let kind = filter.kind { runs.append(try run(.projectKind, case: kind.rawValue)) }
        if let vintage = filter.vintage {
            runs.append(try run(.projectVintage, UInt64(vintage)))
        }
        if runs.isEmpty {
            runs = [run(from: ProjectID.first.rawValue, to: try counters().nextProject)]
        }
        return ListSearch(runs: runs, isDescending: false, steps: steps)
    }

    private func search(_ filter: RedemptionFilter, _ steps: ListSteps) throws -> ListSearch {
        var runs = try latestFirst([
            (.redemptionAccount, filter.account?.rawValue),
            (.redemptionLocation, filter.location?.word),
            (.redemptionVintage, filter.vintage.map { UInt64($0) }),
            (.redemptionYear, filter.year.map { UInt64($0) }),
        ])
        if let beneficiary = filter.beneficiary {
            let value = Posting.value(of: beneficiary)
            runs.append(try run(.redemptionBeneficiary, value, descending: true))
        }
        if runs.isEmpty { runs = [leafRun(.redemption)] }
        return ListSearch(runs: runs, isDescending: true, steps: steps)
    }

    private func search(_ filter: RetirementFilter, _ steps: ListSteps) throws -> ListSearch {
        var runs = try latestFirst([
            (.retirementAccount, filter.account?.rawValue),
            (.retirementReason, filter.reason.map { UInt64($0.rawValue) }),
            (.retirementVintage, filter.vintage.map { UInt64($0) }),
            (.retirementYear, filter.year.map { UInt64($0) }),
        ])
        if runs.isEmpty { runs = [leafRun(.retirement)] }
        return ListSearch(runs: runs, isDescending: true, steps: steps)
    }

    private func search(_ filter: TransactionFilter, _ steps: ListSteps) throws -> ListSearch {
        var runs: [ItemRun] = []
        if let account = filter.account {
            runs.append(try run(.accountEntryBefore, of: account.rawValue))
        }
        if let action = filter.action {
            runs.append(try run(.action, action.rawValue, descending: true))
        }
        if runs.isEmpty { runs = [try entryRun()] }
        return ListSearch(runs: runs, isDescending: true, steps: steps)
    }

    /// Runs of the values that are asked for.
    private func latestFirst(_ asked: [(Facet, UInt64?)]) throws -> [ItemRun] {
        try asked.compactMap { facet, value in
            try value.map { try run(facet, $0, descending: true) }
        }
    }

    private func counters() throws -> ProtoCountersValue {
        try message(ProtoCountersValue.self, for: .counters) ?? .init()
    }
}

extension ListPage where Position == UInt64 {
    fileprivate func positions<Other>(
        _ position: (UInt64) -> Other
    ) -> ListPage<Item, Other> {
        ListPage<Item, Other>(items: items, next: next.map(position))
    }
}
