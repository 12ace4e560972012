/// The named limits of rule L10. Sizes are bytes.
package enum LedgerLimits {
    package static let transactionBytes = 256 * 1_024
    package static let blockBytes = 4 * 1_024 * 1_024
    package static let headerBytes = 1_024
    package static let signers = 64
    package static let readsPerTransaction = 5_000
    package static let devicesPerTransaction = 1_000
    package static let rangesPerAction = 256
    package static let lotsConsumedPerTransaction = 1_024
    package static let keysPerAccount = 32
    package static let delegatesPerAccount = 16
    package static let nameBytes = 200
    package static let purposeBytes = 500
    package static let sourceBytes = 300
    package static let validitySeconds: UInt64 = 24 * 3_600
    package static let nonceWindow: UInt64 = 1_024
    package static let capacityWatts: ClosedRange<UInt64> = 1...250_000
    /// Disjoint intervals that a device's reads may cover in one month: the five-minute windows of
    /// 31 days, each with a gap before the next, and some more.
    package static let intervalsPerDeviceMonth = 9_000
    package static let windowSeconds: UInt64 = 366 * 86_400
    /// How far a change without a time of its own moves on, past changes of the same second.
    package static let changeShiftSeconds: UInt64 = 60
    package static let authorityNameBytes = 40
    /// Authority changes that are neither in force nor withdrawn nor lapsed.
    package static let openAuthorityChanges = 16
    /// Seats that an account has shown keys for, and that no change has used.
    package static let joinsPerAccount = 8
    /// How long shown keys are good for a proposal.
    package static let joinSeconds: UInt64 = 30 * 86_400
    /// How far the block that a joining authority names may lie behind.
    package static let caughtUpBlocks: UInt64 = 10_000
    /// From the block that fixes an epoch's end to that end.
    package static let boundaryDistance: UInt64 = 2
}
