import Foundation
import GRDB
package import Ledger
import Primitives
import SwiftProtobuf
import Wire

/// What proves a chain of which not all blocks are here.
extension ChainAccess {
    private static let baseName = "base"

    /// The block of a snapshot after which this file's blocks begin; nil where it has all of them.
    package func base() throws -> FinalHeader? {
        guard let bytes = try ChainStore.meta(ChainAccess.baseName, in: db) else { return nil }
        guard let message = try? ProtoSnapshotHead(serializedBytes: bytes),
            let base = FinalHeader(
                decoding: message.header, finalization: message.finalization)
        else { throw StoreError.damaged("base") }
        return base
    }

    /// Whether an entry of the log lies before the blocks that are here.
    func isBeforeBase(_ entry: LogIndex) throws -> Bool {
        try base().map { entry.rawValue < $0.header.logSize } ?? false
    }

    func setBase(_ block: FinalHeader) throws {
        var message = ProtoSnapshotHead()
        message.header = block.bytes
        message.finalization = block.finalization
        try ChainStore.setMeta(ChainAccess.baseName, message.canonicalBytes, in: db)
    }

    /// The last final block; nil where there is none but genesis.
    ///
    /// Its votes may be a descendant's, see ``Ledger/FinalHeader/hasOwnVotes``.
    package func lastBlock() throws -> FinalHeader? {
        let row = try Row.fetchOne(
            db, sql: "SELECT header, finalization FROM block ORDER BY height DESC LIMIT 1")
        guard let row else { return try base() }
        return try finalHeader(row)
    }

    private func finalHeader(_ row: Row) throws -> FinalHeader {
        guard let votes = try? ProtoFinalization(serializedBytes: row[1] as Data),
            let block = FinalHeader(decoding: row[0], finalization: votes)
        else { throw StoreError.damaged("header") }
        return block
    }

    /// How each epoch so far handed over to the next one, ascending.
    package func transitions() throws -> [AuthorityTransition] {
        try Row.fetchAll(
            db, sql: "SELECT header, finalization, authorities FROM transition ORDER BY epoch"
        ).map { row in
            let block = try finalHeader(row)
            guard let next = try? ProtoAuthoritySetValue(serializedBytes: row[2] as Data),
                let transition = AuthorityTransition(block: block, next: next)
            else { throw StoreError.damaged("transition") }
            return transition
        }
    }

    /// Keeps a final block that ends its epoch.
    func writeTransition(_ block: FinalBlock) throws {
        guard let next = block.nextAuthorities else { return }
        try writeTransition(
            epoch: block.header.epoch, block.headerBytes, block.finalization, next)
    }

    func write(_ transition: AuthorityTransition) throws {
        let block = transition.block
        try writeTransition(
            epoch: block.header.epoch, block.bytes, block.finalization, transition.next)
    }

    private func writeTransition(
        epoch: UInt64, _ header: Data, _ finalization: ProtoFinalization, _ next: AuthoritySet
    ) throws {
        var value = ProtoAuthoritySetValue()
        value.authorities = next.members
        try run(
            "INSERT INTO transition VALUES (?, ?, ?, ?)",
            [
                Int64(bitPattern: epoch), header, finalization.canonicalBytes,
                value.canonicalBytes,
            ])
    }
}
