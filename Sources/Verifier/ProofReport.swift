package import Primitives

/// What came of checking a proof file: each step with its verdict, four levels apart, and what the
/// file proves where it holds.
package struct ProofReport: Sendable {
    /// What came of one step.
    package enum Verdict: String, Sendable {
        case holds
        case fails
        /// A step that it needs failed.
        case unchecked
        /// Nobody asked for it, and there is nothing of it in the file.
        case notAsked = "not asked"
    }

    /// One step.
    package struct Line: Sendable {
        package let step: ProofStep
        package let verdict: Verdict
        /// What was found, in words.
        package let detail: String
    }

    /// In the order of ``ProofStep``, one for each.
    package internal(set) var lines: [Line] = []
    /// The file is a part of a page, of which nothing else was checked.
    package internal(set) var isInPage = false
    /// Every entry is in the head's log as it was signed.
    package internal(set) var isIncluded = false
    /// The head was voted final, by those whom genesis leads to.
    package internal(set) var isFinal = false
    /// The block that owners, statuses and keys are as of; nil where the state is not proved.
    package internal(set) var current: (height: UInt64, time: Timestamp)?
    /// How many authorities cosigned the head's log.
    package internal(set) var witnesses = 0
    /// What is proved; nil unless everything mandatory holds.
    package internal(set) var statement: ProofStatement?

    /// Whether every mandatory step holds.
    package var holds: Bool {
        lines.count == ProofStep.allCases.count
            && lines.allSatisfy { $0.verdict == .holds || $0.verdict == .notAsked }
    }

    func verdict(of step: ProofStep) -> Verdict? { lines.first { $0.step == step }?.verdict }
}

/// What a file proves, in the order in which it happened.
package struct ProofStatement: Sendable {
    /// Energy of one read in the subject.
    package struct Source: Sendable, Equatable {
        package let device: DeviceID
        package let start: Timestamp
        package let end: Timestamp
        /// In the subject, Wh.
        package let share: WattHours
        /// The entry that placed it.
        package let entry: LogIndex
    }

    /// What an entry did to some D-RECs.
    package struct Step: Sendable, Equatable {
        package let entry: LogIndex
        package let time: Timestamp
        /// `mint`, `trade`, `redeem` or `retire`.
        package let action: String
        package internal(set) var range: DRECRange
        /// Nil for a mint.
        package let from: AccountID?
        package let to: AccountID

        /// Whether both are the same but for the D-RECs.
        func isSame(as other: Step) -> Bool {
            entry == other.entry && action == other.action && from == other.from
                && to == other.to && range.series == other.range.series
        }
    }

    /// Who has some D-RECs as of the head, and whether they are spent.
    package struct Holding: Sendable, Equatable {
        package let range: DRECRange
        package let owner: AccountID
        /// `active`, `listed`, `registry locked`, `redeemed` or `retired`.
        package let status: String
    }

    /// For whom D-RECs were redeemed, and for what.
    package struct Redemption: Sendable, Equatable {
        package let entry: LogIndex
        package let account: AccountID
        package let beneficiary: String
        package let location: String
        package let purpose: String
        package let start: Timestamp
        package let end: Timestamp
    }

    /// An account as of the head.
    package struct Account: Sendable, Equatable {
        package let id: AccountID
        package let kind: String
        /// Empty for an individual.
        package let legalName: String
        package let country: String
        package let status: String
    }

    /// A revision of a device. Whether a later one took its place is not shown by any proof: it
    /// would be another leaf, and nothing tells that there is none.
    package struct Device: Sendable, Equatable {
        package let id: DeviceID
        package let effective: Timestamp
        package let owner: AccountID
        package let kind: String
        package let country: String
        package let capacity: Watts
        package let commissioned: Timestamp
        package let status: String
    }

    package let subject: ProofSubject
    package internal(set) var account: Account?
    package internal(set) var device: Device?
    package internal(set) var ranges: [DRECRange] = []
    package internal(set) var sources: [Source] = []
    package internal(set) var steps: [Step] = []
    package internal(set) var holdings: [Holding] = []
    package internal(set) var redemptions: [Redemption] = []

    /// The number of D-RECs, 1 kWh each.
    package var kilowattHours: UInt64 {
        ranges.reduce(0) { sum, range in
            let (total, overflow) = sum.addingReportingOverflow(range.count)
            return overflow ? .max : total
        }
    }

    init(subject: ProofSubject) { self.subject = subject }
}
