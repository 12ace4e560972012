import Foundation
import Ledger
import Primitives
import Wire

extension ActionDetails {
    mutating func authorityPairs(
        _ action: ProtoTransactionBody.OneOf_Action?
    ) async throws -> [(name: HTML, value: HTML)] {
        switch action {
        case .proposeAuthorityChange(let propose):
            var rows: [HTML] = []
            for change in propose.changes { rows.append(try await seat(change)) }
            return [
                ("Seats", rows.joined(by: "<br>\n")),
                (
                    "Not before",
                    propose.effective == 0
                        ? "The network’s minimum delay is over"
                        : HTML.time(seconds: propose.effective)
                ),
            ]
        case .approveAuthorityChange(let approve): return [change(approve.change)]
        case .withdrawAuthorityChange(let withdraw): return [change(withdraw.change)]
        case .joinAuthorities(let join):
            return [
                ("Authority", HTML(user: join.name)),
                ("Vote key", HTML.code(Array(join.voteKey).hex)),
                ("TLS key", HTML.code(Array(join.tlsKey).hex)),
                ("Log key", HTML.code(Array(join.logKey).hex)),
                (
                    "Its node has block",
                    "\(grouped: join.height), \(HTML.code(Array(join.blockHash).hex))"
                ),
            ]
        case .reportDoubleVote(let report):
            return [
                ("Epoch", HTML(Words.grouped(report.first.epoch))),
                ("View", HTML(Words.grouped(report.first.view))),
                ("One vote", vote(report.first)), ("The other", vote(report.second)),
            ]
        default: return []
        }
    }

    private func vote(_ vote: ProtoVote) -> HTML {
        let what: HTML =
            switch vote.kind {
            case .notarize: "To notarize block \(HTML.code(Array(vote.blockHash).hex))"
            case .finalize: "To finalize block \(HTML.code(Array(vote.blockHash).hex))"
            default: "To give the view up"
            }
        return "\(what), signed \(HTML.code(Array(vote.signature).hex))"
    }

    private func change(_ number: UInt64) -> (name: HTML, value: HTML) {
        ("Change", HTML.link(entry: LogIndex(number)))
    }

    private mutating func seat(_ change: ProtoSeatChange) async throws -> HTML {
        guard change.hasTo else { return "\(HTML(user: change.seat)) leaves" }
        let holder: HTML = """
            \(HTML(user: change.to.name)) of \
            \(try await names.link(AccountID(change.to.account))), vote key \
            \(HTML.code(Array(change.to.voteKey).hex))
            """
        guard !change.seat.isEmpty else { return "New: \(holder)" }
        return change.seat == change.to.name
            ? "Other keys: \(holder)" : "In the place of \(HTML(user: change.seat)): \(holder)"
    }
}

/// Sentences about changes of the set that votes.
enum AuthorityWords {
    static func sentence(_ moved: ProtoAuthorityChangeMoved) -> HTML {
        let change: HTML = "Authority change \(HTML.link(entry: LogIndex(moved.change)))"
        let count: HTML = "\(grouped: UInt64(moved.approvals)) of \(grouped: UInt64(moved.quorum))"
        switch moved.status {
        case .proposed:
            return """
                \(change) waits for approvals, \(count) so far; not before \
                \(HTML.time(seconds: moved.effective)).
                """
        case .approved:
            return """
                \(change) is approved; it takes effect after \
                \(HTML.time(seconds: moved.effective)).
                """
        default: return "\(change): \(Words.name(moved.status))."
        }
    }
}
