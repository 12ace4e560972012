import CSodium

/// The part of swift-crypto that the product uses, over libsodium.
public struct SHA256 {
    private var state = crypto_hash_sha256_state()

    public init() { crypto_hash_sha256_init(&state) }

    public mutating func update(bufferPointer: UnsafeRawBufferPointer) {
        let bytes = bufferPointer.bindMemory(to: UInt8.self)
        crypto_hash_sha256_update(&state, bytes.baseAddress, UInt64(bytes.count))
    }

    public func finalize() -> [UInt8] {
        var copy = state
        var hash = [UInt8](repeating: 0, count: 32)
        crypto_hash_sha256_final(&copy, &hash)
        return hash
    }
}
