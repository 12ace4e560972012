import Foundation
import Ledger
import Merkle
import Primitives
import Replica
import SampleNetworks
import Store
import Testing
import Verifier

@Suite("Witnesses of a proof's log")
struct WitnessTests {
    typealias Sample = SampleNetwork

    @Test("Cosignatures of authorities are counted, and of nobody else")
    func witnesses() throws {
        let chain = try ProofChain.busy()
        var file = try chain.proof(1, 3)
        let founding = try FoundingDocument(parsing: chain.genesis)
        let head = chain.replica.head.frontier
        let note = { (origin: String) in
            "\(origin)\n\(head.size)\n\(Data(head.root.bytes).base64EncodedString())\n"
        }
        let origin = CheckpointNote.origin(of: founding)
        let text = note(origin)
        func line(
            _ seat: String, _ type: UInt8, text: String, named other: String? = nil
        ) -> String {
            let signer = key("\(seat) log")
            let name = other ?? (type == 4 ? "\(origin)/\(seat)" : origin)
            let id = Digest.sha256(Array(name.utf8) + [0x0a, type] + signer.publicKey.bytes)
            var bytes = Array(id.bytes.prefix(4))
            if type == 4 {
                bytes += [0, 0, 0, 0, 0x65, 0, 0, 0]
                let time = UInt64(0x6500_0000)
                bytes += signature(signer, "cosignature/v1\ntime \(time)\n\(text)")
            } else {
                bytes += signature(signer, text)
            }
            return "— \(name) \(Data(bytes).base64EncodedString())\n"
        }
        var demands = ProofCheck.Demands()
        demands.witnesses = 2
        #expect(!chain.report(file.bytes, demands).holds)
        let good = ["north", "east"].map { line($0, 4, text: text) }
        for (checkpoint, count) in [
            (text + "\n" + good.joined(), 2),
            (text + "\n" + good.joined() + line("north", 1, text: text), 2),
            // The id of a line is made of its name, and the name is the seat's.
            (text + "\n" + good[0] + line("east", 4, text: text, named: "east"), nil),
            (text + "\n" + good[0] + line("east", 4, text: text, named: origin), nil),
            (text + "\n" + good[0] + line("east", 4, text: text, named: origin + "/north"), nil),
            (text + "\n" + good[0] + line("east", 4, text: text, named: origin + "/East"), nil),
            (
                text + "\n" + good.joined()
                    + line("north", 1, text: text, named: origin + "/north"), nil
            ),
            (text + "\n" + good[0] + line("north", 1, text: text), nil),
            (text + "\n" + good[0] + good[0], nil),
            (text + "\n" + good.joined() + line("middle", 4, text: text), nil),
            (text + "\n" + good[0] + line("east", 4, text: text + " "), nil),
            (note("drec/other/0") + "\n" + good.joined(), nil),
            (text + "\n" + good.joined() + "\n", nil), (text + good.joined(), nil), ("", nil),
        ] as [(String, Int?)] {
            file.checkpoint = checkpoint
            let report = chain.report(file.bytes, demands)
            #expect(report.holds == (count != nil), "\(checkpoint)")
            if let count { #expect(report.witnesses == count) }
        }
        try witnessesOfEarlierLog(chain, text + "\n" + good.joined(), demands)
        try chain.remove()
    }

    /// The note of a log that has grown since.
    private func witnessesOfEarlierLog(
        _ before: ProofChain, _ note: String, _ demands: ProofCheck.Demands
    ) throws {
        var chain = before
        try chain.make([chain.network.trade([Sample.range(9, 9)], from: "developer", 5, to: 6)])
        func file(_ serial: UInt64, _ note: String, _ earlier: UInt64? = nil) throws -> ProofFile {
            let subject = ProofSubject.drecs(try chain.range(serial, serial))
            return try #require(
                try chain.store.readNow { access in
                    try access.proofFile(
                        of: subject, network: chain.network.network, earlier: earlier,
                        checkpoint: note)
                })
        }
        let size = before.replica.head.frontier.size
        let old = try file(1, note)
        #expect(old.checkpoint == note && old.earlier?.size == size)
        #expect(chain.report(old.bytes, demands).holds)
        #expect(chain.report(old.bytes, demands).witnesses == 2)
        // Lines of others, and plain ones, are left out; what is left can be checked.
        let fewer = try file(1, note.replacing("/north ", with: "/other "))
        #expect(chain.report(fewer.bytes).holds && chain.report(fewer.bytes).witnesses == 1)
        // What happened after it was not cosigned.
        let new = try file(9, note)
        #expect(chain.report(new.bytes).holds && chain.report(new.bytes).witnesses == 0)
        #expect(!chain.report(new.bytes, demands).holds)
        // A note that nobody could check, or of another log than is asked for, is left out.
        for (other, earlier) in [
            ("x", nil), (note, 3), (note.replacing("— ", with: "— x"), nil),
            (note.replacing("\n\(size)\n", with: "\n\(size - 1)\n"), nil),
            (note.replacing("\n\(size)\n", with: "\n\(size + 9)\n"), nil),
        ] as [(String, UInt64?)] {
            let file = try file(1, other, earlier)
            #expect(file.checkpoint == nil && file.earlier?.size == earlier)
            #expect(chain.report(file.bytes).holds)
        }
    }
}
