package import Primitives
package import Wire

/// What a ledger tells about an account.
package struct AccountRecord: Sendable {
    package let id: AccountID
    package let value: ProtoAccountValue

    package init(id: AccountID, value: ProtoAccountValue) {
        self.id = id
        self.value = value
    }
}

/// A key and what it may do.
package struct KeyRecord: Sendable {
    package let key: PublicKey
    package let value: ProtoKeyValue

    package init(key: PublicKey, value: ProtoKeyValue) {
        self.key = key
        self.value = value
    }
}

/// A device as it is in force now.
package struct DeviceRecord: Sendable {
    package let id: DeviceID
    /// When this revision took effect.
    package let effective: Timestamp
    package let value: ProtoDeviceValue
    /// Energy of all accepted reads.
    package let energy: WattHours
    /// Number of accepted reads.
    package let readCount: UInt64

    package init(
        id: DeviceID, effective: Timestamp, value: ProtoDeviceValue, energy: WattHours,
        readCount: UInt64
    ) {
        self.id = id
        self.effective = effective
        self.value = value
        self.energy = energy
        self.readCount = readCount
    }
}

/// A month of a device: what was generated on each day, and what the ceilings of now allow.
package struct DeviceMonthRecord: Sendable {
    package let month: CivilMonth
    /// Wh of each day of the month, the first day first.
    package let days: [UInt64]
    /// Ceilings in Wh by the parameters in force now.
    package let dayLimit: UInt64
    package let monthLimit: UInt64

    package init(month: CivilMonth, days: [UInt64], dayLimit: UInt64, monthLimit: UInt64) {
        self.month = month
        self.days = days
        self.dayLimit = dayLimit
        self.monthLimit = monthLimit
    }
}

/// An accepted read.
package struct ReadRecord: Sendable {
    package let window: ReadWindow
    /// The entry that recorded it, and its row there.
    package let entry: LogIndex
    package let row: UInt32

    package init(window: ReadWindow, entry: LogIndex, row: UInt32) {
        self.window = window
        self.entry = entry
        self.row = row
    }
}

/// A project and its series.
package struct ProjectRecord: Sendable {
    package let id: ProjectID
    package let value: ProtoProjectValue
    /// Ascending by vintage.
    package let series: [SeriesRecord]

    package init(id: ProjectID, value: ProtoProjectValue, series: [SeriesRecord]) {
        self.id = id
        self.value = value
        self.series = series
    }
}

/// Totals of one series.
package struct SeriesRecord: Sendable {
    package let id: SeriesID
    package let value: ProtoSeriesValue

    package init(id: SeriesID, value: ProtoSeriesValue) {
        self.id = id
        self.value = value
    }

    /// Wh that have not completed a D-REC yet.
    package var openWattHours: UInt64 { value.issuedWattHours % WattHours.perDREC }
}

/// A run of D-RECs with one owner and one status.
package struct LotRecord: Sendable {
    package let range: DRECRange
    package let owner: AccountID
    package let status: ProtoLotStatus
    /// The entry by which the owner got the lot; for a spent one the entry that spent it.
    package let entry: LogIndex

    package init(range: DRECRange, owner: AccountID, status: ProtoLotStatus, entry: LogIndex) {
        self.range = range
        self.owner = owner
        self.status = status
        self.entry = entry
    }
}

/// A final transaction.
package struct TransactionRecord: Sendable {
    package let id: Digest
    package let index: LogIndex
    package let height: Height
    package let body: ProtoTransactionBody
    package let receipt: ProtoReceipt

    package init(
        id: Digest, index: LogIndex, height: Height, body: ProtoTransactionBody,
        receipt: ProtoReceipt
    ) {
        self.id = id
        self.index = index
        self.height = height
        self.body = body
        self.receipt = receipt
    }
}

/// A final block without its transactions.
package struct BlockRecord: Sendable {
    package let hash: Digest
    package let header: ProtoHeader
    package let finalization: ProtoFinalization
    /// Log indexes of the block's transactions: `first..<header.logSize`.
    package let firstEntry: LogIndex

    package init(
        hash: Digest, header: ProtoHeader, finalization: ProtoFinalization, firstEntry: LogIndex
    ) {
        self.hash = hash
        self.header = header
        self.finalization = finalization
        self.firstEntry = firstEntry
    }
}

/// A public statement that D-RECs were used.
package struct RedemptionRecord: Sendable {
    package let entry: LogIndex
    /// Nil where the node does not hold the entry itself.
    package let transaction: Digest?
    package let value: ProtoRedemptionValue

    package init(entry: LogIndex, transaction: Digest?, value: ProtoRedemptionValue) {
        self.entry = entry
        self.transaction = transaction
        self.value = value
    }

    /// kWh redeemed.
    package var count: UInt64 { value.ranges.reduce(0) { $0 + ($1.last - $1.first + 1) } }
}

/// A public statement that D-RECs were taken out of use.
package struct RetirementRecord: Sendable {
    package let entry: LogIndex
    /// Nil where the node does not hold the entry itself.
    package let transaction: Digest?
    package let value: ProtoRetirementValue

    package init(entry: LogIndex, transaction: Digest?, value: ProtoRetirementValue) {
        self.entry = entry
        self.transaction = transaction
        self.value = value
    }

    /// kWh retired.
    package var count: UInt64 { value.ranges.reduce(0) { $0 + ($1.last - $1.first + 1) } }
}

/// The network in numbers.
package struct NetworkTotals: Sendable, Equatable {
    package var accounts: UInt64 = 0
    package var devices: UInt64 = 0
    package var projects: UInt64 = 0
    package var reads: UInt64 = 0
    /// Wh placed on axes.
    package var issuedWattHours: UInt64 = 0
    /// kWh by status.
    package var active: UInt64 = 0
    package var redeemed: UInt64 = 0
    package var retired: UInt64 = 0
    package var transactions: UInt64 = 0
    package var height: UInt64 = 0

    package init() {}
}
