package import Foundation
package import Ledger
package import Primitives

/// A transaction whose signatures were checked.
///
/// Nothing else makes one, so a machine that takes no other has nothing unchecked in it.
package struct CheckedTransaction: Sendable {
    package let transaction: Transaction

    package var id: Digest { transaction.id }

    /// - Throws: a refusal of group 1.
    package init(checking transaction: Transaction) throws(Refusal) {
        try transaction.checkSignatures()
        self.transaction = transaction
    }

    /// - Throws: a refusal of group 1.
    package init(decoding bytes: Data, network: Digest) throws(Refusal) {
        try self.init(checking: Transaction(decoding: bytes, network: network))
    }

    /// One of an executed block, whose signatures were all checked.
    init(executed transaction: Transaction) {
        self.transaction = transaction
    }
}
