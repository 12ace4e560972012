import Foundation
import Gateway
import Ledger
import ListedGateway
import Primitives
import Wire

extension SampleGateway {
    func accounts(
        _ filter: AccountFilter, after: AccountID?, limit: Int
    ) async throws -> ListPage<AccountRecord, AccountID> {
        if let accountFailure, after ?? AccountID(0) >= accountFailure.after {
            throw accountFailure.error
        }
        return accountPage(filter, after: after, limit: limit)
    }

    var listedDevices: [DeviceRecord] { records.devices }
    var listedProjects: [ProjectRecord] { [records.project] }
    var listedLots: [LotRecord] { records.lots }
    var listedRedemptions: [RedemptionRecord] { [records.redemption] }
    var listedRetirements: [RetirementRecord] { records.retirements }

    var listedAccounts: [AccountRecord] {
        guard accountCount != nil || accountName != nil else { return records.accounts }
        return (1...(accountCount ?? 3)).map { number in
            var value = records.accounts[1].value
            value.legalName = accountName ?? "Account \(number)"
            return AccountRecord(id: AccountID(UInt64(number)), value: value)
        }
    }

    func statistics() async throws -> NetworkStatistics { records.statistics }
}

extension SampleRecords {
    var retirements: [RetirementRecord] {
        [UInt64(2), 1].map { entry in
            var value = ProtoRetirementValue()
            value.account = 3
            value.ranges = [range(entry, entry)].compactMap { $0 }.map { ProtoRange($0) }
            value.reason = entry == 2 ? .voluntary : .correction
            value.time = 1_640_000_000
            return RetirementRecord(
                entry: LogIndex(entry), transaction: SampleRecords.digest(0x12), value: value)
        }
    }

    var statistics: NetworkStatistics {
        var statistics = NetworkStatistics()
        statistics.accountsByKind = [(.initiative, 1), (.onSiteGenerator, 2)]
        statistics.devicesByKind = [(.solarHomeSystem, 2)]
        guard let country = CountryCode("ZAF") else { return statistics }
        statistics.devicesByCountry = [(country, 2)]
        var month = NetworkStatistics.Month(CivilMonth(Timestamp(1_640_000_000)))
        month.issued = WattHours(.max)
        month.redeemed = 2
        statistics.months = [month]
        var sum = NetworkStatistics.Country(country)
        sum.issued = WattHours(10_400)
        sum.active = 8
        sum.redeemed = 2
        statistics.countries = [sum]
        return statistics
    }
}
