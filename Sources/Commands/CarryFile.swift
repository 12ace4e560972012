import Foundation
import Intake
import Primitives

/// What devices' reads left over below one watt-hour, kept between runs.
struct CarryFile {
    let path: String

    func load() throws -> [ExternalID: FractionCarry] {
        guard FileManager.default.fileExists(atPath: path) else { return [:] }
        guard
            let value = try? CanonicalJSON(
                parsing: try KeyFile.readFile(path), limit: 64 * 1_024 * 1_024),
            let members = value.object
        else { throw CommandFailure.failed("\(path) is not a carry file") }
        var carries: [ExternalID: FractionCarry] = [:]
        for (name, remainder) in members {
            guard let id = ExternalID(name), let value = remainder.unsigned,
                let carry = FractionCarry(remainderNanoWattHours: value)
            else { throw CommandFailure.failed("\(path) is not a carry file: \(name)") }
            carries[id] = carry
        }
        return carries
    }

    func save(_ carries: [ExternalID: FractionCarry]) throws {
        var members: [String: CanonicalJSON] = [:]
        for (id, carry) in carries where carry != .zero {
            members[id.folded] = .unsigned(carry.remainderNanoWattHours)
        }
        try Data(CanonicalJSON.object(members).canonicalBytes)
            .write(to: URL(fileURLWithPath: path), options: .atomic)
    }
}
