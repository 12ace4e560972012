import Foundation
import GRDB
package import Ledger
import Primitives

extension ChainStore {
    /// Opens the chain of a network to read it only, while another process may be extending it.
    ///
    /// - Throws: ``StoreError``; one that an older program wrote has to be opened by a node first.
    package init(reading path: String, genesis: GenesisDocument) throws {
        guard FileManager.default.fileExists(atPath: path) else { throw StoreError.missing(path) }
        do {
            let pool = try DatabasePool(
                path: path, configuration: ChainStore.configuration(readonly: true))
            let isCurrent = try pool.read { try ChainSchema.migrator.hasCompletedMigrations($0) }
            guard isCurrent else {
                throw StoreError.damaged("written by another version; start the node once")
            }
            try self.init(pool: pool, genesis: genesis)
        } catch let error as DatabaseError {
            throw StoreError(error)
        }
    }

    private init(pool: DatabasePool, genesis: GenesisDocument) throws {
        let network = try pool.read { db in try ChainStore.meta("network", in: db) }
        guard network == Data(genesis.hash.bytes) else { throw StoreError.otherNetwork }
        base = try pool.read { db in try ChainAccess(db).base() }
        self.pool = pool
        isDurable = true
    }
}
