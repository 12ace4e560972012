import Foundation
import Intake
import Primitives

/// What devices' reads left over below one watt-hour, kept between runs.
///
/// `{"format": "drec-carry-1", "networks": {genesis hash: {"D5": 10⁻⁹ Wh}}}`: an owner's own id
/// means another device in another account, and D5 is another device on another network. One
/// import at a time holds the file, because another one would go on from fractions that the first
/// has used already.
struct CarryFile {
    private static let format = "drec-carry-1"
    private static let byteLimit = 64 * 1_024 * 1_024

    private let path: String
    private let network: String
    private let lock: FileLock
    private var networks: [String: CanonicalJSON] = [:]
    private(set) var carries: [DeviceID: FractionCarry] = [:]

    /// Opens the file, or stands for one that is made at the first ``save(_:)``.
    init(path: String, network: Digest) async throws {
        self.path = path
        self.network = network.hex
        lock = try await FileLock(waitingFor: path + ".lock")
        guard FileManager.default.fileExists(atPath: path) else { return }
        guard
            let value = try? CanonicalJSON(
                parsing: try KeyFile.readFile(path), limit: CarryFile.byteLimit),
            value["format"]?.string == CarryFile.format,
            let networks = value["networks"]?.object
        else { throw CommandFailure.failed("\(path) is not a carry file") }
        self.networks = networks
        for (name, remainder) in networks[network.hex]?.object ?? [:] {
            guard let id = DeviceID(argument: name), let value = remainder.unsigned,
                let carry = FractionCarry(remainderNanoWattHours: value)
            else { throw CommandFailure.failed("\(path) is not a carry file: \(name)") }
            carries[id] = carry
        }
    }

    /// Keeps what some devices have left over now; the others' stay as they are.
    mutating func save(_ changed: [DeviceID: FractionCarry]) throws {
        guard changed.contains(where: { carries[$0.key, default: .zero] != $0.value }) else {
            return
        }
        carries.merge(changed) { $1 }
        var members: [String: CanonicalJSON] = [:]
        for (id, carry) in carries where carry != .zero {
            members["\(id)"] = .unsigned(carry.remainderNanoWattHours)
        }
        networks[network] = .object(members)
        let file: CanonicalJSON = [
            "format": .string(CarryFile.format), "networks": .object(networks),
        ]
        try withExtendedLifetime(lock) {
            try Data(file.canonicalBytes)
                .write(to: URL(fileURLWithPath: path), options: .atomic)
        }
    }
}
