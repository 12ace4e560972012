import CSodium

/// Whether libsodium is there and judges signatures as the network's profile asks for.
///
/// Releases of the library differ on edge cases; one that answers otherwise than the vectors stops
/// the node before it could accept or refuse what others do not.
package enum SignatureSelfTest {
    /// One vector: hexadecimal but for the name.
    package struct Vector: Sendable {
        package let name: String
        package let publicKey: String
        package let message: String
        package let signature: String
        package let isValid: Bool

        package init(
            name: String, publicKey: String, message: String, signature: String, isValid: Bool
        ) {
            self.name = name
            self.publicKey = publicKey
            self.message = message
            self.signature = signature
            self.isValid = isValid
        }
    }

    /// Starts the library and runs the vectors.
    ///
    /// - Parameter vectors: all of them, but for a test of the test.
    /// - Returns: the name of the first vector that is judged wrongly, or nil.
    package static func firstFailure(in vectors: [Vector] = vectors) -> String? {
        guard sodium_init() >= 0 else { return "the library does not start" }
        for vector in vectors where !judgesRightly(vector) { return vector.name }
        return nil
    }

    private static func judgesRightly(_ vector: Vector) -> Bool {
        guard let key = PublicKey(hex: vector.publicKey),
            let message = [UInt8](hex: vector.message),
            let bytes = [UInt8](hex: vector.signature), let signature = Signature(bytes: bytes)
        else { return false }
        return key.verifies(signature, over: message) == vector.isValid
    }
}
