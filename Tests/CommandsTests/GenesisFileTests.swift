import Commands
import Foundation
import Ledger
import Primitives
import SampleNetworks
import Testing

/// Founding documents on disk; what a document may say is tested with the ledger.
@Suite("Genesis files")
struct GenesisFileTests {
    private let directory: Directory
    private let document = SampleNetwork.document()

    init() throws { directory = try Directory() }

    @Test("A document is written once and read back")
    func roundTrip() throws {
        let path = directory.path + "/genesis.json"
        try GenesisFile.write(document, to: path)
        #expect(try GenesisFile.load(path) == document)
        #expect(failure { try GenesisFile.write(document, to: path) } == "\(path) exists already")
        var bad = document
        bad.name = "No Name"
        let other = directory.path + "/other.json"
        #expect(failure { try GenesisFile.write(bad, to: other) }?.contains("name") == true)
        #expect(!FileManager.default.fileExists(atPath: other))
    }

    @Test(
        "What is no document is refused with file and place",
        arguments: [
            ("", "byte 0"), ("{", "byte 1"), ("[]", "must be an object"), ("{}", "is missing"),
            ("{\"format\":\"x\"}", "format"), ("{\"x\":1}", "x: is not known"), ("1.5", "byte 0"),
            ("{\"a\":1,\"a\":2}", "twice"), ("\u{FEFF}{}", "byte 0"), ("{} {}", "byte 3"),
            (String(repeating: "[", count: 1_000), "too deeply"),
        ])
    func bad(text: String, problem: String) throws {
        let path = try directory.file("bad.json", text)
        let said = failure { _ = try GenesisFile.load(path) }
        #expect(said?.hasPrefix("\(path): genesis") == true)
        #expect(said?.contains(problem) == true, "\(said ?? "accepted")")
    }

    @Test("What is not there, no file or far too large is refused")
    func unreadable() throws {
        for (path, reason) in [
            ("\(directory.path)/missing.json", "No such file or directory"),
            (directory.path, "Is a directory"), ("", "Is a directory"),
        ] {
            #expect(
                failure { _ = try GenesisFile.load(path) } == "cannot read \(path): \(reason)")
        }
        let blanks = [UInt8](repeating: 0x20, count: GenesisDocument.byteLimit + 1)
        let large = try directory.file("large.json", blanks)
        #expect(failure { _ = try GenesisFile.load(large) }?.contains("larger than") == true)
        let binary = try directory.file("binary.json", [0xff, 0xfe, 0x00])
        #expect(failure { _ = try GenesisFile.load(binary) }?.hasPrefix(binary) == true)
    }

    @Test("Yields are read in any order, with a source that has commas")
    func yields() throws {
        let path = try directory.file(
            "yields.csv", "country,kwh_per_kwp,source\r\nZAF,1800,a, b\r\n\r\nIND,1500,c")
        let yields = try GenesisFile.yields(in: path)
        #expect(yields.map(\.country.description) == ["IND", "ZAF"])
        #expect(yields.map(\.kwhPerKwp) == [1_500, 1_800] && yields[1].source == "a, b")
    }

    @Test(
        "A yield that cannot be read is named by its line",
        arguments: [
            "IND", "IND,1500", "IND,,x", "in,1500,x", "IND,-1,x", "IND,1500.5,x", "IND, 1500,x",
            "IND,18446744073709551616,x", "IND,0x10,x", ",1500,x", "IND;1500;x", "\u{0}",
        ])
    func badYields(line: String) throws {
        let path = try directory.file("yields.csv", "country,kwh_per_kwp,source\nZAF,1,a\n" + line)
        let said = failure { _ = try GenesisFile.yields(in: path) }
        #expect(said == "\(path), line 3: country,kwh_per_kwp,source expected")
    }
}
