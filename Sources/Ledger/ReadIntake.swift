import Primitives
import Wire

/// The reads of one submission on their way into the state: each device and month is loaded once,
/// however many rows it has.
struct ReadIntake {
    struct Device {
        /// The device as registered, for owner, registration and commissioning.
        let value: ProtoDeviceValue
        let firstEffective: UInt64
        let lastEffective: UInt64
        var baseline: ProtoBaselineValue
        var isBaselineChanged = false
    }

    struct MonthKey: Hashable, Comparable {
        let device: DeviceID
        let month: CivilMonth

        static func < (left: MonthKey, right: MonthKey) -> Bool {
            (left.device, left.month) < (right.device, right.month)
        }
    }

    struct Month {
        var covered: CoveredIntervals
        /// Wh of each day, 31 of them.
        var days: [UInt64]
        var total: UInt64
        var isChanged = false

        init(_ value: ProtoDeviceMonthValue) {
            covered = CoveredIntervals(value.covered)
            days = Array(value.dayWattHours.prefix(31))
            days += Array(repeating: 0, count: 31 - days.count)
            total = days.reduce(0, &+)
        }

        var value: ProtoDeviceMonthValue {
            var value = ProtoDeviceMonthValue()
            value.covered = covered.packed
            value.dayWattHours = Array(days[..<(days.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0)])
            return value
        }
    }

    /// The part of a window that lies in one month, checked, with its shares by day.
    struct MonthPart {
        let month: CivilMonth
        /// Seconds from the month's start.
        let window: Range<UInt32>
        var days: [(day: Int, share: UInt64)]
    }

    let owner: AccountID
    let network: Digest
    /// Deferred evidence is placed later, so its windows must be told by the rows alone.
    let explicitWindowsOnly: Bool
    var devices: [DeviceID: Device] = [:]
    var months: [MonthKey: Month] = [:]
    var yields: [String: ProtoYield?] = [:]
    private(set) var windows: [ReadWindow] = []

    init(owner: AccountID, network: Digest, explicitWindowsOnly: Bool) {
        self.owner = owner
        self.network = network
        self.explicitWindowsOnly = explicitWindowsOnly
    }

    /// Takes in a window that passed every check.
    ///
    /// - Parameter counter: the meter's counter, where the row is an aggregate.
    mutating func accept(_ window: ReadWindow, parts: [MonthPart], counter: WattHours?) {
        windows.append(window)
        for part in parts {
            let key = MonthKey(device: window.device, month: part.month)
            months[key]?.covered.insert(part.window)
            for (day, share) in part.days {
                months[key]?.days[day] += share
                months[key]?.total += share
            }
            months[key]?.isChanged = true
        }
        switch window.kind {
        case .delta:
            let end = devices[window.device]?.baseline.deltaEnd ?? 0
            devices[window.device]?.baseline.deltaEnd = max(end, window.end.rawValue)
            devices[window.device]?.isBaselineChanged = true
        case .aggregate:
            devices[window.device]?.baseline.counter = counter?.rawValue ?? 0
            devices[window.device]?.baseline.counterAt = window.end.rawValue
            devices[window.device]?.isBaselineChanged = true
        default: break
        }
    }
}
