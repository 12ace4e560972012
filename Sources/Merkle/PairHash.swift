import Primitives

extension Digest {
    /// SHA-256 of `prefix ‖ left ‖ right`, the 65 bytes behind every leaf and node of the state
    /// tree and every node of the log.
    ///
    /// The bytes are put together on the stack, so the only allocation is swift-crypto's own
    /// context. Copying a prepared `SHA256` was measured and is no faster: its context is a class,
    /// and a copy allocates as well.
    static func pair(_ prefix: UInt8, _ left: Digest, _ right: Digest) -> Digest {
        withUnsafeTemporaryAllocation(byteCount: 65, alignment: 8) { buffer in
            buffer[0] = prefix
            left.store(into: buffer, at: 1)
            right.store(into: buffer, at: 33)
            return Digest.sha256(UnsafeRawBufferPointer(buffer))
        }
    }
}
