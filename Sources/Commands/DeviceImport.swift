import ArgumentParser
import Foundation
import Intake
import Ledger
import Primitives
import Wire

/// Registers devices row by row, in as few transactions as their number permits.
struct DeviceImport {
    let signing: SigningOptions
    let channel: ProtoChannel
    private let report: RowReport
    private var registered = 0
    private var known = 0
    private var refused = 0

    init(signing: SigningOptions, channel: ProtoChannel) {
        self.signing = signing
        self.channel = channel
        report = RowReport(isJSON: signing.node.json)
    }

    /// What names a row to people: a device that options tell is in no line.
    private func place(_ row: DeviceRow, _ gap: String) -> String {
        let line = channel == .cli ? "" : "line \(row.line)\(gap)"
        return line + row.externalID.text
    }

    private struct Candidate {
        let row: DeviceRow
        let profile: Profile?
        let registration: ProtoDeviceRegistration
    }

    mutating func register(_ items: [Result<DeviceRow, RowProblem>]) async throws {
        let owner = try signing.account()
        var candidates: [Candidate] = []
        for item in items {
            switch item {
            case .failure(let problem): refuse(problem.line, "", "\(problem)")
            case .success(let row):
                let hash = DeviceNaming.hash(of: row.externalID, owner: owner)
                if let device = try await DeviceNaming.device(hash, signing.client) {
                    known += 1
                    report.row(
                        "\(place(row, "  "))  \(device)  is registered",
                        [
                            "line": .integer(Int64(row.line)), "status": "known",
                            "externalId": .string(row.externalID.text),
                            "device": .string("\(device)"),
                        ])
                    continue
                }
                candidates.append(candidate(row, hash: hash))
            }
        }
        guard !candidates.isEmpty else { return }
        let profiles = candidates.compactMap(\.profile)
        try await ProfileVerbs.keeping(profiles, signing) { kept in
            while !candidates.isEmpty { candidates = try await submit(candidates, kept) }
        }
    }

    private func candidate(_ row: DeviceRow, hash: Digest) -> Candidate {
        let fields = row.profile.map {
            Profile.Field(name: $0.name, value: $0.value, salt: UInt8.salt())
        }
        let profile = Profile(fields: fields)
        var registration = ProtoDeviceRegistration()
        registration.externalIDHash = Data(hash.bytes)
        registration.details = row.details
        registration.details.profileRoot = profile.map { Data($0.root.bytes) } ?? Data()
        return Candidate(row: row, profile: profile, registration: registration)
    }

    /// Submits all candidates; where one is refused, gives the others for another try.
    private mutating func submit(
        _ candidates: [Candidate], _ kept: KeptProfiles?
    ) async throws -> [Candidate] {
        var action = ProtoRegisterDevices()
        action.devices = candidates.map(\.registration)
        do {
            let receipt = try await signing.submit(.registerDevices(action), channel: channel)
            guard
                case .device(let first)? = receipt.event("devicesRegistered")
                    .flatMap({ Identifier($0.text("first")) })
            else {
                throw CommandFailure.failed("the receipt names no devices")
            }
            for (index, candidate) in candidates.enumerated() {
                if let profile = candidate.profile {
                    try await ProfileVerbs.upload(profile, kept?.path, signing.client)
                }
                registered += 1
                let device = DeviceID(first.rawValue &+ UInt64(index))
                let row = candidate.row
                report.row(
                    "\(place(row, "  "))  \(device)",
                    [
                        "line": .integer(Int64(row.line)), "status": "registered",
                        "externalId": .string(row.externalID.text), "device": .string("\(device)"),
                        "entry": .unsigned(receipt.index.rawValue),
                    ])
            }
            return []
        } catch CommandFailure.refused(let reason) {
            // The field names the row: leave it out and go on with the others (L9).
            guard let index = RowPath.index(in: reason, of: "devices"),
                candidates.indices.contains(index)
            else { throw CommandFailure.refused(reason) }
            let row = candidates[index].row
            refuse(
                row.line, row.externalID.text, "\(place(row, ", ")): \(reason)")
            var others = candidates
            others.remove(at: index)
            return others
        }
    }

    private mutating func refuse(_ line: Int, _ id: String, _ reason: String) {
        refused += 1
        report.row(
            "\(reason)  refused",
            [
                "line": .integer(Int64(line)), "status": "refused", "externalId": .string(id),
                "reason": .string(reason),
            ])
    }

    /// - Throws: exit code 1 where rows were refused.
    func finish() throws {
        report.row(
            "\(registered) registered, \(known) already registered, \(refused) refused",
            [
                "status": "summary", "registered": .integer(Int64(registered)),
                "known": .integer(Int64(known)), "refused": .integer(Int64(refused)),
            ])
        if refused > 0 { throw ExitCode(1) }
    }
}
