package import Foundation
package import Ledger
package import Primitives
import Replica
package import Wire

/// A block whose transactions were decoded and whose signatures were checked; it is not executed
/// yet.
package struct CheckedBlock: Sendable {
    package let header: ProtoHeader
    package let transactions: [Transaction]
    package let finalization: ProtoFinalization

    /// Transactions that one task decodes and checks.
    private static let chunk = 64

    /// Decodes and checks on all cores.
    ///
    /// - Throws: ``ReplicaError/malformedBlock``, ``ReplicaError/invalidTransaction(_:_:)``.
    package init(
        checking bytes: Data, finalization: ProtoFinalization, network: Digest
    ) async throws {
        let envelope = try BlockEnvelope(decoding: bytes)
        let count = envelope.transactionBytes.count
        let starts = stride(from: 0, to: count, by: CheckedBlock.chunk)
        header = envelope.header
        self.finalization = finalization
        transactions = try await withThrowingTaskGroup(
            of: (start: Int, part: [Transaction]).self
        ) { group in
            for start in starts {
                group.addTask {
                    let range = start..<min(start + CheckedBlock.chunk, count)
                    return (
                        start,
                        try envelope.transactions(
                            range, network: network, checkingSignatures: true)
                    )
                }
            }
            var parts: [(start: Int, part: [Transaction])] = []
            for try await part in group { parts.append(part) }
            return parts.sorted { $0.start < $1.start }.flatMap(\.part)
        }
    }
}
