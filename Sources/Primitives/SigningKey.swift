import CSodium

/// An Ed25519 key that can sign. Its bytes leave it only by ``seed``, for the file it is kept in.
package struct SigningKey: Sendable {
    package static let seedByteCount = 32

    /// The 32 bytes that the key is made of (RFC 8032 §5.1.5).
    package let seed: [UInt8]
    package let publicKey: PublicKey
    private let expanded: [UInt8]

    /// Nil unless the seed has exactly 32 bytes.
    package init?(seed: [UInt8]) {
        guard seed.count == SigningKey.seedByteCount else { return nil }
        var publicBytes = [UInt8](repeating: 0, count: PublicKey.byteCount)
        var secretBytes = [UInt8](repeating: 0, count: 64)
        guard crypto_sign_seed_keypair(&publicBytes, &secretBytes, seed) == 0,
            let publicKey = PublicKey(bytes: publicBytes)
        else { return nil }
        self.seed = seed
        self.publicKey = publicKey
        expanded = secretBytes
    }

    /// Signs `0x00 ‖ tag ‖ 0x00 ‖ payload`.
    package func sign(_ tag: HashTag, _ payload: [UInt8]) -> Signature {
        sign(tag.prefix + payload)
    }

    /// Whoever calls it keeps the kinds of what is signed apart.
    func sign(_ message: [UInt8]) -> Signature {
        var bytes = [UInt8](repeating: 0, count: Signature.byteCount)
        let status = crypto_sign_detached(
            &bytes, nil, message, UInt64(message.count), expanded)
        guard status == 0, let signature = Signature(bytes: bytes) else {
            preconditionFailure("libsodium could not sign")
        }
        return signature
    }
}

/// Whatever prints or dumps a value that holds a key shows the public half alone: logs are copied.
extension SigningKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "key of \(publicKey)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension PublicKey {
    /// Whether the signature covers `0x00 ‖ tag ‖ 0x00 ‖ payload`.
    package func verifies(_ signature: Signature, _ tag: HashTag, _ payload: [UInt8]) -> Bool {
        verifies(signature, over: tag.prefix + payload)
    }
}
