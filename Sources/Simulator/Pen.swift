import Foundation
import Ledger
import Primitives
import Wire

/// Signs transactions with keys by their names; each key's nonces are counted here alone.
struct Pen {
    let network: Digest
    private var nonces: [String: UInt64] = [:]

    init(network: Digest) { self.network = network }

    /// Signs with the next nonces of the named keys.
    mutating func sign(
        _ action: ProtoTransactionBody.OneOf_Action, as account: UInt64, by names: [String],
        reads: [ReadRow] = []
    ) -> Data {
        var body = ProtoTransactionBody()
        body.network = Data(network.bytes)
        body.account = account
        body.notAfter = World.beginning / 1_000 + 12 * 3_600
        body.channel = .api
        body.action = action
        return Transaction.sign(
            body, reads: reads,
            keys: names.map { name in
                nonces[name, default: 0] += 1
                return (World.key(name), Nonce(nonces[name, default: 0]))
            })
    }
}
