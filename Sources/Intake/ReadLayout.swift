import Foundation
import Primitives
import Wire

/// The three layouts of meter reads, told apart by the header alone.
package struct ReadLayout: RowLayout {
    enum Shape: CaseIterable {
        /// One timestamp a row, the window's length by option.
        case stamped
        /// The platform's bulk columns with type and zone.
        case platform
        /// Ours: start, end, watt-hours.
        case windows

        var header: String {
            switch self {
            case .stamped: "id,timestamp,value,unit"
            case .platform: "deviceExternalId,timezone,type,unit,value,startDate,endDate"
            case .windows: "device,start,end,wh"
            }
        }
    }

    enum Column: Hashable {
        case device, zone, kind, unit, value, start, end
    }

    let shape: Shape
    let options: ReadOptions
    private let header: Header
    private var places: [Column: Int] = [:]
    /// As the file spells them, for problems.
    private var names: [Column: String] = [:]
    /// Zone of ``Shape/windows`` columns that say in their name that they are UTC.
    private var isUTC: Set<Column> = []

    /// - Throws: ``IntakeError/unknownLayout(found:)``, ``IntakeError/missingColumns(_:layout:)``,
    ///   ``IntakeError/duplicateColumn(_:)``, ``IntakeError/noDevice``,
    ///   ``IntakeError/wrongSeparator(_:)``,
    ///   ``IntakeError/invalidOption(_:reason:)``.
    package init(header record: CSVRecord, options: ReadOptions) throws(IntakeError) {
        try options.check()
        self.options = options
        header = try Header(record)
        if header.contains("deviceExternalId") || header.contains("startDate") {
            shape = .platform
            try header.require(
                ["type", "unit", "value", "startDate", "endDate"], layout: shape.header)
            try find(.device, "deviceExternalId")
            try find(.zone, "timezone")
            try find(.kind, "type")
            try find(.unit, "unit")
            try find(.value, "value")
            try find(.start, "startDate")
            try find(.end, "endDate")
        } else if header.contains("wh") {
            shape = .windows
            try findWindow(.start, "start", "start_utc")
            try findWindow(.end, "end", "end_utc")
            try find(.device, "device")
            try find(.value, "wh")
        } else if header.contains("timestamp") {
            shape = .stamped
            try header.require(["value", "unit"], layout: shape.header)
            try find(.device, "id")
            try find(.start, "timestamp")
            try find(.value, "value")
            try find(.unit, "unit")
        } else {
            throw .unknownLayout(found: header.names)
        }
        guard places[.device] != nil || options.deviceExternalID != nil else { throw .noDevice }
    }

    private mutating func find(_ column: Column, _ name: String) throws(IntakeError) {
        guard let place = try header.place(of: name) else { return }
        places[column] = place
        names[column] = header.names[place]
    }

    private mutating func findWindow(
        _ column: Column, _ name: String, _ nameInUTC: String
    ) throws(IntakeError) {
        switch (header.contains(name), header.contains(nameInUTC)) {
        case (false, false): throw .missingColumns([name], layout: shape.header)
        case (true, true): throw .duplicateColumn(name)
        case (true, false): try find(column, name)
        case (false, true):
            try find(column, nameInUTC)
            isUTC.insert(column)
        }
    }

    package func row(from record: CSVRecord) throws(RowProblem) -> ReadRecord {
        try header.check(record)
        let rowZone = try value(.zone, of: record) { name throws(ValueProblem) in
            try TimeZone.named(name)
        }
        let cells = ReadCells(
            text: { cell($0, of: record) }, zone: rowZone ?? options.timeZone, isUTC: isUTC,
            options: options)
        let externalID = try value(.device, of: record) { name throws(ValueProblem) in
            if name.isEmpty, let given = options.deviceExternalID { return given }
            return try DeviceColumns.externalID(name)
        }
        let kind = try value(.kind, of: record) { name throws(ValueProblem) in
            try ReadCells.kind(name, default: options.kind)
        }
        let unit: EnergyUnit =
            shape == .windows
            ? .wattHour
            : try value(.unit, of: record) { name throws(ValueProblem) in
                try EnergyUnit(name: name)
            }
        let energy = try value(.value, of: record) { text throws(ValueProblem) in
            try unit.energy(text)
        }
        let window: ReadCells.Window
        do {
            window = try shape == .stamped ? cells.stamped(kind) : cells.window(kind)
        } catch {
            throw RowProblem(
                line: record.line, column: names[error.column], message: error.problem.message)
        }
        return ReadRecord(
            line: record.line, externalID: externalID, start: window.start, end: window.end,
            nanoWattHours: energy, kind: kind)
    }

    private func value<Value>(
        _ column: Column, of record: CSVRecord,
        _ read: (String) throws(ValueProblem) -> Value
    ) throws(RowProblem) -> Value {
        do {
            return try read(cell(column, of: record))
        } catch {
            throw RowProblem(
                line: record.line, column: names[column], message: error.message)
        }
    }

    /// Without blanks around it; empty where the file lacks the column.
    private func cell(_ column: Column, of record: CSVRecord) -> String {
        places[column].map { record.fields[$0].trimmed } ?? ""
    }
}
