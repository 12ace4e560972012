import Primitives
package import Wire

extension AuthoritySet {
    /// Seats that may change at once: so many that the others could still decide without them.
    package var changeLimit: Int { max(1, (members.count - 1) / 3) }

    /// The next epoch's set, with some seats changed.
    ///
    /// A changed seat keeps its turn, the others close up, and newcomers come last.
    ///
    /// - Throws: a refusal of group 6, or ``RefusalCode/keyInUse``, with the change's position.
    package func changed(by changes: [ProtoSeatChange]) throws(Refusal) -> AuthoritySet {
        guard !changes.isEmpty else { throw Refusal(.countInvalid, "changes") }
        guard changes.count <= changeLimit else {
            throw Refusal(
                .tooManySeats, "changes",
                "Of \(members.count) at most \(changeLimit) may change at once.",
                limit: UInt64(changeLimit), excess: UInt64(changes.count - changeLimit))
        }
        var seats = members.map(Optional.some)
        var newcomers: [ProtoAuthorityValue] = []
        for (index, change) in changes.enumerated() {
            let field = "changes[\(index)]"
            guard !change.seat.isEmpty else {
                guard change.hasTo else { throw Refusal(.seatChangeInvalid, field) }
                newcomers.append(change.to)
                continue
            }
            guard let place = members.firstIndex(where: { $0.isNamed(change.seat) }) else {
                throw Refusal(.seatUnknown, "\(field).seat")
            }
            guard seats[place] == members[place] else {
                throw Refusal(.seatChangeInvalid, "\(field).seat", "The seat is named twice.")
            }
            guard !change.hasTo || change.to != members[place] else {
                throw Refusal(.seatUnchanged, "\(field).to")
            }
            seats[place] = change.hasTo ? change.to : nil
        }
        let (next, overflow) = epoch.rawValue.addingReportingOverflow(1)
        guard !overflow else { throw Refusal(.overflow, "changes") }
        var value = ProtoAuthoritySetValue()
        value.authorities = seats.compactMap(\.self) + newcomers
        let set = AuthoritySet(epoch: Epoch(next), value: value)
        if let violation = set.violation { throw violation }
        return set
    }

    /// Why the members cannot be a set, or nil: their number, names and keys.
    private var violation: Refusal? {
        guard (1...GenesisDocument.authorityLimit).contains(members.count) else {
            return Refusal(
                .setSizeInvalid, "changes", "There would be \(members.count).",
                limit: UInt64(GenesisDocument.authorityLimit))
        }
        var names: Set<[UInt8]> = []
        var keys: Set<[UInt8]> = []
        for member in members {
            guard names.insert(Array(member.name.utf8)).inserted else {
                return Refusal(.seatNameInUse, "changes", member.name)
            }
            for key in member.keys where !keys.insert(Array(key)).inserted {
                return Refusal(.keyInUse, "changes", "\(member.name): \(Array(key).hex)")
            }
        }
        return nil
    }

    /// Number of seats whose accounts are among those named.
    package func seatCount(of accounts: [UInt64]) -> Int {
        members.count { accounts.contains($0.account) }
    }
}

extension ProtoAuthorityValue {
    /// By the bytes of the name: texts that only look alike are different names.
    func isNamed(_ name: String) -> Bool { self.name.utf8.elementsEqual(name.utf8) }
}
