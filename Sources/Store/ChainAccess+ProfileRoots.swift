import Foundation
import GRDB
package import Primitives

extension ChainAccess {
    /// Roots that an account has committed to, ascending, each once.
    package func profileRoots(after root: Digest?, limit: Int) throws -> [Digest] {
        try Data.fetchAll(
            db, sql: "SELECT DISTINCT root FROM profile_root WHERE root > ? ORDER BY root LIMIT ?",
            arguments: [Data(root?.bytes ?? []), limit]
        ).map { bytes in
            guard let root = Digest(bytes: bytes) else { throw StoreError.damaged("profile root") }
            return root
        }
    }
}
