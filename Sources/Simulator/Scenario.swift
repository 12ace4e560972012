package import Consensus
package import Replica

/// What a run is made of: who takes part, what breaks, who lies. A seed makes one; tests change
/// what they mean to.
package struct Scenario: Sendable {
    package var seed: UInt64
    /// Founding authorities.
    package var members: Int
    package var observers: Int
    /// Members of later epochs that do not found the network.
    package var newcomers = 0
    /// Ed25519 for votes, instead of a cheap stand-in.
    package var usesRealSignatures = false
    /// The work budget of a block.
    package var blockSignatures: UInt64 = 20_000
    package var heartbeatMilliseconds: UInt64 = 0

    /// How long things break.
    package var chaosMilliseconds: UInt64 = 20_000
    /// Transactions that clients hand in meanwhile.
    package var submissions = 8
    package var loss: UInt64 = 0
    package var duplication: UInt64 = 0
    /// What every message takes at least, in good weather too.
    package var distanceMilliseconds: UInt64 = 0
    package var delayMilliseconds: UInt64 = 20
    package var reorders = true
    package var hazards: [Hazard] = []
    /// Mean time between two of them.
    package var hazardPaceMilliseconds: UInt64 = 2_500
    /// Chance of a crash before each effect, in a thousand.
    package var crashPerMille: UInt64 = 0
    /// A node dies before the effect of a number.
    package var crashPoint: CrashPoint?

    /// By member.
    package var liars: [Int: LiarRole] = [:]
    /// A member whose clock is an hour behind, in calm too.
    package var lateClock: Int?
    /// Further transactions with each that clients hand in, all at once.
    package var burst = 0
    /// A member whose key runs twice.
    package var clone: Int?
    /// A member whose vote file is replaced by an old copy.
    package var amnesiac: Int?
    package var epochs: [EpochPlan] = []
    /// Instead of those: by transactions.
    package var changes: [ChangePlan] = []
    /// All members but the first have accounts of their own; without it all seats are the
    /// initiative's.
    package var membersHaveAccounts = false

    /// Bugs of all nodes, or of one.
    package var deviations: Deviations = []
    package var replicaDeviations: ReplicaDeviations = []
    package var deviant: Int?
    /// Breaks an invariant on purpose, for the checkers' own proof.
    package var defect: Defect?

    /// What comes after a fault is most likely a consequence of it.
    package var stopsAtFirstFault = true
    package var checksIdleness = false
    package var checksStandstill = false

    /// A process's effect that it does not live to obey.
    package struct CrashPoint: Sendable, Equatable {
        package var node: Int
        /// Counted from 1 since the network began; syncs and commits count too.
        package var effect: UInt64
        /// Counted from where the node sees an epoch's end fixed instead.
        package var isAtBoundary = false

        package init(node: Int, effect: UInt64, isAtBoundary: Bool = false) {
            self.node = node
            self.effect = effect
            self.isAtBoundary = isAtBoundary
        }
    }

    /// An epoch's end, and whose the next one is.
    package struct EpochPlan: Sendable, Equatable {
        package var height: UInt64
        /// By member, in the order of their turns.
        package var members: [Int]

        package init(height: UInt64, members: [Int]) {
            self.height = height
            self.members = members
        }
    }

    /// A quiet network of so many members.
    package init(calm members: Int, seed: UInt64 = 1, observers: Int = 0) {
        self.seed = seed
        self.members = members
        self.observers = observers
    }

    /// What a seed stands for.
    ///
    /// - Parameter members: founding authorities, where the seed is not to choose.
    package init(seed: UInt64, members: Int? = nil) {
        var numbers = SeededNumbers(seed: seed ^ 0x5ce0_a210)
        let sizes = [1, 2, 3, 4, 4, 4, 4, 5, 5, 7, 7, 10, 13]
        let chosen = numbers.pick(sizes) ?? 4
        self.init(calm: members ?? chosen, seed: seed, observers: numbers.index(3))
        usesRealSignatures = numbers.chance(percent: 12)
        if numbers.chance(percent: 20) { blockSignatures = 2 }
        if numbers.chance(percent: 15) { heartbeatMilliseconds = 5_000 }
        chaosMilliseconds = 5_000 + numbers.below(self.members > 7 ? 8_000 : 20_000)
        submissions = 4 + numbers.index(8)
        drawWeather(&numbers)
        drawHazards(&numbers)
        drawFaultyMembers(&numbers)
        if numbers.chance(percent: 25) { drawEpochs(&numbers) }
        checksIdleness = liars.isEmpty && clone == nil && numbers.chance(percent: 50)
        checksStandstill = self.members > 1 && epochs.isEmpty && numbers.chance(percent: 30)
        // Messages that take longer than the base timers, or nearly.
        if numbers.chance(percent: 8) {
            distanceMilliseconds = numbers.pick([800, 1_900, 2_600, 4_500]) ?? 0
        }
        if epochs.isEmpty, self.members <= 10, numbers.chance(percent: 25) {
            drawChanges(&numbers)
        }
    }

    /// The names that ``restrict(to:)`` takes.
    package static var faultNames: [String] {
        Hazard.allCases.map(\.rawValue) + LiarRole.allCases.map(\.rawValue)
            + ["storm", "distance", "clone", "amnesia", "changes"]
    }

    /// Leaves out all faults but those named; members lie in the order of the names, as many as
    /// the network stands.
    ///
    /// - Returns: the names that mean nothing.
    package mutating func restrict(to names: [String]) -> [String] {
        (loss, duplication, delayMilliseconds, crashPerMille) = (0, 0, 20, 0)
        distanceMilliseconds = 0
        (hazards, liars, clone, amnesiac, epochs, changes) = ([], [:], nil, nil, [], [])
        var unknown: [String] = []
        var next = Int(seed % UInt64(members))
        func takeMember() -> Int {
            defer { next = (next + 1) % members }
            return next
        }
        for name in names {
            let hasRoom = faultyCount < Scenario.faults(members)
            if let hazard = Hazard(rawValue: name) {
                hazards.append(hazard)
            } else if let role = LiarRole(rawValue: name) {
                if hasRoom { liars[takeMember()] = role }
            } else if name == "storm" {
                (loss, duplication, delayMilliseconds, crashPerMille) = (15, 10, 1_000, 8)
            } else if name == "changes" {
                var numbers = SeededNumbers(seed: seed)
                newcomers = 0
                drawChanges(&numbers)
            } else if name == "distance" {
                distanceMilliseconds = 2_600
            } else if name == "clone" {
                if hasRoom { clone = takeMember() }
            } else if name == "amnesia" {
                if hasRoom || members <= 3 { amnesiac = takeMember() }
            } else {
                unknown.append(name)
            }
        }
        checksIdleness = checksIdleness && liars.isEmpty && clone == nil
        return unknown
    }

    private var faultyCount: Int {
        liars.count + (clone == nil ? 0 : 1) + (amnesiac == nil ? 0 : 1)
    }

    /// Most liars that so many members stand.
    static func faults(_ count: Int) -> Int { max(0, count - 1) / 3 }

    private mutating func drawWeather(_ numbers: inout SeededNumbers) {
        loss = numbers.pick([0, 0, 2, 10, 30]) ?? 0
        duplication = numbers.pick([0, 0, 10, 50]) ?? 0
        delayMilliseconds = numbers.pick([5, 20, 100, 500, 2_000]) ?? 20
        reorders = numbers.chance(percent: 60)
        crashPerMille = numbers.pick([0, 0, 0, 1, 3, 12]) ?? 0
    }

    private mutating func drawHazards(_ numbers: inout SeededNumbers) {
        // Some at a time: all of them together hide what two of them do.
        let share = numbers.pick([0, 20, 40, 70] as [UInt64]) ?? 20
        hazards = Hazard.allCases.filter { _ in numbers.chance(percent: share) }
        hazardPaceMilliseconds = numbers.pick([800, 2_500, 6_000]) ?? 2_500
    }

    private mutating func drawFaultyMembers(_ numbers: inout SeededNumbers) {
        let budget = Scenario.faults(members)
        let order = numbers.shuffled(Array(0..<members))
        for member in order.prefix(numbers.index(budget + 1)) {
            switch numbers.below(10) {
            case 0 where clone == nil: clone = member
            case 1 where amnesiac == nil: amnesiac = member
            default: liars[member] = numbers.pick(LiarRole.allCases)
            }
        }
        // Of few members none may lie; but each may lose its votes (D5).
        if members <= 3, numbers.chance(percent: 15) { amnesiac = numbers.index(members) }
    }

    private mutating func drawEpochs(_ numbers: inout SeededNumbers) {
        var present = Array(0..<members)
        var height: UInt64 = 0
        newcomers = numbers.index(3)
        for _ in 0...numbers.index(2) {
            height += 2 + numbers.below(4)
            var next = present
            switch numbers.below(6) {
            case 0 where next.count > 1: next.remove(at: numbers.index(next.count))
            case 1:
                if let fresh = (0..<members + newcomers).first(where: { !next.contains($0) }) {
                    next.append(fresh)
                }
            case 2: next = Array(next.filter { !isFaulty($0) }.prefix(1))
            case 3: next = numbers.shuffled(next)
            default: break
            }
            // Never more liars than the set stands.
            while next.count(where: isFaulty) > Scenario.faults(next.count),
                let place = next.lastIndex(where: isFaulty)
            {
                next.remove(at: place)
            }
            guard !next.isEmpty else { return }
            epochs.append(EpochPlan(height: height, members: next))
            present = next
        }
    }

    /// A member that cannot be counted on.
    func isFaulty(_ member: Int) -> Bool { isLying(member) || amnesiac == member }

    /// A member whose key signs what an honest one does not.
    func isLying(_ member: Int) -> Bool { liars[member] != nil || clone == member }
}
