import Foundation
import Merkle
import Primitives
import Wire

extension BlockExecution {
    /// Mints evidence that was submitted with its mint deferred; the reads travel again.
    mutating func mint(_ action: ProtoMint, of id: AccountID) throws {
        try authorise(.metering, for: id)
        guard let transaction else { return }
        let entry = LogIndex(action.evidence)
        guard var evidence = try state.message(ProtoEvidenceValue.self, for: .evidence(entry)),
            evidence.account == id.rawValue
        else { throw Refusal(.evidenceUnknown, "evidence") }
        guard evidence.mintedAt == 0 else { throw Refusal(.evidenceMinted, "evidence") }
        guard evidence.readsRoot == transaction.body.readsRoot,
            evidence.count == transaction.body.readsCount
        else { throw Refusal(.readsNotBound, "reads_root") }
        evidence.mintedAt = indexAfter
        set(evidence, for: .evidence(entry))
        let evidenced = transaction.reads.map { row in
            ReadWindow(
                device: row.device, start: row.start, end: row.end, energy: row.energy,
                kind: row.kind)
        }
        try place(evidenced, owner: id, evidence: entry)
    }

    /// Appends windows' energy to their series' axes in row order and creates one lot for the
    /// D-RECs that each series completed (L5).
    mutating func place(
        _ windows: [ReadWindow], owner: AccountID, evidence: LogIndex?
    ) throws {
        var axes: [SeriesID: AxisGrowth] = [:]
        var projects: [DeviceID: ProjectID] = [:]
        // The axis in hand is kept out of the dictionary: rows mostly go on where the last one was.
        var current: (series: SeriesID, axis: AxisGrowth)?
        var latest: (device: DeviceID, project: ProjectID)?
        placements.reserveCapacity(windows.count)
        for (index, window) in windows.enumerated() where window.energy > .zero {
            if latest?.device != window.device {
                latest = (
                    window.device,
                    try project(of: window.device, owner: owner, known: &projects)
                )
            }
            guard let project = latest?.project else { continue }
            try forEachVintage(of: window) { vintage, start, end, energy in
                let series = SeriesID(project: project, vintage: vintage)
                if current?.series != series {
                    if let current { axes[current.series] = current.axis }
                    current = (
                        series,
                        try axes[series] ?? AxisGrowth(try state.series(series), owner: owner)
                    )
                }
                let offset = current?.axis.issued ?? 0
                current?.axis.issued = try checkedSum(offset, energy, "reads[\(index)]")
                placements.append(
                    Placement(
                        series: series, offset: offset, length: energy,
                        readIndex: UInt32(truncatingIfNeeded: index), start: start, end: end))
            }
        }
        if let current { axes[current.series] = current.axis }
        var event = ProtoEnergyPlaced()
        event.placementsRoot = Data(placementsRoot.bytes)
        event.placementsCount = UInt32(truncatingIfNeeded: placements.count)
        event.evidence = evidence.map { $0.rawValue + 1 } ?? 0
        for series in axes.keys.sorted() {
            guard let axis = axes[series] else { continue }
            event.issues.append(issue(axis, series))
        }
        record(.energyPlaced(event))
    }

    /// RFC 9162 root over the placements' records.
    private var placementsRoot: Digest {
        var bytes: [UInt8] = []
        let leaves = placements.map { placement in
            bytes.removeAll(keepingCapacity: true)
            placement.appendRecord(to: &bytes)
            return LogHash.leaf(bytes)
        }
        return LogTree.root(of: leaves)
    }

    /// A series while energy is appended to it.
    private struct AxisGrowth {
        let value: ProtoSeriesValue
        /// Where the axis ended before, in Wh.
        let offset: UInt64
        /// Where it ends now, in Wh.
        var issued: UInt64

        init(_ value: ProtoSeriesValue?, owner: AccountID) {
            var series = value ?? ProtoSeriesValue()
            if value == nil { series.owner = owner.rawValue }
            self.value = series
            offset = series.issuedWattHours
            issued = offset
        }
    }

    /// Writes a grown series, its segment and, where D-RECs were completed, their lot.
    private mutating func issue(_ axis: AxisGrowth, _ series: SeriesID) -> ProtoSeriesIssue {
        var value = axis.value
        value.issuedWattHours = axis.issued
        var issue = ProtoSeriesIssue()
        issue.project = series.project.rawValue
        issue.vintage = series.vintage
        issue.offset = axis.offset
        issue.length = value.issuedWattHours - axis.offset
        issue.owner = value.owner
        let before = axis.offset / WattHours.perDREC
        let after = value.issuedWattHours / WattHours.perDREC
        if after > before {
            issue.first = before + 1
            issue.last = after
            var lot = ProtoLotValue()
            lot.last = after
            lot.owner = value.owner
            lot.status = .active
            lot.entry = nextIndex.rawValue
            set(lot, for: .lot(series, first: DRECSerial(before + 1)))
            value.active += after - before
        }
        var segment = ProtoSegmentValue()
        segment.length = issue.length
        segment.entry = nextIndex.rawValue
        set(segment, for: .segment(series, offset: axis.offset))
        set(value, for: .series(series))
        return issue
    }

    /// The default project of the owner in the device's country.
    private func project(
        of device: DeviceID, owner: AccountID, known: inout [DeviceID: ProjectID]
    ) throws -> ProjectID {
        if let project = known[device] { return project }
        guard let value = try state.lastRevision(of: device)?.value else {
            throw Refusal(.deviceUnknown, "device")
        }
        let country = try country(value.details.country, "country")
        guard
            let reference = try state.message(
                ProtoReferenceValue.self, for: .defaultProject(of: owner, in: country))
        else { throw Refusal(.deviceForeign, "device") }
        known[device] = ProjectID(reference.number)
        return ProjectID(reference.number)
    }

    /// A window that crosses New Year (UTC) goes to both vintages, Wh by seconds, rounded down for
    /// the earlier one. A window of at most 366 days touches at most three years. Parts without
    /// energy are left out.
    private func forEachVintage(
        of window: ReadWindow,
        _ body: (_ vintage: UInt32, _ start: Timestamp, _ end: Timestamp, _ energy: UInt64) throws
            -> Void
    ) rethrows {
        var left = window.energy.rawValue
        var at = window.start
        let seconds = UInt128(window.end.rawValue - window.start.rawValue)
        while at < window.end {
            let year = CivilDay(at).year
            let newYear = CivilDay(year: year + 1, month: 1, day: 1)?.start ?? window.end
            let end = min(newYear, window.end)
            let share =
                end == window.end
                ? left
                : UInt64(
                    UInt128(window.energy.rawValue) * UInt128(end.rawValue - at.rawValue)
                        / seconds)
            if share > 0 { try body(UInt32(year), at, end, share) }
            left -= share
            at = end
        }
    }
}
