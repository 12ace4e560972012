import Foundation
import Ledger
import Primitives
import SampleNetworks
import Verifier

extension Decoder {
    private static let founding = SampleNetwork(
        authorities: ["north", "east", "south", "west"], areMembers: true)

    /// A proof file, also inside of a page, judged with the genesis document of the tests' chains.
    ///
    /// A change would stop at the seal, so each input is sealed anew before it is judged as well.
    static let proof = Decoder(name: "proof") { bytes in
        if let file = try? ProofFile(parsing: bytes) { precondition(file.bytes == bytes) }
        judge(bytes)
        guard let value = try? CanonicalJSON(parsing: bytes, limit: ProofFile.byteLimit),
            var members = value.object
        else { return }
        members["sha256"] = nil
        let seal = Digest.sha256(CanonicalJSON.object(members).canonicalBytes)
        members["sha256"] = .string(Data(seal.bytes).base64EncodedString())
        let sealed = CanonicalJSON.object(members).canonicalBytes
        judge(sealed)
        guard let file = try? ProofFile(parsing: sealed) else { return }
        precondition(file.bytes == sealed)
        if let page = EmbeddedProof(file)?.element {
            precondition(
                ProofCheck.report(on: page, genesis: document).holds
                    == ProofCheck.report(on: sealed, genesis: document).holds)
        }
    } corpus: {
        var file = ProofFile(
            network: founding.network, subject: .account(AccountID(1)), transitions: [],
            head: ProofFile.VotedHeader(header: Data([8, 1]), certificate: Data([8, 1])),
            checkpoint: "drec/x/0\n1\nAAAA\n",
            earlier: ProofFile.EarlierLog(size: 1, root: .zero, consistency: [.zero]),
            entries: [
                ProofFile.Entry(
                    index: 1, body: Data([8, 1]), signatures: [], receipt: Data([8, 1]),
                    inclusion: [.zero])
            ],
            reads: [
                ProofFile.Read(
                    entry: 1, position: 0, placement: Data(count: 48), placementInclusion: [],
                    record: Data(count: 33), recordInclusion: [.zero])
            ],
            state: [
                ProofFile.Leaf(
                    key: Data([2, 0, 0, 0, 0, 0, 0, 0, 1]), value: Data([8, 1]),
                    bitmap: Data([128]), siblings: [.zero])
            ])
        let account = file.bytes
        file.subject = .redemption(LogIndex(1))
        return [account, file.bytes, EmbeddedProof(file)?.element ?? []]
    }

    private static let document = founding.genesis.json.canonicalBytes

    private static func judge(_ bytes: [UInt8]) {
        let report = ProofCheck.report(on: bytes, genesis: document)
        precondition(report.lines.count == ProofStep.allCases.count)
        precondition(report.holds == (report.statement != nil))
        precondition(!report.holds || report.isFinal && report.isIncluded)
        _ = ProofCheck.report(on: bytes, genesis: bytes)
    }

    /// A signed note of a log.
    static let note = Decoder(name: "note") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        guard let note = CheckpointNote(text) else { return }
        precondition(text.hasPrefix("\(note.origin)\n\(note.size)\n"))
        precondition(note.cosigned(by: []) == nil)
    } corpus: {
        let root = String(repeating: "A", count: 43) + "="
        return ["", "\n\u{2014} a AAAAAAAA\n", "\n\u{2014} a AAAAAAAA\n\u{2014} b BBBBBBBB\n"].map {
            Array("drec/x/0011223344556677\n12\n\(root)\n\($0)".utf8)
        }
    }
}
