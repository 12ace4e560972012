import Foundation
import Ledger
import Primitives
import Wire

/// D-RECs of one series, cut into lots and traded one by one.
extension BenchNetwork {
    static let series = SeriesID(project: .first, vintage: 2022)

    /// Mints at least so much energy in 2022: a month at a time, each device at a fifth of its
    /// nameplate.
    mutating func mintEnergy(kilowattHours wanted: UInt64) throws {
        // 250 kW at a fifth give 438 MWh a year.
        let devices = min(LedgerLimits.devicesPerTransaction, max(40, Int(wanted / 400_000) + 1))
        try registerDevices(devices)
        var month = CivilMonth(Timestamp(1_640_995_200))
        var minted: UInt64 = 0
        while minted < wanted, month.year == 2022 {
            let seconds = month.end.rawValue - month.start.rawValue
            let energy = 250_000 * seconds / 3_600 / 5
            let rows = (1...devices).map { device in
                ReadRow(
                    device: DeviceID(UInt64(device)), start: month.start,
                    end: Timestamp(month.start.rawValue + seconds), energy: WattHours(energy),
                    kind: .history)
            }
            try append([transaction(.submitReads(ProtoSubmitReads()), reads: rows)])
            minted += energy * UInt64(devices) / WattHours.perDREC
            month = month.next
        }
        guard minted >= wanted else {
            throw CommandFailure.failed("the benchmark's devices cannot generate that much")
        }
    }

    /// Makes so many lots of one D-REC each: every second one goes to the buyer, 256 in a
    /// transaction.
    mutating func splitLots(_ count: Int) throws {
        var made = 0
        while made < count {
            var action = ProtoTrade()
            action.to = BenchNetwork.buyer.rawValue
            for _ in 0..<LedgerLimits.rangesPerAction {
                action.ranges.append(nextRange())
            }
            try append([transaction(.trade(action))])
            made += 2 * LedgerLimits.rangesPerAction
        }
    }

    /// Trades of one D-REC each, with one signature each, cut off the developer's large lot.
    mutating func tradeSingly(_ count: Int, perBlock limit: Int) throws {
        var left = count
        while left > 0 {
            var block: [Data] = []
            for _ in 0..<min(left, limit) {
                var action = ProtoTrade()
                action.to = BenchNetwork.buyer.rawValue
                action.ranges = [nextRange()]
                block.append(try transaction(.trade(action)))
            }
            try append(block)
            left -= block.count
        }
    }

    /// Trades of one whole lot each, with one signature each, in an order without pattern: every
    /// lot that ``splitLots(_:)`` made passes to the other account once at most.
    mutating func tradeLots(_ count: Int, perBlock limit: Int) throws {
        let lots = nextSerial - 1
        guard UInt64(count) <= lots else {
            throw CommandFailure.failed("there are only \(lots) lots to trade")
        }
        // A stride that shares no factor with the number of lots visits each once.
        var stride = UInt64(1_000_003)
        while BenchNetwork.commonDivisor(stride, lots) > 1 { stride += 2 }
        var number = 0
        while number < count {
            var block: [Data] = []
            while block.count < limit, number < count {
                let serial = 1 + UInt64(number) * stride % lots
                var action = ProtoTrade()
                let isBuyers = serial % 2 == 1
                action.to = (isBuyers ? BenchNetwork.developer : BenchNetwork.buyer).rawValue
                action.ranges = [range(serial)]
                block.append(
                    try transaction(
                        .trade(action),
                        as: isBuyers ? BenchNetwork.buyer : BenchNetwork.developer,
                        keys: [isBuyers ? buyerKey : owner]))
                number += 1
            }
            try append(block)
        }
    }

    private static func commonDivisor(_ left: UInt64, _ right: UInt64) -> UInt64 {
        right == 0 ? left : commonDivisor(right, left % right)
    }

    /// The next D-REC to trade; one is left between it and the one before.
    private mutating func nextRange() -> ProtoRange {
        defer { nextSerial += 2 }
        return range(nextSerial)
    }

    private func range(_ serial: UInt64) -> ProtoRange {
        var range = ProtoRange()
        range.project = BenchNetwork.series.project.rawValue
        range.vintage = BenchNetwork.series.vintage
        range.first = serial
        range.last = serial
        return range
    }
}
