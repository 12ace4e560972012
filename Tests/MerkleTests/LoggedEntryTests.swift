import Foundation
import Merkle
import Primitives
import Testing

/// Paths of what belongs to an entry, and its proof as text (C2SP tlog-proof).
struct LoggedEntryTests {
    @Test(
        "a path has one spelling, and reads back",
        arguments: [
            (0, LogEntryPath.Part.receipt, "entry/000.receipt"),
            (999, .transaction, "entry/999.transaction"),
            (1_234_067, .proof, "entry/x001/x234/067.tlog-proof"),
            (.max, .receipt, "entry/x018/x446/x744/x073/x709/x551/615.receipt"),
        ] as [(UInt64, LogEntryPath.Part, String)])
    func spelling(index: UInt64, part: LogEntryPath.Part, path: String) {
        #expect(LogEntryPath(index: index, part: part).path == path)
        #expect(LogEntryPath(path: path) == LogEntryPath(index: index, part: part))
    }

    @Test(
        "anything else is no path",
        arguments: [
            "", "entry", "entry/", "entry/000", "entry/000.", "entry/0.receipt",
            "entry/0000.receipt", "entry/x000/000.receipt", "entry/000/000.receipt",
            "entry/x001.receipt", "entry/+00.receipt", "entry/000.receipt.receipt",
            "entry/000.tile", "/entry/000.receipt", "Entry/000.receipt", "entry//000.receipt",
            "entry/x018/x446/x744/x073/x709/x551/616.receipt", "tile/000.receipt",
            "entry/x001/x000/x000/x000/x000/x000/x000/000.receipt",
        ])
    func strangers(path: String) {
        #expect(LogEntryPath(path: path) == nil)
    }

    @Test("the proof is the example's lines: extra data, index, hashes, a blank line, the note")
    func text() throws {
        let hashes = [1, 2].map { Digest.sha256([$0]) }
        let entry = LoggedEntry(index: 73_894, bytes: [0, 1, 2, 3], inclusion: hashes)
        let note = "example.com/log\n109482\nAA\n\n\u{2014} example.com/log AAAAAAAA\n"
        let lines = hashes.map { Data($0.bytes).base64EncodedString() }
        #expect(
            entry.proof(under: note) == """
                c2sp.org/tlog-proof@v1
                extra AAECAw==
                index 73894
                \(lines[0])
                \(lines[1])

                \(note)
                """)
        // The only entry of a log has no hashes.
        let alone = LoggedEntry(index: 0, bytes: [9], inclusion: [])
        #expect(
            alone.proof(under: note) == "c2sp.org/tlog-proof@v1\nextra CQ==\nindex 0\n\n" + note)
    }
}
