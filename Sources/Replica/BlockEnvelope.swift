package import Foundation
package import Ledger
package import Primitives
package import Wire

/// A block as it travelled, with its header decoded and its transactions still as they came, so
/// that they can be decoded and checked in parts on all cores.
package struct BlockEnvelope: Sendable {
    package let header: ProtoHeader
    package let transactionBytes: [Data]

    /// - Throws: ``ReplicaError/malformedBlock``.
    package init(decoding bytes: Data) throws(ReplicaError) {
        guard
            let block = try? ProtoBlock(canonical: bytes, limit: LedgerLimits.blockBytes),
            let header = try? ProtoHeader(
                canonical: block.header, limit: LedgerLimits.headerBytes)
        else { throw .malformedBlock }
        self.header = header
        transactionBytes = block.transactions
    }

    /// Some of the transactions, decoded and well-formed.
    ///
    /// - Parameters:
    ///   - range: positions within ``transactionBytes``.
    ///   - checkingSignatures: whether each signature is verified too, the dear part.
    /// - Throws: ``ReplicaError/invalidTransaction(_:_:)`` with the first position that is refused.
    package func transactions(
        _ range: Range<Int>, network: Digest, checkingSignatures: Bool = false
    ) throws(ReplicaError) -> [Transaction] {
        var result: [Transaction] = []
        result.reserveCapacity(range.count)
        for index in range {
            do throws(Refusal) {
                let transaction = try Transaction(
                    decoding: transactionBytes[index], network: network)
                if checkingSignatures { try transaction.checkSignatures() }
                result.append(transaction)
            } catch {
                throw .invalidTransaction(index, error)
            }
        }
        return result
    }
}
