import Foundation
import GRDB
package import Primitives

extension ProfileStore {
    /// Those of some roots that are neither here nor erased, in their order.
    ///
    /// - Throws: ``RegistryError``.
    package func missing(among roots: [Digest]) async throws -> [Digest] {
        try await reading { db in
            let statement = try db.makeStatement(
                sql: """
                    SELECT EXISTS (SELECT 1 FROM profile WHERE root = ?1)
                    OR EXISTS (SELECT 1 FROM erased WHERE root = ?1)
                    """)
            return try roots.filter { root in
                try Bool.fetchOne(statement, arguments: [Data(root.bytes)]) != true
            }
        }
    }
}
