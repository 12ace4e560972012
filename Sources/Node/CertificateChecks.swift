import Consensus
import Primitives

/// Certificates that are being checked: all authorities send the same ones, and one of each is
/// enough, unless it turns out to be wrong.
struct CertificateChecks {
    typealias Waiting = (message: PeerMessage, from: PublicKey, share: PeerWindow.Share)

    private var waiting: [CertificateKey: [Waiting]] = [:]

    /// Whether it is to be checked now; otherwise it waits for the other one's verdict.
    mutating func begin(_ key: CertificateKey, _ message: Waiting) -> Bool {
        guard waiting[key] != nil else {
            waiting[key] = []
            return true
        }
        waiting[key]?.append(message)
        return false
    }

    /// The verdict was handed to the machine; gives those that waited for it.
    mutating func end(_ key: CertificateKey) -> [Waiting] {
        waiting.removeValue(forKey: key) ?? []
    }
}

extension PeerMessage {
    /// The place of a certificate.
    var certificateKey: CertificateKey? {
        guard case .certificate(let certificate) = self else { return nil }
        return CertificateKey(
            epoch: certificate.epoch, view: certificate.view, kind: certificate.kind)
    }
}
