import Crypto
import Primitives

/// A signature over a text without a tag, as a signed note has it.
func signature(_ signer: SigningKey, _ text: String) -> [UInt8] {
    let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: signer.seed)
    return (try? key?.signature(for: Array(text.utf8))).map { Array($0) } ?? []
}
