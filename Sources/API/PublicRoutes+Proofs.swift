import Gateway
import Hummingbird
import Ledger
import Primitives
import Verifier

extension PublicRoutes {
    /// Proof files: what anybody can check offline.
    func addProofs(to table: inout RouteTable) {
        read("/v1/drecs/{id}/proof", taking: ["after"], in: &table) { asked in
            let range = try asked.identified(IDText.drecs) { DRECRange($0) }
            return try await proof(.drecs(range), asked)
        }
        read("/v1/accounts/{id}/proof", taking: ["after"], in: &table) { asked in
            let id = try asked.identified(IDText.account, IDText.account(_:))
            return try await proof(.account(id), asked)
        }
        read("/v1/devices/{id}/proof", taking: ["after"], in: &table) { asked in
            let id = try asked.identified(IDText.device, IDText.device(_:))
            guard let device = try await gateway.device(id) else {
                throw Problem.unknown("device", id.description)
            }
            return try await proof(.device(id, effective: device.effective), asked)
        }
        read("/v1/redemptions/{id}/proof", taking: ["after"], in: &table) { asked in
            let entry = try asked.identified(IDText.entry, IDText.entry(_:))
            return try await proof(.redemption(entry), asked)
        }
    }

    /// What proves a subject offline, as of the head.
    private func proof(_ subject: ProofSubject, _ asked: AskedAddress) async throws -> Answer {
        let earlier = try asked.value("after", IDText.logSize) { UInt64(decimal: $0) }
        if let earlier, try await gateway.status().logSize < earlier {
            throw Problem.badParameter("after", wanted: IDText.logSize)
        }
        guard let file = try await gateway.proof(of: subject, goingOnFrom: earlier) else {
            throw Problem.unknown("subject of a proof", subject.id)
        }
        let bytes = file.bytes
        guard bytes.count <= ProofFile.byteLimit else { throw ProofUnavailableError.tooLarge }
        return Answer(bytes, type: ProofFile.mediaType, .head)
    }
}
