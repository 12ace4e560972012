package import Primitives

/// What became of a device's energy: how much of it was issued, and how much of that is spent.
package struct IssuanceRecord: Sendable, Equatable {
    /// One month, by the moment in which the energy's read begins.
    package struct Month: Sendable, Equatable {
        package let month: CivilMonth
        /// Wh that were placed on series' axes.
        package var issued: UInt64 = 0
        /// Wh of that in D-RECs that are redeemed.
        package var redeemed: UInt64 = 0
        /// Wh of that in D-RECs that are retired.
        package var retired: UInt64 = 0

        package init(
            month: CivilMonth, issued: UInt64 = 0, redeemed: UInt64 = 0, retired: UInt64 = 0
        ) {
            self.month = month
            self.issued = issued
            self.redeemed = redeemed
            self.retired = retired
        }
    }

    /// Months in which something was issued, ascending.
    package let months: [Month]
    /// Whether every entry was looked at; a limit or a history that is not held may end it.
    package let isComplete: Bool

    package init(months: [Month], isComplete: Bool) {
        self.months = months
        self.isComplete = isComplete
    }
}

/// How much work one answer about issuance may be.
package struct IssuanceLimits: Sendable {
    /// Entries with reads of the device, the newest first.
    package var entries = 1_000
    /// Placements among which those of the device are looked for.
    package var placements: UInt64 = 500_000
    /// Placements of the device.
    package var own = 20_000
    /// Lots that are looked up for them: energy may lie in a lot for each kWh.
    package var lots = 5_000

    package init() {}
}
