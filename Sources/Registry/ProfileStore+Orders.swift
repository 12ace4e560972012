import Foundation
import GRDB
package import Primitives

/// Orders by which profiles were erased: kept, so that they can be handed on.
extension ProfileStore {
    /// An owner's signed order. What it covers is for those who know the chain.
    package struct Order: Hashable, Sendable {
        package let root: Digest
        package let key: PublicKey
        package let signature: Signature

        package init(root: Digest, key: PublicKey, signature: Signature) {
            self.root = root
            self.key = key
            self.signature = signature
        }
    }

    /// Those of some roots that were not erased by an order yet, in their order.
    ///
    /// - Throws: ``RegistryError``, as all of these do.
    package func unordered(among roots: [Digest]) async throws -> [Digest] {
        try await reading { db in
            let statement = try db.makeStatement(
                sql: "SELECT EXISTS (SELECT 1 FROM erased WHERE root = ? AND key IS NOT NULL)")
            return try roots.filter { root in
                try Bool.fetchOne(statement, arguments: [Data(root.bytes)]) != true
            }
        }
    }

    /// The order by which a profile was erased; nil where it was not, or before orders were kept.
    package func order(toErase root: Digest) async throws -> Order? {
        try await reading { db in
            try Row.fetchOne(
                db, sql: "SELECT root, key, signature FROM erased WHERE root = ?",
                arguments: [Data(root.bytes)]
            ).flatMap { ProfileStore.order($0) }
        }
    }

    /// Orders ascending by root.
    ///
    /// - Parameter root: where to go on; nil to begin.
    package func orders(after root: Digest?, limit: Int) async throws -> [Order] {
        try await reading { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT root, key, signature FROM erased
                    WHERE key IS NOT NULL AND root > ? ORDER BY root LIMIT ?
                    """, arguments: [root.map { Data($0.bytes) } ?? Data(), limit]
            ).compactMap { ProfileStore.order($0) }
        }
    }

    private static func order(_ row: Row) -> Order? {
        guard let root = (row[0] as Data?).flatMap({ Digest(bytes: $0) }),
            let key = (row[1] as Data?).flatMap({ PublicKey(bytes: $0) }),
            let signature = (row[2] as Data?).flatMap({ Signature(bytes: $0) })
        else { return nil }
        return Order(root: root, key: key, signature: signature)
    }
}
