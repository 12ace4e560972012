import ArgumentParser
import Intake

/// A device given by options: read as a row of a file is, so that one place knows the forms.
enum DeviceArguments {
    /// The options that stand for the columns.
    private static let options = [
        "externalId": "--external-id", "latitude": "--latitude", "longitude": "--longitude",
        "countryCode": "--country", "deviceTypeCode": "--type", "capacity": "--capacity-kw",
        "commissioningDate": "--commissioned", "offTaker": "--off-taker",
        "deviceDescription": "--kind",
    ]

    /// - Throws: a usage error that names the option.
    static func row(_ cells: [(column: String, value: String)]) throws -> DeviceRow {
        let header = cells.map(\.column).joined(separator: ",")
        let row = cells.map { "\"\($0.value.replacing("\"", with: "\"\""))\"" }
            .joined(separator: ",")
        var sheet = Sheet<DeviceLayout>.devices()
        let items = try sheet.feed(Array("\(header)\n\(row)\n".utf8)) + sheet.finish()
        switch items.first {
        case .success(let row)?: return row
        case .failure(let problem)?:
            let option = problem.column.flatMap { options[$0] } ?? "the device"
            throw ValidationError("\(option): \(problem.message)")
        case nil: throw ValidationError("the device cannot be read")
        }
    }
}
