import Foundation
import Intake
import Ledger
import Primitives
import Wire

/// What devices' reads left over below one watt-hour, kept between runs.
///
/// `{"format": "drec-carry-1", "networks": {genesis hash: {"D5": 10⁻⁹ Wh}}, "pending":
/// {genesis hash: [{"transaction", "until", "carries"}]}}`: an owner's own id means another device
/// in another account, and D5 is another device on another network. One import at a time holds the
/// file, because another one would go on from fractions that the first has used already.
struct CarryFile {
    /// A submission on its way, and what devices have left over if it becomes final. Written before
    /// it is sent, so that an import that dies, or whose answer is lost, loses no fraction.
    private struct Pending {
        let transaction: Digest
        /// Unix seconds after which it cannot become final any more.
        let until: UInt64
        let carries: [DeviceID: FractionCarry]
    }

    private static let format = "drec-carry-1"
    private static let byteLimit = 64 * 1_024 * 1_024
    /// Submissions that are remembered, the latest ones.
    private static let pendingLimit = 8

    private let path: String
    private let network: Digest
    private let lock: FileLock
    private var networks: [String: CanonicalJSON] = [:]
    private var others: [String: CanonicalJSON] = [:]
    private var pending: [Pending] = []
    private(set) var carries: [DeviceID: FractionCarry] = [:]

    /// Opens the file, or stands for one that is made at the first ``save(_:)``.
    init(path: String, network: Digest) async throws {
        self.path = path
        self.network = network
        lock = try await FileLock(waitingFor: path + ".lock")
        guard FileManager.default.fileExists(atPath: path) else { return }
        guard
            let value = try? CanonicalJSON(
                parsing: try KeyFile.readFile(path), limit: CarryFile.byteLimit),
            value["format"]?.string == CarryFile.format,
            let networks = value["networks"]?.object
        else { throw CommandFailure.failed("\(path) is not a carry file") }
        self.networks = networks
        carries = try carries(in: networks[network.hex])
        others = value["pending"]?.object ?? [:]
        for item in others[network.hex]?.array ?? [] {
            guard let transaction = item["transaction"]?.string.flatMap({ Digest(hex: $0) }),
                let until = item.number("until")
            else { throw CommandFailure.failed("\(path) is not a carry file: pending") }
            pending.append(
                Pending(
                    transaction: transaction, until: until,
                    carries: try carries(in: item["carries"])))
        }
    }

    private func carries(in value: CanonicalJSON?) throws -> [DeviceID: FractionCarry] {
        var carries: [DeviceID: FractionCarry] = [:]
        for (name, remainder) in value?.object ?? [:] {
            guard let id = DeviceID(argument: name), let value = remainder.unsigned,
                let carry = FractionCarry(remainderNanoWattHours: value)
            else { throw CommandFailure.failed("\(path) is not a carry file: \(name)") }
            carries[id] = carry
        }
        return carries
    }

    /// Finds out what became of submissions whose end is not known, and takes over what those left
    /// that are final. One that the node still works on is waited for.
    mutating func settle(_ client: NodeClient) async throws {
        guard !pending.isEmpty else { return }
        var open: [Pending] = []
        for one in pending {
            switch try await client.end(of: one.transaction) {
            case .final: carries.merge(one.carries) { $1 }
            case .refused: break
            case .unknown:
                if one.until >= SystemClock.milliseconds() / 1_000 { open.append(one) }
            }
        }
        guard open.count < pending.count else { return }
        pending = open
        try write()
    }

    /// Notes what some devices will have left over if a transaction becomes final.
    ///
    /// - Parameter bytes: the transaction's, before they are sent.
    mutating func expect(_ changed: [DeviceID: FractionCarry], after bytes: Data) throws {
        guard changes(changed) else { return }
        let transaction = try Transaction(decoding: bytes, network: network)
        pending.append(
            Pending(
                transaction: transaction.id, until: transaction.body.notAfter, carries: changed))
        pending.removeFirst(max(0, pending.count - CarryFile.pendingLimit))
        try write()
    }

    /// Keeps what some devices have left over now; the others' stay as they are.
    mutating func save(_ changed: [DeviceID: FractionCarry]) throws {
        guard changes(changed) || !pending.isEmpty else { return }
        carries.merge(changed) { $1 }
        // What else was on its way has the same rows and cannot become final any more.
        pending = []
        try write()
    }

    private func changes(_ changed: [DeviceID: FractionCarry]) -> Bool {
        changed.contains { carries[$0.key, default: .zero] != $0.value }
    }

    private mutating func write() throws {
        networks[network.hex] = json(carries.filter { $0.value != .zero })
        others[network.hex] =
            pending.isEmpty
            ? nil
            : .array(
                pending.map { one in
                    [
                        "transaction": .string(one.transaction.hex), "until": .unsigned(one.until),
                        "carries": json(one.carries),
                    ]
                })
        var file: [String: CanonicalJSON] = [
            "format": .string(CarryFile.format), "networks": .object(networks),
        ]
        if !others.isEmpty { file["pending"] = .object(others) }
        try withExtendedLifetime(lock) {
            try Data(CanonicalJSON.object(file).canonicalBytes)
                .write(to: URL(fileURLWithPath: path), options: .atomic)
        }
    }

    private func json(_ carries: [DeviceID: FractionCarry]) -> CanonicalJSON {
        var members: [String: CanonicalJSON] = [:]
        for (id, carry) in carries {
            members["\(id)"] = .unsigned(carry.remainderNanoWattHours)
        }
        return .object(members)
    }
}
