import Consensus
import Primitives
import Testing

/// One machine, its clock in the test's hand, and everything that it asked for.
struct DrivenMachine {
    let members: Members
    var machine: ConsensusMachine
    var now: UInt64 = 10_000
    /// All effects since the beginning.
    var history: [ConsensusMachine.Effect] = []
    /// What was persisted, in the order of writing.
    var journal: [Record] = []
    var timer: Instant?

    /// A started machine.
    init(
        _ members: Members, _ index: Int, parameters: ConsensusParameters = .quiet,
        records: [Record] = [], floor: ConsensusMachine.FinalPoint? = nil,
        signsAbove: Position? = nil
    ) {
        self.members = members
        machine = members.machine(
            index, parameters: parameters, records: records, floor: floor,
            signsAbove: signsAbove)
        journal = records
        handle(.started)
    }

    @discardableResult
    mutating func handle(_ event: ConsensusMachine.Event) -> [ConsensusMachine.Effect] {
        let effects = machine.handle(event, at: Instant(milliseconds: now))
        history += effects
        for effect in effects {
            if case .persist(let record) = effect { journal.append(record) }
            if case .setTimer(let instant) = effect { timer = instant }
        }
        return effects
    }

    /// Lets time pass, and the timer fire each time it asked for.
    @discardableResult
    mutating func wait(_ milliseconds: UInt64) -> [ConsensusMachine.Effect] {
        let end = now + milliseconds
        var effects: [ConsensusMachine.Effect] = []
        while let next = timer?.milliseconds, next <= end {
            now = max(now, next)
            let before = timer
            effects += handle(.timerFired)
            if timer == before {
                Issue.record("the timer of \(next) ms was not moved after it fired")
                break
            }
        }
        now = end
        return effects
    }

    @discardableResult
    mutating func receive(_ message: ConsensusMessage, from sender: Int) throws
        -> [ConsensusMachine.Effect]
    {
        handle(.received(try members.verified(message), from: .authority(sender)))
    }

    /// A vote of another authority, on its own link.
    @discardableResult
    mutating func hear(_ signer: Int, _ statement: Statement) throws -> [ConsensusMachine.Effect] {
        let vote = members.vote(signer, statement)
        let isProposal =
            statement.kind == .notarize
            && signer == members.committee.leader(of: statement.view)
        return try receive(isProposal ? .proposal(vote) : .vote(vote), from: signer)
    }

    @discardableResult
    mutating func show(_ certificate: Certificate, from sender: Int) throws
        -> [ConsensusMachine.Effect]
    {
        try receive(.certificate(certificate), from: sender)
    }

    /// Everything that was signed, in order.
    var ownVotes: [Statement] {
        history.compactMap { effect in
            if case .persist(.vote(let vote)) = effect { vote.statement } else { nil }
        }
    }

    func signed(_ statement: Statement) -> Bool { ownVotes.contains(statement) }

    /// A block notarized, certified and entered past, by certificates alone.
    mutating func certify(_ subject: VoteSubject, from sender: Int) throws {
        try show(members.certificate(.notarize(subject)), from: sender)
        handle(.certified(subject, isValid: true))
    }

    /// A block that is final and applied.
    mutating func finalise(_ subject: VoteSubject, height: UInt64, from sender: Int) throws {
        try show(members.certificate(.finalize(subject)), from: sender)
        handle(.finalised(subject.view, height: Height(height)))
    }
}

extension [ConsensusMachine.Effect] {
    var broadcasts: [ConsensusMessage] {
        compactMap { if case .broadcast(let message) = $0 { message } else { nil } }
    }

    var votes: [Vote] {
        broadcasts.compactMap { message in
            switch message {
            case .proposal(let vote), .vote(let vote): vote
            default: nil
            }
        }
    }

    var builds: [ConsensusMachine.BuildRequest] {
        compactMap { if case .build(let request) = $0 { request } else { nil } }
    }

    var verifications: [VoteSubject] {
        compactMap { if case .verify(let subject, _) = $0 { subject } else { nil } }
    }

    var certifications: [VoteSubject] {
        compactMap { if case .certify(let subject) = $0 { subject } else { nil } }
    }

    var finalisations: [VoteSubject] {
        compactMap { if case .finalise(let certificate) = $0 { certificate.subject } else { nil } }
    }

    var fetches: [(key: CertificateKey, target: Peer)] {
        compactMap { effect in
            if case .send(.fetch(let key), let peer) = effect { (key, peer) } else { nil }
        }
    }

    var sentCertificates: [Certificate] {
        compactMap { effect in
            if case .send(.certificate(let certificate), _) = effect { certificate } else { nil }
        }
    }

    var notices: [ConsensusMachine.Notice] {
        compactMap { if case .report(let notice) = $0 { notice } else { nil } }
    }

    var evidence: [Evidence] {
        notices.compactMap { if case .evidence(let evidence) = $0 { evidence } else { nil } }
    }
}
