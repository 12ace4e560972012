import Consensus
import Primitives

/// Watches everything that honest members send and apply, by rules of its own (S1 to S6).
struct SafetyCheck {
    let memberCount: Int
    /// Members whose keys are misused on purpose.
    let liars: Set<Int>
    private(set) var violations: [String] = []

    private var finalByHeight: [UInt64: Digest] = [:]
    private var finalByView: [UInt64: Digest] = [:]
    private var notarizedByView: [UInt64: Digest] = [:]
    private var nullifiedViews: Set<UInt64> = []
    private var castNotarize: [Signed: VoteSubject] = [:]
    private var castFinalize: [Signed: VoteSubject] = [:]
    private var castNullify: Set<Signed> = []

    private struct Signed: Hashable {
        let member: Int
        let place: UInt64
    }

    /// Epoch and view as one number; tests have few of either.
    private func place(_ epoch: Epoch, _ view: UInt64) -> UInt64 {
        epoch.rawValue * 1_000_000 + view
    }

    /// The height of the first epoch's last block.
    let boundary: UInt64?

    init(memberCount: Int, liars: Set<Int> = [], boundary: UInt64? = nil) {
        self.memberCount = memberCount
        self.boundary = boundary
        self.liars = liars
    }

    mutating func report(_ violation: String) {
        if violations.count < 20 { violations.append(violation) }
    }

    /// S4, S5, S9: a vote on its way out of an honest member.
    mutating func sent(_ vote: Vote, by member: Int, from disk: SmallDisk) {
        guard !liars.contains(member) else { return }
        if !disk.holds(vote) { report("S5: member \(member) sent a vote before it was durable") }
        if vote.epoch > Epoch(0), UInt64(disk.chain.count) < boundary ?? .max {
            report("S9: member \(member) votes in an epoch that has not begun")
        }
        let signed = Signed(member: member, place: place(vote.epoch, vote.view.rawValue))
        switch vote.statement {
        case .notarize(let subject):
            if castNotarize[signed] ?? subject != subject { report("S4: two notarizes") }
            castNotarize[signed] = subject
        case .finalize(let subject):
            if castFinalize[signed] ?? subject != subject { report("S4: two finalizes") }
            if castNullify.contains(signed) { report("S4: finalize after nullify") }
            castFinalize[signed] = subject
        case .nullify:
            if castFinalize[signed] != nil { report("S4: nullify after finalize") }
            castNullify.insert(signed)
        }
    }

    /// S5: a certificate on its way out of an honest member.
    mutating func sent(_ certificate: Certificate, by member: Int, from disk: SmallDisk) {
        guard !liars.contains(member) else { return }
        if !disk.holds(certificate), !disk.chain.contains(where: { $0.proof == certificate }) {
            report("S5: member \(member) sent a certificate before it was durable")
        }
    }

    /// S3, S6: a certificate that an honest member made, or took from anyone.
    mutating func accepted(_ certificate: Certificate, by member: Int) {
        guard !liars.contains(member) else { return }
        let signers = Set(certificate.signers.indices)
        var mostLiars = 0
        while 3 * (mostLiars + 1) < memberCount { mostLiars += 1 }
        if signers.count < memberCount - mostLiars { report("S6: too few signers") }
        if signers.contains(where: { $0 >= memberCount }) { report("S6: unknown signer") }
        let view = place(certificate.epoch, certificate.view.rawValue)
        switch certificate.statement {
        case .nullify:
            nullifiedViews.insert(view)
            if finalByView[view] != nil { report("S3: view \(view) is final and nullified") }
        case .notarize(let subject):
            if notarizedByView[view] ?? subject.blockHash != subject.blockHash {
                report("S3: view \(view) has two notarizations")
            }
            notarizedByView[view] = subject.blockHash
        case .finalize(let subject):
            if nullifiedViews.contains(view) { report("S3: view \(view) is final and nullified") }
            if finalByView[view] ?? subject.blockHash != subject.blockHash {
                report("S1: view \(view) has two final blocks")
            }
            finalByView[view] = subject.blockHash
        }
    }

    /// S1, S2: a block that a member applies on its final chain.
    mutating func applied(_ block: SmallBlock, on tip: Digest, by member: Int) {
        guard !liars.contains(member) else { return }
        if block.parent != tip { report("S2: member \(member) left the path") }
        if finalByHeight[block.height] ?? block.hash != block.hash {
            report("S1: height \(block.height) has two final blocks")
        }
        finalByHeight[block.height] = block.hash
    }

    /// S2: every view that a certified link skips has a nullification.
    mutating func finalLink(_ subject: VoteSubject) {
        var view = subject.parentView.rawValue + 1
        while view < subject.view.rawValue {
            if !nullifiedViews.contains(place(subject.epoch, view)) {
                report("S2: view \(view) was skipped")
            }
            view += 1
        }
    }

    var highestFinal: UInt64 { finalByHeight.keys.max() ?? 0 }
}
