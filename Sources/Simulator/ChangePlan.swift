/// A change of the authorities, as the initiative and the members bring it about by transactions.
package struct ChangePlan: Sendable, Equatable {
    /// What is changed, by member: founders first, then those that join.
    package enum Kind: Sendable, Equatable {
        case add(Int)
        case remove(Int)
        /// Another member takes the seat.
        case replace(Int, by: Int)
        /// The seat's holder goes on with the keys, and the process, of another member.
        case rotateVoteKey(Int, to: Int)
        /// The seat's log key alone.
        case rotateLogKey(Int)
    }

    package var kind: Kind
    /// When its first transaction is handed in, in milliseconds of the run.
    package var time: UInt64
    /// When it is to take effect, in milliseconds of the run; nil as soon as it is approved.
    package var effective: UInt64?

    package init(_ kind: Kind, time: UInt64 = 0, effective: UInt64? = nil) {
        self.kind = kind
        self.time = time
        self.effective = effective
    }

    /// The members with a seat after the change, in the order of their turns.
    func members(after members: [Int]) -> [Int] {
        switch kind {
        case .add(let member): members + [member]
        case .remove(let member): members.filter { $0 != member }
        case .replace(let member, let other), .rotateVoteKey(let member, let other):
            members.map { $0 == member ? other : $0 }
        case .rotateLogKey: members
        }
    }
}

extension Scenario {
    /// Members with a seat in each epoch that the changes make, from the founders on.
    var plannedSets: [[Int]] {
        changes.reduce(into: [Array(0..<members)]) { sets, plan in
            sets.append(plan.members(after: sets.last ?? []))
        }
    }

    /// One to three changes, at times that overlap with whatever breaks.
    mutating func drawChanges(_ numbers: inout SeededNumbers) {
        membersHaveAccounts = numbers.chance(percent: 50)
        let together = numbers.chance(percent: 40) ? chaosMilliseconds * 2 / 3 : nil
        var present = Array(0..<members)
        var time: UInt64 = 0
        for _ in 0...numbers.index(3) {
            time += numbers.below(chaosMilliseconds / 4)
            let fresh = members + newcomers
            let seat = numbers.pick(present) ?? 0
            let kind: ChangePlan.Kind
            switch numbers.below(6) {
            case 0, 1: kind = .add(fresh)
            case 2: kind = .replace(seat, by: fresh)
            case 3: kind = .rotateVoteKey(seat, to: fresh)
            case 4: kind = .rotateLogKey(seat)
            default: kind = present.count > 1 ? .remove(seat) : .add(fresh)
            }
            let plan = ChangePlan(kind, time: time, effective: together)
            let next = plan.members(after: present)
            // Never more liars than the set stands.
            guard next.count(where: isFaulty) <= Scenario.faults(next.count) else { continue }
            if next.contains(fresh) { newcomers += 1 }
            changes.append(plan)
            present = next
        }
    }
}
