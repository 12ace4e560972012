import Foundation
import Gateway
import Ledger
import ListedGateway
import Primitives
import Wire

extension MemoryGateway {
    var listedAccounts: [AccountRecord] { accounts }
    var listedDevices: [DeviceRecord] { devices }
    var listedProjects: [ProjectRecord] { projects }
    var listedLots: [LotRecord] { lotRecords }
    var listedRedemptions: [RedemptionRecord] { redemptionRecords }
    var listedRetirements: [RetirementRecord] { retirements }

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
