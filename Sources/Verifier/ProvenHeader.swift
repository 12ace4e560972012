import Foundation
package import Primitives
package import Wire

/// A block's header that a quorum of its epoch's authorities voted final.
package struct ProvenHeader: Sendable {
    package let hash: Digest
    package let header: ProtoHeader
    /// Of the log after the block.
    package let logRoot: Digest
    /// Of the state after the block.
    package let stateRoot: Digest

    /// Nil where a root is not there.
    init?(hash: Digest, header: ProtoHeader) {
        guard let logRoot = Digest(bytes: header.logRoot),
            let stateRoot = Digest(bytes: header.stateRoot)
        else { return nil }
        self.hash = hash
        self.header = header
        self.logRoot = logRoot
        self.stateRoot = stateRoot
    }

    package var height: UInt64 { header.height }
    package var logSize: UInt64 { header.logSize }

    /// In whole seconds.
    package var time: Timestamp { Timestamp(header.timeMilliseconds / 1_000) }

    var nextSetHash: Data { header.nextAuthoritiesHash }

    /// Whether the block can come after another one: higher, later, with no less in the log.
    func follows(_ other: ProvenHeader) -> Bool {
        height > other.height && header.timeMilliseconds > other.header.timeMilliseconds
            && logSize >= other.logSize
    }
}
