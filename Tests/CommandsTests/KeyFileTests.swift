import Commands
import Foundation
import Primitives
import SampleNetworks
import Testing

@Suite("Key files")
struct KeyFileTests {
    private static let seed = String(repeating: "07", count: 32)
    /// The public key of the seed.
    private static let publicKey =
        SigningKey(seed: [UInt8](repeating: 7, count: 32))?.publicKey.hex ?? ""

    private static func text(
        format: String = "drec-key-1", publicKey: String = publicKey, seed: String = seed
    ) -> String {
        #"{"format":"\#(format)","publicKey":"\#(publicKey)","seed":"\#(seed)"}"#
    }

    private let directory: Directory

    init() throws { directory = try Directory() }

    @Test("A new key is private, loads as itself, and is never overwritten")
    func create() throws {
        let path = directory.path + "/new.key"
        let key = try KeyFile.create(at: path)
        #expect(try KeyFile.load(path).publicKey == key.publicKey)
        #expect(try KeyFile.load(path).seed == key.seed)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(failure { _ = try KeyFile.create(at: path) }?.contains("cannot create") == true)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        #expect(try KeyFile.create(at: directory.path + "/other.key").seed != key.seed)
        for bad in ["/nowhere/x.key", directory.path, ""] {
            #expect(failure { _ = try KeyFile.create(at: bad) }?.contains("cannot create") == true)
        }
    }

    @Test("A key is read with or without a line's end, by a link too")
    func good() throws {
        for text in [KeyFileTests.text(), KeyFileTests.text() + "\n"] {
            let path = try directory.file("good.key", text)
            #expect(try KeyFile.load(path).publicKey.hex == KeyFileTests.publicKey)
            let link = directory.path + "/link.key"
            try? FileManager.default.removeItem(atPath: link)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
            #expect(try KeyFile.load(link).publicKey.hex == KeyFileTests.publicKey)
        }
    }

    @Test(
        "What is no key file is refused by its name, and nothing of it is shown",
        arguments: [
            "", "\n", "{}", "null", "[]", seed, text() + "\n\n{}", text() + "x",
            text(format: "drec-key-2"), text(format: ""), text(seed: ""),
            text(seed: String(seed.dropLast(2))), text(seed: seed + "07"),
            text(seed: String(seed.dropLast())), text(seed: "zz" + seed.dropFirst(2)),
            text(seed: "０７" + seed.dropFirst(2)), text(seed: " " + seed),
            text(seed: "0x" + seed.dropFirst(2)), text(publicKey: ""),
            text(publicKey: String(repeating: "0", count: 64)),
            text(publicKey: publicKey.uppercased()), text(publicKey: publicKey + "00"),
            text(publicKey: seed), "\u{FEFF}" + text(),
            text().replacing("\"seed\"", with: "\"sed\""),
            text().replacing("}", with: #","extra":1}"#),
            text().replacing("}", with: #","seed":"\#(seed)"}"#),
            text().replacing("\"\(seed)\"", with: "7"), "-----BEGIN PRIVATE KEY-----\n",
        ])
    func bad(text: String) throws {
        let path = try directory.file("bad.key", text)
        let said = failure { _ = try KeyFile.load(path) }
        #expect(said == "\(path) is not a key file")
    }

    @Test(
        "A key that others may read is refused",
        arguments: [0o644, 0o640, 0o604, 0o601, 0o620, 0o777])
    func modes(mode: Int) throws {
        let path = try directory.file("open.key", KeyFileTests.text(), mode: mode)
        #expect(failure { _ = try KeyFile.load(path) }?.contains("can be read by others") == true)
        try directory.file("open.key", KeyFileTests.text(), mode: 0o400)
        #expect(try KeyFile.load(path).publicKey.hex == KeyFileTests.publicKey)
    }

    @Test("What is not there, no file or far too large is refused")
    func unreadable() throws {
        let missing = directory.path + "/missing.key"
        for (path, reason) in [
            (missing, "No such file or directory"), (directory.path, "Is a directory"),
            ("", "Is a directory"),
        ] {
            #expect(failure { _ = try KeyFile.load(path) } == "cannot read \(path): \(reason)")
        }
        let large = try directory.file("large.key", [UInt8](repeating: 0x20, count: 4_097))
        #expect(failure { _ = try KeyFile.load(large) } == "\(large) is larger than 4096 bytes")
        #expect(failure { _ = try KeyFile.load("/dev/zero") }?.contains("larger than") == true)
        let binary = try directory.file("binary.key", [0xff, 0x00, 0xfe])
        #expect(failure { _ = try KeyFile.load(binary) } == "\(binary) is not a key file")
    }
}
