import Commands
import Foundation
import Ledger
import Primitives
import SampleNetworks
import Testing

/// A member's directory; what a request may say is tested with the ledger.
@Suite("Join request files")
struct JoinRequestFileTests {
    private let directory: Directory

    init() throws { directory = try Directory() }

    private func create(
        _ folder: String, network: String = "test", name: String = "south",
        address: String = "localhost:8082"
    ) throws -> JoinRequest {
        try JoinRequestFile.create(
            in: "\(directory.path)/\(folder)", network: network, name: name, isInitiative: true,
            legalName: "South", country: countryCode("ZAF"), address: address)
    }

    @Test("A member's directory has four private keys and the request that they signed")
    func files() throws {
        let request = try create("south")
        let folder = directory.path + "/south"
        #expect(try JoinRequestFile.load(folder + "/join.json") == request)
        for (name, key) in request.keys {
            #expect(try KeyFile.load("\(folder)/keys/\(name).key").publicKey == key)
        }
        let found = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(Set(found) == ["keys", "join.json"])
        for name in ["", "/keys"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder + name)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o700)
        }
    }

    @Test("Keys are new each time, and a directory that is there is left as it is")
    func again() throws {
        let first = try create("south")
        #expect(failure { _ = try create("south") } == "\(directory.path)/south exists already")
        #expect(try JoinRequestFile.load(directory.path + "/south/join.json") == first)
        #expect(Set(try create("other").keys.map(\.key)).isDisjoint(with: first.keys.map(\.key)))
    }

    @Test(
        "Nothing is made for a request that would be refused",
        arguments: [
            ("No Name", "south", "localhost:8082", "network"), ("", "south", "a:1", "network"),
            ("test", "", "localhost:8082", "name"), ("test", "south", "localhost", "address"),
            ("test", "south", "", "address"), ("test", "south", "localhost:0", "address"),
        ])
    func bad(network: String, name: String, address: String, field: String) {
        let said = failure {
            _ = try create("bad", network: network, name: name, address: address)
        }
        #expect(said?.hasPrefix("join request, \(field):") == true, "\(said ?? "accepted")")
        #expect(!FileManager.default.fileExists(atPath: directory.path + "/bad"))
    }

    @Test(
        "What is no request is refused with file and place",
        arguments: [
            ("", "byte 0"), ("[]", "must be an object"), ("{}", "is missing"),
            ("{\"format\":\"x\"}", "format"), ("{\"seed\":1}", "seed: is not known"),
        ])
    func unreadable(text: String, problem: String) throws {
        let path = try directory.file("bad.json", text)
        let said = failure { _ = try JoinRequestFile.load(path) }
        #expect(said?.hasPrefix("\(path): join request") == true)
        #expect(said?.contains(problem) == true, "\(said ?? "accepted")")
        let blanks = [UInt8](repeating: 0x20, count: JoinRequest.byteLimit + 1)
        let large = try directory.file("large.json", blanks)
        #expect(failure { _ = try JoinRequestFile.load(large) }?.contains("larger than") == true)
        let missing = directory.path + "/missing.json"
        #expect(
            failure { _ = try JoinRequestFile.load(missing) }
                == "cannot read \(missing): No such file or directory")
    }

    @Test("A key file is no request and a request is no key file")
    func mixedUp() throws {
        _ = try create("south")
        let folder = directory.path + "/south"
        #expect(failure { _ = try JoinRequestFile.load(folder + "/keys/vote.key") } != nil)
        #expect(failure { _ = try KeyFile.load(folder + "/join.json") } != nil)
    }

    @Test("Requests that do not fit together are told as a failure")
    func compose() throws {
        let request = try create("south")
        let document = try GenesisFile.document(
            composing: [request], founded: Timestamp(0), yields: nil)
        #expect(document.deviation(from: request) == nil)
        for requests in [[], [request, request], [request, try create("other")]] {
            let said = failure {
                _ = try GenesisFile.document(
                    composing: requests, founded: Timestamp(0), yields: nil)
            }
            #expect(said?.hasPrefix("join request, ") == true, "\(said ?? "accepted")")
        }
    }
}
