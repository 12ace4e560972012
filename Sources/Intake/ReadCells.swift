import Foundation
import Primitives
import Wire

/// The times of one row.
struct ReadCells {
    typealias Column = ReadLayout.Column
    typealias Window = (start: Timestamp?, end: Timestamp)

    /// A problem and the column that has it.
    struct CellProblem: Error {
        let column: Column
        let problem: ValueProblem
    }

    /// A cell without blanks around it; empty where the file lacks the column.
    let text: (Column) -> String
    /// Zone of times without offset.
    let zone: TimeZone
    /// Columns that are UTC whatever the zone.
    let isUTC: Set<Column>
    let options: ReadOptions

    static func kind(
        _ name: String, default kind: ProtoReadKind
    ) throws(ValueProblem) -> ProtoReadKind {
        switch name.lowercased() {
        case "": return kind
        case "history": return .history
        case "delta": return .delta
        case "aggregate": return .aggregate
        default:
            throw ValueProblem(
                "\(ValueProblem.shown(name)) is none of history, delta, aggregate")
        }
    }

    /// The window between two times. A delta may lack its start; an aggregate needs one time.
    func window(_ kind: ProtoReadKind) throws(CellProblem) -> Window {
        if kind == .aggregate {
            return (nil, try moment(text(.end).isEmpty ? .start : .end))
        }
        let end = try moment(.end)
        if kind == .delta, text(.start).isEmpty { return (nil, end) }
        return try ordered(try moment(.start), end)
    }

    /// The window that begins or ends at the row's one timestamp.
    func stamped(_ kind: ProtoReadKind) throws(CellProblem) -> Window {
        let stamp = try moment(.start)
        if kind == .aggregate { return (nil, stamp) }
        let interval = Int(options.intervalSeconds)
        let other = try shifted(by: options.timestampMeans == .start ? interval : -interval)
        return switch options.timestampMeans {
        case .start: try ordered(stamp, other)
        case .end: try ordered(other, stamp)
        }
    }

    private func ordered(_ start: Timestamp, _ end: Timestamp) throws(CellProblem) -> Window {
        guard start < end else {
            throw CellProblem(
                column: .end, problem: ValueProblem("the window ends at \(end), not after \(start)")
            )
        }
        return (start, end)
    }

    private func moment(_ column: Column) throws(CellProblem) -> Timestamp {
        try told(column) { () throws(ValueProblem) in
            try WrittenTime(text(column)).moment(in: isUTC.contains(column) ? .gmt : zone)
        }
    }

    /// The timestamp moved by seconds; by calendar days of the zone where it is whole days.
    private func shifted(by seconds: Int) throws(CellProblem) -> Timestamp {
        try told(.start) { () throws(ValueProblem) in
            var time = try WrittenTime(text(.start))
            if time.offset == nil, seconds.isMultiple(of: Int(Timestamp.secondsPerDay)) {
                time.wallSeconds += seconds
                return try time.moment(in: zone)
            }
            return try WrittenTime.timestamp(Int(try time.moment(in: zone).rawValue) + seconds)
        }
    }

    private func told<Value>(
        _ column: Column, _ read: () throws(ValueProblem) -> Value
    ) throws(CellProblem) -> Value {
        do {
            return try read()
        } catch {
            throw CellProblem(column: column, problem: error)
        }
    }
}
