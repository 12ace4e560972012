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
        let vouched = transaction.signers.contains { inbox.hasSigner($0.key) }
        let isFinal = try await read { access -> Bool? in
            // Sent again after it became final: the same answer as then.
            if let index = try access.index(of: transaction.id) {
                return try access.transactionBytes(at: index) == bytes ? true : nil
            }
            if !vouched { try KnownSigners.require(of: transaction, access) }
            return false
        }
        if isFinal == true { return transaction.id }
        // An id does not cover the signatures, so a known id does not vouch for them.
        let new = try CheckedTransaction(checking: transaction)
        guard isFinal == false else { return transaction.id }
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
        if let record = try await transaction(id) { return record }
        // What was decided since then is remembered, so nothing falls in between.
        switch await inbox.verdict(of: id)?.decision(withinMilliseconds: limit) {
        case .failure(let error): throw error
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
