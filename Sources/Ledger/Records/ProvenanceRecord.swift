package import Primitives
package import Wire

/// Where some D-RECs came from, who owned them, and whether they are spent: in order, from mint on.
package struct ProvenanceRecord: Sendable {
    package let range: DRECRange
    /// The placements that make up the range's energy, in the order of the axis.
    package let sources: [EnergySource]
    /// Mint first; every entry that a part of the range went through.
    package let steps: [ProvenanceStep]
    /// The lots that hold the range now.
    package let lots: [LotRecord]
    /// Redemptions of a part of the range.
    package let redemptions: [RedemptionRecord]
    /// What is only the beginning of it; smaller ranges tell the rest.
    package let truncation: Truncation

    /// Lists that a limit cut off.
    package struct Truncation: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let sources = Truncation(rawValue: 1)
        /// The latest steps are there, earlier ones are missing.
        package static let steps = Truncation(rawValue: 2)
        /// Steps and sources from before the blocks that the node holds are missing.
        package static let history = Truncation(rawValue: 4)

        /// The names of the lists.
        package var names: [String] {
            [(Truncation.sources, "sources"), (.steps, "steps"), (.history, "history")]
                .filter { contains($0.0) }.map(\.1)
        }
    }

    package init(
        range: DRECRange, sources: [EnergySource], steps: [ProvenanceStep], lots: [LotRecord],
        redemptions: [RedemptionRecord], truncation: Truncation = []
    ) {
        self.range = range
        self.sources = sources
        self.steps = steps
        self.lots = lots
        self.redemptions = redemptions
        self.truncation = truncation
    }
}

/// How long the lists of one provenance answer may be.
package struct ProvenanceLimits: Sendable {
    package var sources = 10_000
    /// Steps, and entries that are walked through for them.
    package var steps = 2_000
    package var lots = 2_000

    package init() {}
}

/// A range that lies in more lots than one answer may have: smaller ranges can be asked for.
package struct RangeTooWideError: Error, Equatable, Sendable {
    package let range: DRECRange
    /// The most lots of one answer.
    package let lots: Int

    package init(range: DRECRange, lots: Int) {
        self.range = range
        self.lots = lots
    }
}

/// A read's share in some D-RECs.
package struct EnergySource: Sendable {
    package let device: DeviceID
    /// The read's whole window and energy.
    package let read: ReadWindow
    /// The entry and row that recorded the read.
    package let entry: LogIndex
    package let row: UInt32
    /// The entry that placed it on the axis; the same one unless its mint was deferred.
    package let placedBy: LogIndex
    /// Wh of the read within the range asked for.
    package let share: WattHours

    package init(
        device: DeviceID, read: ReadWindow, entry: LogIndex, row: UInt32, placedBy: LogIndex,
        share: WattHours
    ) {
        self.device = device
        self.read = read
        self.entry = entry
        self.row = row
        self.placedBy = placedBy
        self.share = share
    }
}

/// What one entry did to a part of some D-RECs.
package struct ProvenanceStep: Sendable {
    /// What happened to the part.
    package enum Kind: String, Sendable {
        case mint, trade, redeem, retire
    }

    package let kind: Kind
    package let entry: LogIndex
    package let transaction: Digest
    package let height: Height
    package let time: Timestamp
    /// The account that the transaction acted for.
    package let account: AccountID
    /// Who owned the part before (nil for a mint) and after.
    package let from: AccountID?
    package let to: AccountID
    /// The part of the range asked for that the entry concerned.
    package let range: DRECRange
    /// How the transaction was captured.
    package let channel: ProtoChannel

    package init(
        kind: Kind, entry: LogIndex, transaction: Digest, height: Height, time: Timestamp,
        account: AccountID, from: AccountID?, to: AccountID, range: DRECRange,
        channel: ProtoChannel
    ) {
        self.kind = kind
        self.entry = entry
        self.transaction = transaction
        self.height = height
        self.time = time
        self.account = account
        self.from = from
        self.to = to
        self.range = range
        self.channel = channel
    }
}
