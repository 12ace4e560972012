package import Primitives
import Wire

/// Checks a proof file with nothing but a genesis document.
///
/// Each step is made as far as what it needs holds, so that a report tells all that is wrong. What
/// a step needs is named where it is run.
package struct ProofCheck {
    /// What is demanded beyond the file itself.
    package struct Demands: Sendable {
        /// At least so many authorities cosigned the head's log.
        package var witnesses = 0
        /// A log that was seen earlier: the head's must be it, or go on from it.
        package var minimum: (size: UInt64, root: Digest)?

        package init() {}
    }

    private var report = ProofReport()

    /// Checks a file.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - genesis: the genesis document that is trusted.
    package static func report(
        on bytes: [UInt8], genesis: [UInt8], demands: Demands = Demands()
    ) -> ProofReport {
        var check = ProofCheck()
        check.run(bytes, genesis, demands)
        return check.report
    }

    private mutating func run(_ bytes: [UInt8], _ genesis: [UInt8], _ demands: Demands) {
        let file = step(.format) { () throws(ProofFailure) in
            let content = try EmbeddedProof.file(in: bytes)
            let file = try ProofFile(parsing: content)
            let place = content.count == bytes.count ? "" : " in a page"
            return (
                file,
                "\(content.count) bytes\(place) about \(file.subject.kind) \(file.subject.id)"
            )
        }
        let founding = step(.genesis, file) { file throws(ProofFailure) in
            let founding = try FoundingDocument(parsing: genesis)
            guard founding.network == file.network else {
                throw ProofFailure(.genesis, "the file is about network \(file.network)")
            }
            return (founding, "network \(founding.name), \(founding.network)")
        }
        let chain = step(.authorities, founding) { founding throws(ProofFailure) in
            guard let file else { throw ProofFailure(.authorities, "no file") }
            var chain = AuthorityChain(founding)
            for transition in file.transitions {
                try chain.follow(
                    header: transition.block.header,
                    certificate: transition.block.certificate, next: transition.nextAuthorities)
            }
            return (chain, "\(chain.authorities.count) in epoch \(chain.epoch)")
        }
        let head = step(.head, chain) { chain throws(ProofFailure) in
            guard let file else { throw ProofFailure(.head, "no file") }
            let head = try chain.head(
                header: file.head.header, certificate: file.head.certificate)
            return (head, "block \(head.height) of \(head.time), \(chain.quorum) votes decide")
        }
        report.isInPage = file != nil && bytes.first == UInt8(ascii: "<")
        report.isFinal = head != nil
        guard let file, let head, let chain, let founding else {
            // Without a head there is no root that anything could be proved against.
            for step in [
                ProofStep.log, .signatures, .state, .keys, .lineage, .energy, .witnesses,
            ] {
                report.lines.append(.init(step: step, verdict: .unchecked, detail: ""))
            }
            return
        }
        content(of: file, under: head)
        witnesses(of: file, under: head, chain, founding, demands)
        if !report.holds { report.statement = nil }
    }

    /// What happened, and what is.
    private mutating func content(of file: ProofFile, under head: ProvenHeader) {
        let entries = step(.log) { () throws(ProofFailure) in
            let entries = try ProvenEntry.all(of: file, under: head)
            return (entries, "\(entries.count) entries of \(head.logSize)")
        }
        let signed = step(.signatures, entries) { entries throws(ProofFailure) in
            for entry in entries { try entry.checkSignatures(network: file.network) }
            return (entries, "\(entries.reduce(0) { $0 + $1.signatures.count }) signatures")
        }
        report.isIncluded = signed != nil
        let leaves = step(.state) { () throws(ProofFailure) in
            let leaves = try ProvenLeaves(file, under: head)
            return (leaves, "\(leaves.count) leaves as of block \(head.height), \(head.time)")
        }
        if leaves != nil { report.current = (head.height, head.time) }
        let keyed = step(.keys, both(signed, leaves)) { proved throws(ProofFailure) in
            var (entries, leaves) = proved
            for entry in entries { try leaves.authorise(entry, among: entries) }
            return (ProvenParts(entries: entries, leaves: leaves), "")
        }
        let replay = step(.lineage, keyed) { parts throws(ProofFailure) in
            var replay = LineageReplay(file.subject, parts)
            try replay.run()
            return (replay, replay.summary)
        }
        report.statement = step(.energy, replay) { replay throws(ProofFailure) in
            var sum = EnergySum(replay)
            try sum.add(file.reads)
            return (sum.statement, sum.summary)
        }
    }

    private mutating func witnesses(
        of file: ProofFile, under head: ProvenHeader, _ chain: AuthorityChain,
        _ founding: FoundingDocument, _ demands: Demands
    ) {
        let isAsked =
            demands.witnesses > 0 || demands.minimum != nil || file.checkpoint != nil
            || file.earlier != nil
        guard isAsked else {
            report.lines.append(.init(step: .witnesses, verdict: .notAsked, detail: ""))
            return
        }
        report.witnesses =
            step(.witnesses) { () throws(ProofFailure) in
                let check = WitnessCheck(
                    head: head, authorities: chain.authorities,
                    origin: CheckpointNote.origin(of: founding))
                let count = try check.count(file)
                guard count >= demands.witnesses else {
                    throw ProofFailure(
                        .witnesses, "\(count) cosigned, and \(demands.witnesses) are demanded")
                }
                try check.compare(file.earlier, with: demands.minimum)
                return (count, "\(count) cosigned")
            } ?? 0
    }

    // MARK: Steps

    /// Makes a step and notes what came of it.
    private mutating func step<Result>(
        _ step: ProofStep, _ body: () throws(ProofFailure) -> (Result, String)
    ) -> Result? {
        do {
            let (result, detail) = try body()
            report.lines.append(.init(step: step, verdict: .holds, detail: detail))
            return result
        } catch {
            report.lines.append(.init(step: step, verdict: .fails, detail: error.reason))
            return nil
        }
    }

    /// Makes a step, if what it needs is there.
    private mutating func step<Needed, Result>(
        _ step: ProofStep, _ needed: Needed?,
        _ body: (Needed) throws(ProofFailure) -> (Result, String)
    ) -> Result? {
        guard let needed else {
            report.lines.append(.init(step: step, verdict: .unchecked, detail: ""))
            return nil
        }
        return self.step(step) { () throws(ProofFailure) in try body(needed) }
    }

    private func both<First, Second>(_ first: First?, _ second: Second?) -> (First, Second)? {
        guard let first, let second else { return nil }
        return (first, second)
    }
}
