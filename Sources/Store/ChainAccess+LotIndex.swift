import Foundation
import GRDB
package import Ledger
import Primitives
import Wire

/// A run of serials of a series in which lots of one status begin; they are counted together.
///
/// An index with a row for each lot would change at two or three places in its file whenever a lot
/// passes on. With rows for stretches of serials a trade changes two numbers, and none where the
/// status alone is asked for; the lots themselves are found in the state.
private struct Stretch: Hashable, Comparable {
    private static let width = ChainAccess.serialsOfStretch

    let status: Int
    let series: SeriesID
    /// The first serial, in stretches.
    let number: UInt64

    init(_ status: ProtoLotStatus, _ series: SeriesID, first: UInt64) {
        self.status = status.rawValue
        self.series = series
        number = first / Stretch.width
    }

    static func < (left: Stretch, right: Stretch) -> Bool {
        (left.status, left.series, left.number) < (right.status, right.series, right.number)
    }
}

/// By how much the numbers of lots change.
private struct LotChanges {
    private struct Holding: Hashable, Comparable {
        let owner: UInt64
        let stretch: Stretch

        static func < (left: Holding, right: Holding) -> Bool {
            (left.owner, left.stretch) < (right.owner, right.stretch)
        }
    }

    private var owned: [Holding: Int64] = [:]

    mutating func add(
        _ amount: Int64, _ owner: UInt64, _ status: ProtoLotStatus, _ series: SeriesID,
        first: UInt64
    ) {
        let stretch = Stretch(status, series, first: first)
        owned[Holding(owner: owner, stretch: stretch), default: 0] += amount
    }

    mutating func add(_ amount: Int64, _ lot: ProtoLotRecord) {
        let series = SeriesID(project: ProjectID(lot.range.project), vintage: lot.range.vintage)
        add(amount, lot.owner, lot.status, series, first: lot.range.first)
    }

    func write(to access: ChainAccess) throws {
        var stretches: [Stretch: Int64] = [:]
        for (holding, amount) in owned.sorted(by: { $0.key < $1.key }) where amount != 0 {
            stretches[holding.stretch, default: 0] += amount
            for sql in amount > 0 ? [DirectSQL.addOwned] : [.takeOwned, .forgetOwned] {
                let statement = try access.direct(sql)
                statement.bind(1, holding.owner)
                holding.stretch.bind(statement, from: 2)
                if sql != .forgetOwned { statement.bind(6, amount) }
                try statement.run()
            }
        }
        for (stretch, amount) in stretches.sorted(by: { $0.key < $1.key }) where amount != 0 {
            for sql in amount > 0 ? [DirectSQL.addInStatus] : [.takeInStatus, .forgetInStatus] {
                let statement = try access.direct(sql)
                stretch.bind(statement, from: 1)
                if sql != .forgetInStatus { statement.bind(5, amount) }
                try statement.run()
            }
        }
    }
}

extension Stretch {
    fileprivate func bind(_ statement: DirectStatement, from position: Int32) {
        statement.bind(position, Int64(status))
        statement.bind(position + 1, series.project.rawValue)
        statement.bind(position + 2, UInt64(series.vintage))
        statement.bind(position + 3, number)
    }
}

extension ChainAccess {
    /// Counts the lots that a block took and made. Its receipts tell them, so the state need not be
    /// asked.
    func indexLots(of block: FinalBlock) throws {
        var changes = LotChanges()
        for applied in block.transactions {
            for event in applied.receipt.events {
                switch event.event {
                case .lotsMoved(let moved):
                    for lot in moved.consumed { changes.add(-1, lot) }
                    for lot in moved.created { changes.add(1, lot) }
                case .energyPlaced(let placed):
                    for issue in placed.issues where issue.first > 0 {
                        let series = SeriesID(
                            project: ProjectID(issue.project), vintage: issue.vintage)
                        changes.add(1, issue.owner, .active, series, first: issue.first)
                    }
                default: break
                }
            }
        }
        try changes.write(to: self)
    }

    /// Counts all lots of the state.
    func indexAllLots() throws {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT key, value FROM state WHERE key BETWEEN ? AND ?",
            arguments: [
                Data(StateKey(.lot).bytes), Data(StateKey(.lot, .max, .max, .max).bytes),
            ])
        var changes = LotChanges()
        while let row = try rows.next() {
            let bytes: Data = row[0]
            guard let key = StateKey(bytes: bytes) else { throw StoreError.damaged("state key") }
            let lot = try decode(ProtoLotValue.self, row[1], key)
            changes.add(1, lot.owner, lot.status, key.series, first: key.word2)
        }
        try changes.write(to: self)
    }

    /// Lots in the order of the axes, with at most so many looks that a page needs.
    package func lots(
        _ filter: LotFilter, after: LotPosition?, limit: Int, steps: ListSteps = .page
    ) throws -> ListPage<LotRecord, LotPosition> {
        var search = LotSearch(self, filter, after: after, steps: steps)
        return try search.page(limit: limit)
    }

    /// Serials of one stretch: the most lots that a row of the index makes a query look at.
    static let serialsOfStretch: UInt64 = 256
}
