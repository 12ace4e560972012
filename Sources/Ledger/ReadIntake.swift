import Primitives
import Wire

/// The reads of one submission on their way into the state: each device and month is loaded once,
/// however many rows it has.
///
/// Devices and months are objects, because thousands of rows change them in place; nothing outside
/// of one submission ever sees them.
struct ReadIntake {
    /// A device as the submission finds it.
    final class Device {
        let id: DeviceID
        /// The device as registered, for owner, registration and commissioning.
        let value: ProtoDeviceValue
        let firstEffective: UInt64
        let lastEffective: UInt64
        var baseline: ProtoBaselineValue
        var isBaselineChanged = false
        /// The months that its rows touched, in order of first touch; rows mostly ask for the last.
        fileprivate(set) var months: [Month] = []

        init(
            id: DeviceID, value: ProtoDeviceValue, firstEffective: UInt64, lastEffective: UInt64,
            baseline: ProtoBaselineValue
        ) {
            self.id = id
            self.value = value
            self.firstEffective = firstEffective
            self.lastEffective = lastEffective
            self.baseline = baseline
        }

        func month(_ month: CivilMonth) -> Month? {
            if let last = months.last, last.month == month { return last }
            return months.first { $0.month == month }
        }
    }

    /// What is claimed of one device and month.
    final class Month {
        let month: CivilMonth
        /// Seconds, the first of the month and the first after it.
        let start: UInt64
        let end: UInt64
        var covered: CoveredIntervals
        /// Wh of each day, 31 of them.
        var days: [UInt64]
        var total: UInt64
        var isChanged = false
        /// Limits that were computed for the month, with what they hold for.
        var limits: MonthLimits?

        init(_ month: CivilMonth, _ value: ProtoDeviceMonthValue) {
            self.month = month
            start = month.start.rawValue
            end = month.end.rawValue
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

    /// The ceilings of a month and its days for one capacity and commissioning.
    struct MonthLimits {
        let capacity: UInt64
        let commissioned: UInt64
        let yieldMilli: UInt64
        let month: UInt64
        /// Nil until a read of that day asks.
        var days = [UInt64?](repeating: nil, count: 31)
    }

    /// The part of a window that lies in one month, checked, with its shares by day.
    struct MonthPart {
        let month: Month
        /// Seconds from the month's start.
        let window: Range<UInt32>
        /// Of the first day with a share; the others follow.
        let firstDay: Int
        var shares: [UInt64]
    }

    let owner: AccountID
    let network: Digest
    /// Deferred evidence is placed later, so its windows must be told by the rows alone.
    let explicitWindowsOnly: Bool
    private var devices: [DeviceID: Device] = [:]
    /// The device of the row before.
    private var latest: Device?
    var yields: [String: ProtoYield?] = [:]
    private(set) var windows: [ReadWindow] = []

    init(owner: AccountID, network: Digest, explicitWindowsOnly: Bool) {
        self.owner = owner
        self.network = network
        self.explicitWindowsOnly = explicitWindowsOnly
    }

    /// A device that a row before has loaded.
    mutating func device(_ id: DeviceID) -> Device? {
        if let latest, latest.id == id { return latest }
        guard let known = devices[id] else { return nil }
        latest = known
        return known
    }

    mutating func add(_ device: Device) {
        devices[device.id] = device
        latest = device
    }

    /// Every device, ascending.
    var sortedDevices: [Device] { devices.values.sorted { $0.id < $1.id } }

    /// Takes in a window that passed every check.
    ///
    /// - Parameter counter: the meter's counter, where the row is an aggregate.
    mutating func accept(
        _ window: ReadWindow, of device: Device, parts: [MonthPart], counter: WattHours?
    ) {
        windows.append(window)
        for part in parts {
            let month = part.month
            month.covered.insert(part.window)
            for (offset, share) in part.shares.enumerated() {
                month.days[part.firstDay + offset] += share
                month.total += share
            }
            month.isChanged = true
        }
        switch window.kind {
        case .delta:
            device.baseline.deltaEnd = max(device.baseline.deltaEnd, window.end.rawValue)
            device.isBaselineChanged = true
        case .aggregate:
            device.baseline.counter = counter?.rawValue ?? 0
            device.baseline.counterAt = window.end.rawValue
            device.isBaselineChanged = true
        default: break
        }
    }
}

extension ReadIntake.Device {
    /// Adds a month that the state was asked for.
    func add(_ month: ReadIntake.Month) -> ReadIntake.Month {
        months.append(month)
        return month
    }
}
