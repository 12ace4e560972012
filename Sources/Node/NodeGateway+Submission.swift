import Foundation
import Gateway
package import Ledger
package import Primitives
import Replica
import Store
import Wire

extension NodeGateway {
    package func submit(_ bytes: [UInt8]) async throws -> Digest {
        let bytes = Data(bytes)
        let transaction = try Transaction(decoding: bytes, network: network.hash)
        if inbox.holds(transaction) { return transaction.id }
        // Of those who are known nothing has to be looked up: the driver finds what is final.
        if !signers.remembers(transaction) {
            let vouched = transaction.signers.contains { inbox.hasSigner($0.key) }
            let count = signers.changeCount
            let found = try await read { access -> (same: Bool, signer: PublicKey?) in
                // Sent again after it became final: the same answer as then.
                if let index = try access.index(of: transaction.id) {
                    return (try access.transactionBytes(at: index) == bytes, nil)
                }
                return (
                    false, vouched ? nil : try KnownSigners.require(of: transaction, access)
                )
            }
            if found.same { return transaction.id }
            if let signer = found.signer { signers.remember(signer, seenAt: count) }
        }
        // An id does not cover the signatures, so a known id does not vouch for them.
        let new = try CheckedTransaction(checking: transaction)
        if let reason = health.failure { throw GatewayError.unavailable(reason) }
        checked.remember(new)
        switch inbox.submit(new) {
        case .taken, .known: return transaction.id
        case .full: throw GatewayError.busy
        case .closed: throw GatewayError.unavailable("the node is stopping")
        }
    }

    package func final(
        _ id: Digest, withinMilliseconds limit: Int
    ) async throws -> TransactionRecord? {
        // What waits is not in the store, and what was decided lately is remembered.
        let verdict = inbox.verdict(of: id)
        switch await verdict?.decision(withinMilliseconds: limit, inbox.deadlines) {
        case .failure(let error):
            // It may have become final on another way all the same.
            if let record = try await transaction(id) { return record }
            throw error
        case .success, nil: return try await transaction(id)
        }
    }

    package func isPending(_ id: Digest) async -> Bool { inbox.isPending(id) }

    package func refusal(of id: Digest) async -> Refusal? { inbox.verdict(of: id)?.refusal }

    package func dryRun(
        reads: [ReadRow], of account: AccountID
    ) async throws -> [RowRefusal] {
        let network = network.hash
        let time = now
        return try await read { access in
            guard let parameters = try access.parameters(at: time) else { return [] }
            var execution = BlockExecution(
                context: BlockContext(
                    network: network, height: Height(0), time: time, parameters: parameters,
                    logSize: 0), over: access)
            return try execution.dryRun(reads: reads, of: account)
        }
    }
}
