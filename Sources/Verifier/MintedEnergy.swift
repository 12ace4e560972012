import Primitives
import Wire

/// The energy that an entry appended to series.
struct MintedEnergy {
    /// Of one series.
    struct Issue {
        let series: SeriesID
        /// On the series' axis, Wh.
        let energy: Range<UInt64>
        /// The D-RECs that it completed.
        let minted: DRECRange?
        let owner: UInt64
    }

    /// Ascending by series.
    let issues: [Issue]
    let event: ProtoEnergyPlaced

    /// - Throws: ``ProofFailure`` of the step ``ProofStep/lineage``.
    init(_ entry: ProvenEntry) throws(ProofFailure) {
        func failure(_ reason: String) -> ProofFailure {
            ProofFailure(.lineage, "entry #\(entry.index): \(reason)")
        }
        guard let event = entry.placed else { throw failure("it placed no energy") }
        let isSigned =
            switch entry.body.action {
            case .submitReads(let action):
                !action.deferMint && event.evidence == 0
                    && MintedEnergy.accepts(entry.accepted, entry.body)
            case .mint(let action):
                // The event counts from 1, for 0 is none.
                action.evidence < .max && event.evidence == action.evidence + 1
            default: false
            }
        guard isSigned else {
            throw failure("its receipt tells of another action than was signed")
        }
        var issues: [Issue] = []
        for issue in event.issues {
            let (end, overflow) = issue.offset.addingReportingOverflow(issue.length)
            let series = SeriesID(
                project: ProjectID(issue.project), vintage: issue.vintage)
            guard !overflow, issue.length > 0, issues.last.map({ $0.series < series }) ?? true
            else { throw failure("its series do not ascend, or got no energy") }
            // The D-RECs whose last watt-hour is in it.
            let before = issue.offset / WattHours.perDREC
            let after = end / WattHours.perDREC
            let (first, last) = after > before ? (before + 1, after) : (0, 0)
            guard issue.first == first, issue.last == last else {
                throw failure("it minted other D-RECs than its energy completed")
            }
            // Who acts gets what is minted; no rule mints for others yet.
            guard issue.owner == entry.body.account else {
                throw failure("it minted for another account than it acted for")
            }
            issues.append(
                Issue(
                    series: series, energy: issue.offset..<end,
                    minted: DRECRange(
                        series: series, first: DRECSerial(first), last: DRECSerial(last)),
                    owner: issue.owner))
        }
        self.issues = issues
        self.event = event
    }

    /// Whether a receipt tells of the very reads that were signed for, and of their mint.
    private static func accepts(
        _ event: ProtoReadsAccepted?, _ body: ProtoTransactionBody
    ) -> Bool {
        guard let event else { return false }
        return event.readsRoot == body.readsRoot && event.count == body.readsCount
            && !event.deferred
    }

    func issue(of series: SeriesID) -> Issue? { issues.first { $0.series == series } }
}
