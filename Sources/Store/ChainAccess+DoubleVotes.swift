import Foundation
import GRDB
package import Ledger
package import Primitives
import SwiftProtobuf
package import Wire

/// Authorities that signed twice: what the chain has on record, and what this node saw itself.
extension ChainAccess {
    /// Records by epoch and seat, the latest epoch first.
    package func doubleVotes(
        before place: DoubleVoteRecord.Position?, limit: Int
    ) throws -> [DoubleVoteRecord] {
        var high = StateKey(.doubleVote, .max, .max)
        if let place {
            if place.epoch.rawValue == 0, place.seat == 0 { return [] }
            high =
                place.seat > 0
                ? .doubleVote(place.epoch, seat: place.seat - 1)
                : StateKey(.doubleVote, place.epoch.rawValue - 1, .max)
        }
        return try leaves(
            from: StateKey(.doubleVote), upTo: high, limit: limit, descending: true
        ).map { leaf in
            let (epoch, seat) = (Epoch(leaf.key.word0), leaf.key.word1)
            return DoubleVoteRecord(
                epoch: epoch, seat: seat, authority: try authority(epoch, seat),
                value: try decode(ProtoDoubleVoteValue.self, leaf.value, leaf.key))
        }
    }

    package func doubleVote(_ epoch: Epoch, seat: UInt64) throws -> DoubleVoteRecord? {
        try message(ProtoDoubleVoteValue.self, for: .doubleVote(epoch, seat: seat)).map { value in
            DoubleVoteRecord(
                epoch: epoch, seat: seat, authority: try authority(epoch, seat), value: value)
        }
    }

    private func authority(_ epoch: Epoch, _ seat: UInt64) throws -> ProtoAuthorityValue? {
        let members = try authorities(of: epoch)?.members ?? []
        return seat < UInt64(members.count) ? members[Int(seat)] : nil
    }

    // MARK: Seen by this node

    /// How many double votes are kept of one seat in one epoch, for one is enough to prove a lie; a
    /// liar leaves no less room for others. And of all.
    package static let seenOfSeatLimit = 8
    package static let seenLimit = 4_096

    /// Keeps a double vote that this node saw, for operators and for a report.
    ///
    /// - Returns: whether it is new, and there was room.
    package func keep(_ votes: DoubleVote, seenAt milliseconds: UInt64) throws -> Bool {
        let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM double_vote") ?? 0
        let own =
            try Int.fetchOne(
                db, sql: "SELECT count(*) FROM double_vote WHERE epoch = ? AND seat = ?",
                arguments: [votes.epoch.sql, Int64(votes.seat)]) ?? 0
        guard count < ChainAccess.seenLimit, own < ChainAccess.seenOfSeatLimit else {
            return false
        }
        try run(
            "INSERT OR IGNORE INTO double_vote VALUES (?, ?, ?, ?, ?, ?)",
            [
                votes.epoch.sql, votes.view.sql, Int64(votes.seat), votes.fault.rawValue,
                Int64(bitPattern: milliseconds), votes.report.canonicalBytes,
            ])
        return db.changesCount > 0
    }

    /// Double votes that this node saw, the newest first.
    package func seenDoubleVotes(limit: Int) throws -> [SeenDoubleVote] {
        try Row.fetchAll(
            db, sql: "SELECT seen, votes FROM double_vote ORDER BY seen DESC, epoch, view LIMIT ?",
            arguments: [limit]
        ).map { row in
            let bytes: Data = row[1]
            guard let report = try? ProtoReportDoubleVote(serializedBytes: bytes),
                let votes = try? DoubleVote(report.first, report.second)
            else { throw StoreError.damaged("double vote") }
            let record = try doubleVote(votes.epoch, seat: UInt64(votes.seat))
            return SeenDoubleVote(
                votes: votes, authority: try authority(votes.epoch, UInt64(votes.seat)),
                milliseconds: unsigned(row[0]),
                reportedBy: record.map { LogIndex($0.value.entry) })
        }
    }
}

/// A double vote that a node saw itself.
package struct SeenDoubleVote: Sendable {
    package let votes: DoubleVote
    /// The seat as it was in that epoch; nil where the state does not hold that set.
    package let authority: ProtoAuthorityValue?
    /// When, in milliseconds since 1970.
    package let milliseconds: UInt64
    /// The entry that put a double vote of that seat and epoch on record; nil while there is none.
    package let reportedBy: LogIndex?
}
