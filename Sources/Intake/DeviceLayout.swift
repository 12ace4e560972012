import Foundation
import Primitives
import Wire

/// The platform's bulk-upload columns of devices.
///
/// Checks form only. What the ledger has a rule for, such as the range of capacities, is passed on,
/// so that there is one place that says no and one reason.
package struct DeviceLayout: RowLayout {
    private enum Column: String, CaseIterable {
        case externalId, projectName, address, latitude, longitude, countryCode, fuelCode
        case deviceTypeCode, capacity, commissioningDate, gridInterconnection, offTaker
        case impactStory, qualityLabels, deviceDescription, energyStorage, energyStorageCapacity
        case sdgBenefits = "SDGBenefits"

        static let mandatory: [Column] = [
            .externalId, .latitude, .longitude, .countryCode, .fuelCode, .deviceTypeCode,
            .capacity, .commissioningDate,
        ]
        static let profile: [Column] = [
            .externalId, .projectName, .address, .latitude, .longitude, .impactStory,
            .qualityLabels, .deviceDescription, .energyStorage, .energyStorageCapacity,
            .sdgBenefits,
        ]
    }

    private let header: Header
    private var places: [Column: Int] = [:]

    /// - Throws: ``IntakeError/missingColumns(_:layout:)`` with all that are missing,
    ///   ``IntakeError/duplicateColumn(_:)``, ``IntakeError/wrongSeparator(_:)``.
    package init(header record: CSVRecord) throws(IntakeError) {
        header = try Header(record)
        try header.require(Column.mandatory.map(\.rawValue), layout: "devices")
        for column in Column.allCases { places[column] = try header.place(of: column.rawValue) }
    }

    package func row(from record: CSVRecord) throws(RowProblem) -> DeviceRow {
        try header.check(record)
        func value<Value>(
            _ column: Column, _ read: (String) throws(ValueProblem) -> Value
        ) throws(RowProblem) -> Value {
            do {
                return try read(text(column, of: record))
            } catch {
                throw RowProblem(
                    line: record.line, column: column.rawValue, message: error.message)
            }
        }
        let externalID = try value(.externalId, DeviceColumns.externalID)
        var details = ProtoDeviceDetails()
        details.country = try value(.countryCode, DeviceColumns.country)
        details.fuelCode = try value(.fuelCode) { text throws(ValueProblem) in
            try DeviceColumns.code(text, prefix: "ES")
        }
        details.typeCode = try value(.deviceTypeCode) { text throws(ValueProblem) in
            try DeviceColumns.code(text, prefix: "TC")
        }
        details.capacityWatts = try value(.capacity, DeviceColumns.watts).rawValue
        details.commissioned = try value(.commissioningDate, DeviceColumns.day).rawValue
        details.grid = try value(.gridInterconnection, DeviceColumns.grid)
        details.offTaker = try value(.offTaker, DeviceColumns.offTaker)
        details.source = .platform
        let (watts, grid) = (Watts(details.capacityWatts), details.grid)
        details.kind = try value(.deviceDescription) { text throws(ValueProblem) in
            try DeviceColumns.kind(text, watts: watts, grid: grid)
        }
        // The flag cannot say that export is allowed; this description does.
        if details.kind == .gridWithExport, grid == .captive { details.grid = .exportAllowed }
        let isCoarse =
            details.kind == .solarHomeSystem || details.offTaker == .residential
            || watts < DeviceColumns.finePosition
        details.latitudeE2 = try value(.latitude) { text throws(ValueProblem) in
            try DeviceColumns.hundredths(text, limit: 90, isCoarse: isCoarse)
        }
        details.longitudeE2 = try value(.longitude) { text throws(ValueProblem) in
            try DeviceColumns.hundredths(text, limit: 180, isCoarse: isCoarse)
        }
        return DeviceRow(
            line: record.line, externalID: externalID, details: details,
            profile: profile(of: record))
    }

    private func profile(of record: CSVRecord) -> [ProfileField] {
        Column.profile.compactMap { column in
            let value = text(column, of: record)
            return value.isEmpty ? nil : ProfileField(name: column.rawValue, value: value)
        }
    }

    private func text(_ column: Column, of record: CSVRecord) -> String {
        places[column].map { record.fields[$0].trimmed } ?? ""
    }
}
