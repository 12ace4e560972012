import Foundation
import Primitives

/// SHA-256 over all that happened, in order.
struct TraceDigest {
    private var chain = Digest.zero
    private var buffer: [UInt8] = []
    private(set) var eventCount: UInt64 = 0

    mutating func add(_ time: UInt64, _ node: Int, _ kind: UInt8, _ content: some Sequence<UInt8>) {
        eventCount += 1
        buffer.append(kind)
        buffer.append(bigEndian: time)
        buffer.append(bigEndian: UInt64(node))
        buffer.append(contentsOf: content)
        if buffer.count > 16 * 1_024 { fold() }
    }

    private mutating func fold() {
        chain = Digest.sha256(chain.bytes + buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    /// Over everything so far.
    var value: Digest {
        var copy = self
        copy.fold()
        return copy.chain
    }
}
