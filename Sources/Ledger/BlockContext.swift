package import Primitives
package import Wire

/// What a block's transactions are judged in: fixed before the first of them.
package struct BlockContext: Sendable {
    /// Hash of the genesis document.
    package let network: Digest
    package let height: Height
    /// The header's time in whole seconds.
    package let time: Timestamp
    /// In force for this block.
    package let parameters: ProtoParameters
    /// Size of the log before this block.
    package let logSize: UInt64

    package init(
        network: Digest, height: Height, time: Timestamp, parameters: ProtoParameters,
        logSize: UInt64
    ) {
        self.network = network
        self.height = height
        self.time = time
        self.parameters = parameters
        self.logSize = logSize
    }
}

/// What became of one transaction of a block. Immutable, and a class as ``Transaction`` is.
package final class AppliedTransaction: Sendable {
    package let transaction: Transaction
    package let index: LogIndex
    package let receipt: ProtoReceipt
    /// The receipt's canonical bytes, which are hashed.
    package let receiptBytes: [UInt8]
    /// 64 bytes: submission hash ‖ receipt hash.
    package let logEntry: [UInt8]
    /// What was placed on axes, in order; empty for most actions.
    package let placements: [Placement]
    /// For reads: the window and energy that each row stood for, in row order.
    package let windows: [ReadWindow]

    init(
        transaction: Transaction, index: LogIndex, receipt: ProtoReceipt, receiptBytes: [UInt8],
        logEntry: [UInt8], placements: [Placement], windows: [ReadWindow]
    ) {
        self.transaction = transaction
        self.index = index
        self.receipt = receipt
        self.receiptBytes = receiptBytes
        self.logEntry = logEntry
        self.placements = placements
        self.windows = windows
    }
}

/// The window and energy that the rules made of a read: for a delta without a start and for an
/// aggregate they are not in the row itself.
package struct ReadWindow: Hashable, Sendable {
    package let device: DeviceID
    package let start: Timestamp
    package let end: Timestamp
    package let energy: WattHours
    package let kind: ProtoReadKind

    package init(
        device: DeviceID, start: Timestamp, end: Timestamp, energy: WattHours,
        kind: ProtoReadKind
    ) {
        self.device = device
        self.start = start
        self.end = end
        self.energy = energy
        self.kind = kind
    }
}
