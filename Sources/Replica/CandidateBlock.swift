package import Foundation
package import Ledger
package import Primitives
package import Wire

/// A block as it came from a peer or a disk, its transactions' signatures checked; not executed.
///
/// Its hash is the header's and binds the transactions only once they are executed: a liar can
/// send other transactions under the same header.
package struct CandidateBlock: Sendable {
    package let hash: Digest
    package let header: ProtoHeader
    /// A canonical `Block`.
    package let bytes: Data
    /// Nil when one of them is malformed or badly signed.
    package let transactions: [Transaction]?

    /// Decodes and checks on the caller's thread.
    ///
    /// - Throws: ``ReplicaError/malformedBlock``.
    package init(checking bytes: Data, network: Digest) throws(ReplicaError) {
        let envelope = try BlockEnvelope(decoding: bytes)
        let transactions = try? envelope.transactions(
            envelope.transactionBytes.indices, network: network, checkingSignatures: true)
        self.init(envelope, bytes: bytes, transactions: transactions)
    }

    /// Joins what a caller decoded and checked in parts, on all cores.
    ///
    /// - Parameter parts: the transactions in order; nil when one was refused.
    package init(
        _ envelope: BlockEnvelope, bytes: Data, parts: [CheckedTransaction]?
    ) {
        self.init(envelope, bytes: bytes, transactions: parts?.map(\.transaction))
    }

    private init(_ envelope: BlockEnvelope, bytes: Data, transactions: [Transaction]?) {
        header = envelope.header
        hash = Digest.tagged(.header, Array(envelope.header.canonicalBytes))
        self.bytes = bytes
        self.transactions = transactions
    }

    /// Nil unless the header names a hash.
    var parentHash: Digest? { Digest(bytes: header.parentHash) }
}
