import Ledger
import Primitives
import Wire

/// Finds lots by what they are and what their energy is from, a bounded number of looks at a time.
///
/// Each filter that has an index moves the place at which lots may be found next; where all of them
/// agree the leaves of one stretch of serials are looked at.
struct LotSearch {
    /// Where lots are looked for next: those that begin there or later.
    private struct Place: Equatable {
        var series: SeriesID
        var serial: UInt64

        static func < (left: Place, right: Place) -> Bool {
            (left.series, left.serial) < (right.series, right.serial)
        }
    }

    private let access: ChainAccess
    private let filter: LotFilter
    private let sources: [(facet: Facet, value: Int)]
    private let statuses: [ProtoLotStatus]
    private var place: Place
    private var steps: ListSteps

    init(
        _ access: ChainAccess, _ filter: LotFilter, after: LotPosition?, steps: ListSteps
    ) {
        self.access = access
        self.filter = filter
        self.steps = steps
        sources =
            [
                filter.deviceKind.map { (Facet.deviceKind, $0.rawValue) },
                filter.offTaker.map { (Facet.deviceOffTaker, $0.rawValue) },
            ].compactMap { $0 }
        // Each status has its own run in the index.
        statuses = filter.status.map { [$0] } ?? ProtoLotStatus.allCases
        place =
            after.map { Place(series: $0.series, serial: $0.serial.rawValue &+ 1) }
            ?? Place(series: SeriesID(project: ProjectID(0), vintage: 0), serial: 0)
    }

    mutating func page(limit: Int) throws -> ListPage<LotRecord, LotPosition> {
        var found: [LotRecord] = []
        guard !filter.isContradictory else { return ListPage(items: [], next: nil) }
        // A page gets on at least by one lot, or it would never end.
        let origin = place
        while try settle(from: origin) {
            guard steps.count > 0 || place == origin else {
                // No lot begins at serial 0.
                let serial = max(place.serial, 1) - 1
                return ListPage(
                    items: found,
                    next: LotPosition(series: place.series, serial: DRECSerial(serial)))
            }
            try look(into: &found, atMost: limit + 1)
            if found.count > limit {
                return ListPage(found, limit: limit) { LotPosition($0.range) }
            }
        }
        return ListPage(items: found, next: nil)
    }

    /// Moves on to a place where lots may be, by every index.
    ///
    /// - Returns: false at the end of the list.
    private mutating func settle(from origin: Place) throws -> Bool {
        while steps.count > 0 || place == origin {
            let before = place
            guard place.series.project.rawValue <= maximumRow else { return false }
            guard try settleSeries(), try settleSources(), try settleHolding() else {
                return false
            }
            if place == before { return true }
        }
        return true
    }

    /// By project, country and vintage.
    private mutating func settleSeries() throws -> Bool {
        if let series = filter.series {
            if place.series < series { place = Place(series: series, serial: 0) }
            return place.series == series
        }
        let facets: [(Facet, UInt64)] = [
            filter.country.map { (Facet.projectCountry, $0.word) },
            filter.vintage.map { (Facet.projectVintage, UInt64($0)) },
        ].compactMap { $0 }
        for (facet, value) in facets {
            steps.count -= 1
            let run = try access.run(facet, value)
            guard let project = try run.seek(place.series.project.rawValue) else { return false }
            if project > place.series.project.rawValue { move(to: project, filter.vintage ?? 0) }
        }
        if let vintage = filter.vintage {
            let project = place.series.project.rawValue
            if place.series.vintage < vintage { move(to: project, vintage) }
            if place.series.vintage > vintage { move(to: project + 1, vintage) }
        }
        return true
    }

    private mutating func move(to project: UInt64, _ vintage: UInt32) {
        let series = SeriesID(project: ProjectID(project), vintage: vintage)
        place = Place(series: series, serial: 0)
    }

    /// By devices: to the lot that holds the beginning of the next run.
    private mutating func settleSources() throws -> Bool {
        guard place.series.project.rawValue <= maximumRow else { return false }
        for (facet, value) in sources {
            steps.count -= 2
            guard let run = try run(facet, value, from: place) else { return false }
            guard place < run else { continue }
            let leaf = try access.last(
                atOrBefore: .lot(run.series, first: DRECSerial(run.serial)),
                downTo: .lot(run.series, first: DRECSerial(0)))
            var first = run
            if let leaf {
                let lot = try access.decode(ProtoLotValue.self, leaf.value, leaf.key)
                if lot.last >= run.serial { first.serial = leaf.key.word2 }
            }
            if place < first { place = first }
        }
        return true
    }

    /// Where the run begins that is the first one to end at or after a place.
    private func run(_ facet: Facet, _ value: Int, from place: Place) throws -> Place? {
        if let run = try lastRun(facet, value, place.series, upTo: place.serial),
            run.upperBound >= place.serial
        {
            return Place(series: place.series, serial: run.lowerBound)
        }
        let statement = try access.direct(.runAfter)
        SourceRuns.Key(facet: facet, value: value, series: place.series).bind(statement)
        statement.bind(5, place.serial)
        return try statement.first { row in
            Place(
                series: SeriesID(
                    project: ProjectID(row.number(0)),
                    vintage: UInt32(truncatingIfNeeded: row.number(1))), serial: row.number(2))
        }
    }

    /// The last run of a series that begins at or before a serial.
    private func lastRun(
        _ facet: Facet, _ value: Int, _ series: SeriesID, upTo serial: UInt64
    ) throws -> ClosedRange<UInt64>? {
        let statement = try access.direct(.runBefore)
        SourceRuns.Key(facet: facet, value: value, series: series).bind(statement)
        statement.bind(5, serial)
        return try statement.first { $0.number(0)...max($0.number(0), $0.number(1)) }
    }

    /// By owner and status, or to the next lot at all.
    private mutating func settleHolding() throws -> Bool {
        guard place.series.project.rawValue <= maximumRow else { return false }
        var next: Place?
        if filter.owner != nil || filter.status != nil {
            for status in statuses {
                steps.count -= 1
                guard let stretch = try stretch(status) else { continue }
                if next.map({ stretch < $0 }) ?? true { next = stretch }
            }
            guard let stretch = next else { return false }
            // The place may lie within the stretch.
            next = place < stretch ? stretch : place
        } else {
            steps.count -= 1
            next = try access.first(
                atOrAfter: .lot(place.series, first: DRECSerial(place.serial)),
                upTo: StateKey(.lot, .max, .max, .max)
            ).map { Place(series: $0.key.series, serial: $0.key.word2) }
        }
        guard let next else { return false }
        if place < next { place = next }
        return true
    }

    /// The first stretch in which the owner's lots of a status begin, from the place's own on.
    private func stretch(_ status: ProtoLotStatus) throws -> Place? {
        let statement = try access.direct(
            filter.owner == nil ? .stretchInStatus : .ownedStretch)
        var position: Int32 = 1
        if let owner = filter.owner {
            statement.bind(position, owner.rawValue)
            position += 1
        }
        statement.bind(position, Int64(status.rawValue))
        statement.bind(position + 1, place.series.project.rawValue)
        statement.bind(position + 2, UInt64(place.series.vintage))
        statement.bind(position + 3, place.serial / ChainAccess.serialsOfStretch)
        return try statement.first { row in
            Place(
                series: SeriesID(
                    project: ProjectID(row.number(0)),
                    vintage: UInt32(truncatingIfNeeded: row.number(1))),
                serial: row.number(2) &* ChainAccess.serialsOfStretch)
        }
    }

    /// Looks at the lots that begin in the rest of the place's stretch, and moves behind them.
    private mutating func look(into found: inout [LotRecord], atMost limit: Int) throws {
        let last = place.serial | (ChainAccess.serialsOfStretch - 1)
        let leaves = try access.leaves(
            from: .lot(place.series, first: DRECSerial(place.serial)),
            upTo: .lot(place.series, first: DRECSerial(last)), limit: .max)
        for leaf in leaves {
            steps.count -= 1 + 2 * sources.count
            place.serial = leaf.key.word2 + 1
            let lot = try access.decode(ProtoLotValue.self, leaf.value, leaf.key)
            guard filter.takes(lot), try isFromSources(leaf.key, lot),
                let record = access.lotRecord(leaf.key, lot)
            else { continue }
            found.append(record)
            if found.count == limit { return }
        }
        place.serial = last + 1
    }

    private func isFromSources(_ key: StateKey, _ lot: ProtoLotValue) throws -> Bool {
        for (facet, value) in sources {
            guard let run = try lastRun(facet, value, key.series, upTo: lot.last),
                run.upperBound >= key.word2
            else { return false }
        }
        return true
    }
}
