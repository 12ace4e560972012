package import Primitives
import Wire

/// The two names of a claim to energy (L3). Both are SHA-256 over RFC 8785 text, so that whoever
/// has a read can compute them with any language's JSON.
extension ReadWindow {
    /// How the energy was told: the name of the read's kind.
    package var methodID: String {
        switch kind {
        case .history: "history"
        case .delta: "delta"
        case .aggregate: "aggregate"
        default: "unknown"
        }
    }

    /// `SHA-256(JCS({device_did, start_ts, end_ts, quantity_wh, method_id}))`
    ///
    /// Times are seconds since 1970, UTC. A number above 2⁵³ − 1 would be a decimal string; no
    /// accepted read has one.
    ///
    /// - Parameter network: the network's hash, which the device's DID names.
    package func evidenceHash(network: Digest) -> Digest {
        hash(["method_id": .string(methodID)], network)
    }

    /// `SHA-256(JCS({device_did, start_ts, end_ts, quantity_wh, evidence_hash}))`
    package func claimID(network: Digest) -> Digest {
        hash(["evidence_hash": .string(evidenceHash(network: network).hex)], network)
    }

    private func hash(_ last: [String: CanonicalJSON], _ network: Digest) -> Digest {
        var members = last
        members["device_did"] = .string(DeviceDID(device, network: network).description)
        members["start_ts"] = .unsigned(start.rawValue)
        members["end_ts"] = .unsigned(end.rawValue)
        members["quantity_wh"] = .unsigned(energy.rawValue)
        return Digest.sha256(CanonicalJSON.object(members).canonicalBytes)
    }
}
