import Foundation
import Merkle
import Primitives
import Testing

/// Signed notes and checkpoints, against the examples of their specifications.
struct CheckpointTests {
    /// The example of Go's package golang.org/x/mod/sumdb/note.
    private static let text = """
        If you think cryptography is the answer to your problem,
        then you don't know what your problem is.

        """

    @Test("the example of Go's package has this key and this signature line")
    func example() throws {
        let secret = try #require(
            Data(base64Encoded: "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"))
        let key = try #require(SigningKey(seed: Array(secret.dropFirst())))
        let signer = NoteSigner(name: "PeterNeumann", key: key.publicKey, kind: .ed25519)
        #expect(
            signer.verifierKey
                == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
        let signature = try #require(key.sign(note: Self.text))
        #expect(
            signer.line(signature)
                == "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNI"
                + "uGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n")
        #expect(key.publicKey.verifies(signature, note: Self.text))
        #expect(!key.publicKey.verifies(signature, note: Self.text + "\n"))
    }

    @Test("a checkpoint is origin, size and root, a line each, and its cosignature tells the time")
    func checkpoint() throws {
        // The example of C2SP tlog-checkpoint and tlog-cosignature.
        let root = try #require(
            Data(base64Encoded: "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")
                .flatMap { Digest(bytes: $0) })
        let checkpoint = Checkpoint(
            origin: "example.com/behind-the-sofa", size: 20_852_163, root: root)
        #expect(
            checkpoint.text
                == "example.com/behind-the-sofa\n20852163\n"
                + "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")
        #expect(
            checkpoint.cosigned(at: Timestamp(1_679_315_147))
                == "cosignature/v1\ntime 1679315147\n" + checkpoint.text)
        #expect(checkpoint.note(["a\n", "b\n"]) == checkpoint.text + "\na\nb\n")
    }

    @Test("a cosignature's line carries key id, time and signature, 76 bytes")
    func cosignature() throws {
        let key = try #require(SigningKey(seed: Array(repeating: 7, count: 32)))
        let signer = NoteSigner.authority("Été 1+1", key: key.publicKey, origin: "drec/local/00")
        #expect(signer.name == "drec/local/00/%C3%89t%C3%A9%201%2B1")
        let signature = try #require(key.sign(note: "x\n"))
        let line = signer.line(signature, at: Timestamp(0x0102_0304))
        let parts = line.split(separator: " ")
        let bytes = try #require(
            Data(base64Encoded: String(parts[2].dropLast())).map { Array($0) })
        #expect(parts.count == 3 && line.last == "\n" && bytes.count == 76)
        #expect(Array(bytes[..<4]) == signer.id)
        #expect(Array(bytes[4..<12]) == [0, 0, 0, 0, 1, 2, 3, 4])
        #expect(Array(bytes[12...]) == signature.bytes)
        // The same key of the other kind has another id.
        #expect(
            NoteSigner(name: signer.name, key: key.publicKey, kind: .ed25519).id != signer.id)
    }

    @Test(
        "what is no text is not signed as a note: no other signature begins like one",
        arguments: ["", "\0", "a\0b\n", "\u{1B}[2J\n", "a\tb\n", "a\r\n"])
    func noText(_ text: String) throws {
        let key = try #require(SigningKey(seed: Array(repeating: 7, count: 32)))
        #expect(key.sign(note: text) == nil)
    }

    @Test("names are escaped to what a key's name may hold, and stay different")
    func names() {
        #expect(NoteSigner.escaped("south-1.example_x") == "south-1.example_x")
        #expect(NoteSigner.escaped("a b") == "a%20b" && NoteSigner.escaped("a+b") == "a%2Bb")
        #expect(NoteSigner.escaped("a%20b") == "a%2520b" && NoteSigner.escaped("") == "")
        #expect(NoteSigner.escaped("\u{2003}/\n") == "%E2%80%83%2F%0A")
        #expect(
            Checkpoint.origin(name: "solar", network: Digest.sha256([]))
                == "drec/solar/e3b0c44298fc1c14")
    }
}
