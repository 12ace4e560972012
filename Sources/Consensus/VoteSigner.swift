package import Primitives

/// Makes an authority's votes. Ed25519 in production, cheap and deterministic in simulations.
package protocol VoteSigner: Sendable {
    var publicKey: PublicKey { get }
    /// Signs `0x00 ‖ tag ‖ 0x00 ‖ payload`.
    func sign(_ tag: HashTag, _ payload: [UInt8]) -> Signature
}

/// Checks votes. A value without state: a driver calls it on as many cores as it likes.
package protocol VoteVerifier: Sendable {
    /// Whether the key's owner signed `0x00 ‖ tag ‖ 0x00 ‖ payload`.
    func accepts(
        _ signature: Signature, by key: PublicKey, _ tag: HashTag, _ payload: [UInt8]
    ) -> Bool
}

extension SigningKey: VoteSigner {}

/// The network's profile of Ed25519.
package struct Ed25519VoteVerifier: VoteVerifier {
    package init() {}

    package func accepts(
        _ signature: Signature, by key: PublicKey, _ tag: HashTag, _ payload: [UInt8]
    ) -> Bool {
        key.verifies(signature, tag, payload)
    }
}
