import Foundation
import GRDB
import Ledger
import Primitives
import SwiftProtobuf
import Wire

/// Keeping what lists and statistics are made of.
extension ChainAccess {
    /// Brings the index of lists forward by one block, before the state itself is.
    func updateLists(_ block: FinalBlock) throws {
        var index = FacetIndex(self)
        for applied in block.transactions {
            if let action = applied.transaction.body.action {
                try run(
                    .addPosting,
                    Posting(.action, ActionName(action).rawValue, applied.index.rawValue))
            }
            countIssues(of: applied.receipt, in: &index.tallies)
        }
        for (key, value) in block.changes { try index.take(key, value) }
        try index.finish()
        try recordSources(of: block)
    }

    /// Makes the index of lists anew from the state and the entries that are here.
    func indexLists() throws {
        var index = FacetIndex(self)
        // Projects before their series, as the kinds of keys are numbered.
        for kind in [StateKind.account, .device, .project, .series, .redemption, .retirement] {
            let rows = try Row.fetchCursor(
                db, sql: "SELECT key, value FROM state WHERE key BETWEEN ? AND ?",
                arguments: [
                    Data(StateKey(kind).bytes), Data(StateKey(kind, .max, .max).bytes),
                ])
            while let row = try rows.next() {
                let bytes: Data = row[0]
                guard let key = StateKey(bytes: bytes) else {
                    throw StoreError.damaged("state key")
                }
                try index.take(key, row[1], isFirst: true)
            }
        }
        let issued = try indexEntries(&index)
        // What no entry tells was issued before those that are here.
        let total = try Int64.fetchOne(db, sql: "SELECT value FROM total WHERE name = 'issued'")
        index.tallies.add(.issuedByMonth, 0, unsigned(total ?? 0) &- issued)
        try index.finish()
        try recordAllSources()
    }

    /// Actions and issues of the entries that are here.
    ///
    /// - Returns: Wh that they issued.
    private func indexEntries(_ index: inout FacetIndex) throws -> UInt64 {
        var issued: UInt64 = 0
        let rows = try Row.fetchCursor(
            db, sql: "SELECT idx, bytes, receipt FROM entry ORDER BY idx")
        while let row = try rows.next() {
            let (bytes, receiptBytes): (Data, Data) = (row[1], row[2])
            guard let envelope = try? ProtoSignedTransaction(serializedBytes: bytes),
                let body = try? ProtoTransactionBody(serializedBytes: envelope.body),
                let receipt = try? ProtoReceipt(serializedBytes: receiptBytes)
            else { throw StoreError.damaged("entry") }
            if let action = body.action {
                try run(
                    .addPosting,
                    Posting(.action, ActionName(action).rawValue, unsigned(row[0])))
            }
            issued &+= countIssues(of: receipt, in: &index.tallies)
        }
        return issued
    }

    /// - Returns: Wh that an entry issued.
    @discardableResult
    private func countIssues(of receipt: ProtoReceipt, in tallies: inout TallyChanges) -> UInt64 {
        var issued: UInt64 = 0
        for event in receipt.events {
            guard case .energyPlaced(let placed) = event.event else { continue }
            for issue in placed.issues { issued &+= issue.length }
        }
        if issued > 0 {
            let month = CivilMonth(Timestamp(receipt.time)).ordinal
            tallies.add(.issuedByMonth, UInt64(month), issued)
        }
        return issued
    }
}
