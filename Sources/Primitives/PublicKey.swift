import CSodium
package import Foundation

/// An Ed25519 public key, 32 bytes; any 32 bytes, until ``isInPrimeOrderSubgroup`` was asked.
package struct PublicKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    package static let byteCount = 32

    /// The key's bytes, held as words; no hash is meant.
    package let words: Digest

    /// Nil unless there are exactly 32 bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard let words = Digest(bytes: bytes) else { return nil }
        self.words = words
    }

    /// Nil unless there are exactly 32 bytes.
    package init?(bytes: Data) {
        guard let words = Digest(bytes: bytes) else { return nil }
        self.words = words
    }

    /// Reads 64 hexadecimal digits; nil for anything else.
    package init?(hex: some StringProtocol) {
        guard let words = Digest(hex: hex) else { return nil }
        self.words = words
    }

    package var bytes: [UInt8] { words.bytes }
    package var hex: String { words.hex }
    package var description: String { hex }

    package static func < (left: PublicKey, right: PublicKey) -> Bool { left.words < right.words }

    /// Whether the key is canonical and lies in the prime-order subgroup, which is asked once, when
    /// a key is registered.
    package var isInPrimeOrderSubgroup: Bool {
        crypto_core_ed25519_is_valid_point(bytes) == 1
    }

    /// Whether a signature over `message` is valid in the network's profile: canonical S, canonical
    /// A and R, neither of them of low order, cofactorless equation.
    ///
    /// The checks before libsodium's are part of the format: libraries disagree on exactly these
    /// cases, and every verifier of the network must give the same answer.
    package func verifies(_ signature: Signature, over message: [UInt8]) -> Bool {
        let key = bytes
        guard Ed25519Profile.accepts(point: key[...]),
            Ed25519Profile.accepts(point: signature.bytes[..<32]),
            Ed25519Profile.accepts(scalar: signature.bytes[32...])
        else { return false }
        return crypto_sign_verify_detached(
            signature.bytes, message, UInt64(message.count), key) == 0
    }
}

/// An Ed25519 signature, 64 bytes, R ‖ S.
package struct Signature: Hashable, Sendable {
    package static let byteCount = 64

    package let bytes: [UInt8]

    /// Nil unless there are exactly 64 bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Signature.byteCount else { return nil }
        self.bytes = Array(bytes)
    }

    /// Nil unless there are exactly 64 bytes.
    package init?(bytes: Data) {
        guard bytes.count == Signature.byteCount else { return nil }
        self.bytes = bytes.withUnsafeBytes { Array($0) }
    }
}
