package import Primitives
import Wire

/// Proofs that an authority signed twice, made public.
extension BlockExecution {
    /// Records two contradicting votes of an authority, of the present epoch or a past one.
    ///
    /// Who reports needs no trust: the votes' signatures are the proof. It is left to members with
    /// a say about authorities so that nobody else fills blocks with it. What follows is for them.
    mutating func reportDoubleVote(_ action: ProtoReportDoubleVote, by id: AccountID) throws {
        let account = try authoriseOwnAdmin(of: id)
        guard
            try account.kind == .initiative
                || presentAuthorities().seatCount(of: [id.rawValue]) > 0
        else { throw Refusal(.notAnAuthority, "account", "\(id) has none.") }
        let votes = try DoubleVote(action.first, action.second)
        guard let epoch = try state.authorities(of: votes.epoch) else {
            throw Refusal(.epochUnknown, "first.epoch", "Epoch \(votes.epoch) has no authorities.")
        }
        guard let key = epoch.voteKey(of: votes.seat) else {
            throw Refusal(
                .voteForeign, "first.signer", "There are \(epoch.members.count) authorities.")
        }
        guard try state.value(for: votes.key) == nil else {
            throw Refusal(.alreadyReported, "first.signer", epoch.members[votes.seat].name)
        }
        for (field, vote) in [("first", votes.first), ("second", votes.second)] {
            guard vote.isSigned(by: key, network: context.network) else {
                throw Refusal(.voteForeign, "\(field).signature")
            }
        }
        var value = ProtoDoubleVoteValue()
        value.first = votes.first
        value.second = votes.second
        value.account = id.rawValue
        value.entry = nextIndex.rawValue
        value.time = context.time.rawValue
        set(value, for: votes.key)
        var event = ProtoDoubleVoteReported()
        event.epoch = votes.epoch.rawValue
        event.seat = action.first.signer
        event.name = epoch.members[votes.seat].name
        event.view = votes.view.rawValue
        record(.doubleVoteReported(event))
    }
}

extension StateReader {
    /// The set of an epoch, past, present, or the next one after the boundary.
    package func authorities(of epoch: Epoch) throws -> AuthoritySet? {
        try message(ProtoAuthoritySetValue.self, for: .authorities(epoch))
            .map { AuthoritySet(epoch: epoch, value: $0) }
    }
}
