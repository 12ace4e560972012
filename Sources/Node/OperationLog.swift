import Gateway
import Primitives

/// The time of a note, by both clocks.
struct OperationMoment: Sendable {
    /// Milliseconds since 1970.
    let time: UInt64
    /// Milliseconds of the clock that never goes back.
    let uptime: UInt64
}

/// What the driver notes for operators; bounded.
struct OperationLog: Sendable {
    /// Lost views that are remembered, the newest ones.
    private static let limit = 32

    private(set) var agreement: AgreementState?
    /// When each authority's newest vote was seen, in milliseconds since 1970, by index.
    private(set) var voteTimes: [UInt64?] = []
    /// The newest first.
    private(set) var lostViews: [OperationStatus.LostView] = []
    var silentBecause: String?
    var clockOffsetMilliseconds: Int64?
    var finality = WaitingTimes()
    /// Uptime at which the node started, the head moved, and work was seen that goes on since.
    private(set) var startedAt: UInt64?
    private(set) var headMovedAt: UInt64 = 0
    private(set) var busySince: UInt64?

    mutating func headMoved(at moment: OperationMoment) {
        headMovedAt = moment.uptime
        if busySince != nil { busySince = moment.uptime }
    }

    mutating func take(_ next: AgreementState, at moment: OperationMoment) {
        startedAt = startedAt ?? moment.uptime
        if next.isBusy || next.isBehind {
            busySince = busySince ?? moment.uptime
        } else {
            busySince = nil
        }
        if agreement?.epoch != next.epoch || voteTimes.count != next.lastVotes.count {
            voteTimes = Array(repeating: nil, count: next.lastVotes.count)
        }
        for (index, vote) in next.lastVotes.enumerated()
        where vote != nil && (agreement?.epoch != next.epoch || agreement?.vote(of: index) != vote)
        {
            voteTimes[index] = moment.time
        }
        agreement = next
    }

    mutating func lost(_ view: OperationStatus.LostView) {
        lostViews.insert(view, at: 0)
        if lostViews.count > OperationLog.limit { lostViews.removeLast() }
    }
}

/// How long the latest submissions waited until they were final.
struct WaitingTimes: Sendable {
    private static let limit = 1_024

    private var milliseconds: [Double] = []
    private var next = 0

    mutating func add(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let value = Double(seconds) * 1_000 + Double(attoseconds) / 1e15
        if milliseconds.count < WaitingTimes.limit {
            milliseconds.append(value)
        } else {
            milliseconds[next] = value
            next = (next + 1) % WaitingTimes.limit
        }
    }

    var summary: OperationStatus.Finality {
        var summary = OperationStatus.Finality()
        guard !milliseconds.isEmpty else { return summary }
        let sorted = milliseconds.sorted()
        summary.count = sorted.count
        summary.medianMilliseconds = sorted[(sorted.count - 1) / 2]
        summary.p99Milliseconds = sorted[(sorted.count - 1) * 99 / 100]
        return summary
    }
}
