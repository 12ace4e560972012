import Ledger
import Primitives

/// Which D-RECs of a series have energy from devices of a kind, or with an off-taker: runs of
/// serials that grow with the series' axis.
///
/// Energy never moves on an axis, so a run that was written only ever grows at the axis' end, and
/// no trade changes any.
struct SourceRuns {
    struct Key: Hashable, Comparable {
        let facet: Facet
        let value: Int
        let series: SeriesID

        static func < (left: Key, right: Key) -> Bool {
            (left.facet.rawValue, left.value, left.series)
                < (right.facet.rawValue, right.value, right.series)
        }
    }

    private var runs: [Key: [ClosedRange<UInt64>]] = [:]
    /// Runs that wait to be written.
    private(set) var count = 0

    /// Adds energy at the end of a series' axis.
    mutating func add(
        _ facet: Facet, _ value: Int, _ series: SeriesID, offset: UInt64, length: UInt64
    ) {
        guard value > 0, length > 0 else { return }
        let first = offset / WattHours.perDREC + 1
        let last = (offset + length - 1) / WattHours.perDREC + 1
        let key = Key(facet: facet, value: value, series: series)
        if let end = runs[key]?.last, first <= end.upperBound + 1 {
            runs[key]?.removeLast()
            runs[key]?.append(end.lowerBound...max(end.upperBound, last))
        } else {
            runs[key, default: []].append(first...last)
            count += 1
        }
    }

    /// Writes the runs; the first one of each key goes on where the last one in the file ends.
    mutating func write(to access: ChainAccess) throws {
        for key in runs.keys.sorted() {
            for run in runs[key] ?? [] {
                let lastRun = try access.direct(.lastRun)
                key.bind(lastRun)
                let end = try lastRun.first { $0.number(0)...$0.number(1) }
                let joins = end.map { run.lowerBound <= $0.upperBound + 1 } ?? false
                let statement = try access.direct(joins ? .extendRun : .addRun)
                key.bind(statement)
                statement.bind(5, joins ? end?.lowerBound ?? 0 : run.lowerBound)
                statement.bind(6, max(run.upperBound, joins ? end?.upperBound ?? 0 : 0))
                try statement.run()
            }
        }
        runs = [:]
        count = 0
    }
}

extension SourceRuns.Key {
    func bind(_ statement: DirectStatement) {
        statement.bind(1, facet.rawValue)
        statement.bind(2, Int64(value))
        statement.bind(3, series.project.rawValue)
        statement.bind(4, UInt64(series.vintage))
    }
}
