import Primitives

/// All that is known of one view above the last final one.
struct Round: Sendable {
    let view: View

    var notarizes = VoteTally()
    var nullifies = VoteTally()
    var finalizes = VoteTally()

    /// The leader's first notarize vote.
    var proposal: Vote?
    /// The leader signed two proposals (C3).
    var isEquivocated = false
    /// Faults already reported, one of a kind for each authority.
    var reportedFaults: Set<ReportedFault> = []

    /// What this authority has signed; durable before it is set.
    var ownNotarize: Vote?
    var ownNullify: Vote?
    var ownFinalize: Vote?

    var notarization: Certificate?
    var nullification: Certificate?

    var verification = Verification.none
    var certification = Certification.none
    var building = Building.none

    struct ReportedFault: Hashable {
        let signer: Int
        let fault: Evidence.Fault
    }

    /// The proposal's check before the notarize vote.
    enum Verification: Equatable {
        case none
        case asked(VoteSubject)
        case valid(VoteSubject)
        case invalid
    }

    /// The notarized block's check before it is built on.
    enum Certification {
        case none
        case asked
        case valid
        case invalid
    }

    /// The leader's own block.
    enum Building: Equatable {
        case none
        case asked(ConsensusMachine.BuildRequest)
        /// There was no transaction for it.
        case nothing
        /// It could not be made.
        case failed
    }

    init(view: View) { self.view = view }

    /// The votes of a kind.
    subscript(kind: Statement.Kind) -> VoteTally {
        get {
            switch kind {
            case .notarize: notarizes
            case .nullify: nullifies
            case .finalize: finalizes
            }
        }
        _modify {
            switch kind {
            case .notarize: yield &notarizes
            case .nullify: yield &nullifies
            case .finalize: yield &finalizes
            }
        }
    }

    func ownVote(_ kind: Statement.Kind) -> Vote? {
        switch kind {
        case .notarize: ownNotarize
        case .nullify: ownNullify
        case .finalize: ownFinalize
        }
    }

    mutating func setOwn(_ vote: Vote) {
        switch vote.kind {
        case .notarize: ownNotarize = vote
        case .nullify: ownNullify = vote
        case .finalize: ownFinalize = vote
        }
    }

    /// The certificate of a kind; finalizations are kept elsewhere, for they end the round.
    func certificate(_ kind: Statement.Kind) -> Certificate? {
        switch kind {
        case .notarize: notarization
        case .nullify: nullification
        case .finalize: nil
        }
    }
}

/// The rounds above the last final view, ascending by view.
struct RoundTable: Sendable {
    private(set) var rounds: [Round] = []

    private func position(of view: View) -> (index: Int, isFound: Bool) {
        var low = 0
        var high = rounds.count
        while low < high {
            let middle = (low + high) / 2
            if rounds[middle].view < view { low = middle + 1 } else { high = middle }
        }
        return (low, low < rounds.count && rounds[low].view == view)
    }

    func round(_ view: View) -> Round? {
        let place = position(of: view)
        return place.isFound ? rounds[place.index] : nil
    }

    /// Changes a view's round, which is made if it does not exist.
    mutating func update<Result>(_ view: View, _ change: (inout Round) -> Result) -> Result {
        let place = position(of: view)
        if !place.isFound {
            rounds.insert(Round(view: view), at: place.index)
        }
        return change(&rounds[place.index])
    }

    /// Changes all rounds from the lowest on.
    mutating func updateAll(_ change: (inout Round) -> Void) {
        for index in rounds.indices { change(&rounds[index]) }
    }

    mutating func removeAll(through view: View) {
        rounds.removeFirst(rounds.prefix { $0.view <= view }.count)
    }

    /// The highest round below a view that a condition holds for.
    func last(below view: View, where condition: (Round) -> Bool) -> Round? {
        rounds[..<position(of: view).index].last(where: condition)
    }
}
