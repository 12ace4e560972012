package import Foundation
package import Ledger
package import Primitives
package import Wire

/// What is final and durable, as a machine reads it during a call: a store, memory, or a simulated
/// disk.
package protocol FinalChain {
    /// The state after the last written block.
    var leaves: any StateReader { get }
    /// The bytes of a bucket of the state tree at a depth.
    func bucket(_ index: Int, depth: Int) throws -> [UInt8]
    /// Where a final transaction stands.
    func place(ofTransaction id: Digest) throws -> TransactionPlace?
    /// A final block as it travels, with the nearest finalization: its own or a descendant's.
    func block(at height: Height) throws -> StoredBlock?
    func height(ofBlock hash: Digest) throws -> Height?
}

/// Where a transaction became final.
package struct TransactionPlace: Hashable, Sendable {
    package let index: LogIndex
    package let height: Height

    package init(index: LogIndex, height: Height) {
        self.index = index
        self.height = height
    }
}

/// A final block as a store keeps it.
package struct StoredBlock: Sendable {
    package let bytes: Data
    package let header: ProtoHeader
    package let finalization: ProtoFinalization

    package init(bytes: Data, header: ProtoHeader, finalization: ProtoFinalization) {
        self.bytes = bytes
        self.header = header
        self.finalization = finalization
    }
}
