import Consensus
import Primitives

/// Cheap deterministic stand-ins for Ed25519: whoever knows a public key can sign with it, which
/// nobody in a simulation does but its owner and those who are to lie about it.
enum StandIn {
    static func signature(_ key: PublicKey, _ tag: HashTag, _ payload: [UInt8]) -> Signature {
        let half = Digest.sha256(key.bytes + tag.prefix + payload).bytes
        guard let signature = Signature(bytes: half + half) else {
            preconditionFailure("two digests have as many bytes as a signature")
        }
        return signature
    }
}

struct StandInSigner: VoteSigner {
    let publicKey: PublicKey

    func sign(_ tag: HashTag, _ payload: [UInt8]) -> Signature {
        StandIn.signature(publicKey, tag, payload)
    }
}

struct StandInVerifier: VoteVerifier {
    func accepts(
        _ signature: Signature, by key: PublicKey, _ tag: HashTag, _ payload: [UInt8]
    ) -> Bool {
        signature == StandIn.signature(key, tag, payload)
    }
}
