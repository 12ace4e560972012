import Foundation
import Ledger
import Mutations
import Primitives
import SampleNetworks
import Testing
import Wire

/// What a member's request must be, and what becomes of several.
@Suite("Join requests")
struct JoinRequestTests {
    private static func keys(_ name: String) -> JoinRequest.Keys {
        JoinRequest.Keys(
            account: key(name), vote: key("\(name) vote"), tls: key("\(name) tls"),
            log: key("\(name) log"))
    }

    private func request(
        _ name: String, network: String = "test", isInitiative: Bool = false,
        legalName: String? = nil, address: String = "node.example:8082",
        keys: JoinRequest.Keys? = nil
    ) -> JoinRequest {
        JoinRequest(
            network: network, name: name, isInitiative: isInitiative,
            legalName: legalName ?? name, country: countryCode("ZAF"), address: address,
            keys: keys ?? JoinRequestTests.keys(name))
    }

    private func compose(_ requests: [JoinRequest]) throws -> GenesisDocument {
        try GenesisDocument(
            composing: requests, founded: time("2018-01-01"),
            parameters: GenesisDocument.localParameters, yields: [])
    }

    /// What composing says, with the field; nil where it accepts.
    private func problem(_ requests: [JoinRequest]) -> JoinRequestError? {
        do {
            _ = try compose(requests)
            return nil
        } catch let error as JoinRequestError {
            return error
        } catch {
            Issue.record("another error: \(error)")
            return nil
        }
    }

    @Test("a request survives writing and reading, and blanks do not matter")
    func roundTrip() throws {
        for request in [request("south"), request("north", isInitiative: true)] {
            let bytes = request.json.canonicalBytes
            #expect(request.violation == nil)
            #expect(try JoinRequest(parsing: bytes) == request)
            #expect(try JoinRequest(parsing: Array("\n ".utf8) + bytes + [0x0a]) == request)
        }
    }

    @Test("a request holds no private key")
    func secrets() {
        let keys = JoinRequestTests.keys("south")
        let text = request("south").json.canonicalText
        for key in [keys.account, keys.vote, keys.tls, keys.log] {
            #expect(text.contains(key.publicKey.hex) && !text.contains(key.seed.hex))
        }
    }

    @Test("the format and its signatures do not change by accident")
    func golden() {
        let found = Digest.sha256(request("south", isInitiative: true).json.canonicalBytes).hex
        #expect(found == "9a1f61ab4dd8bd74b6fbbc1e76239f4357c7c307e855a08ea89100cb72b5137e")
    }

    @Test(
        "any change of what was signed is noticed",
        arguments: [
            (#""network":"test""#, #""network":"best""#),
            (#""name":"south""#, #""name":"mouth""#),
            (#""initiative":false"#, #""initiative":true"#),
            (#""legalName":"south""#, #""legalName":"north""#),
            (#""country":"ZAF""#, #""country":"ZWE""#),
            (#""address":"node.example:8082""#, #""address":"node.example:8083""#),
        ])
    func changed(old: String, new: String) throws {
        let text = request("south").json.canonicalText
        let bytes = Array(text.replacingOccurrences(of: old, with: new).utf8)
        #expect(bytes != Array(text.utf8))
        #expect(throws: JoinRequestError("signatures.account", "is not the key's")) {
            try JoinRequest(parsing: bytes)
        }
    }

    @Test("each of the four keys must have signed", arguments: ["account", "vote", "tls", "log"])
    func eachKeySigns(name: String) throws {
        // The key of somebody else, and the signatures of the member's own four.
        let own = request("south")
        let other = key("stolen").publicKey.hex
        let place = own.keys.firstIndex { $0.name == name }
        let index = try #require(place)
        let text = own.json.canonicalText
            .replacingOccurrences(of: own.keys[index].key.hex, with: other)
        #expect(throws: JoinRequestError.self) { try JoinRequest(parsing: Array(text.utf8)) }
        // All sign the new payload but the one whose key was taken.
        let mine = JoinRequestTests.keys("south")
        let liar = key("liar")
        var keys = [mine.account, mine.vote, mine.tls, mine.log]
        keys[index] = liar
        let signed = request(
            "south",
            keys: JoinRequest.Keys(account: keys[0], vote: keys[1], tls: keys[2], log: keys[3]))
        let taken = signed.json.canonicalText
            .replacingOccurrences(of: liar.publicKey.hex, with: own.keys[index].key.hex)
        do {
            _ = try JoinRequest(parsing: Array(taken.utf8))
            Issue.record("accepted")
        } catch {
            #expect(error.field.hasPrefix("signatures."))
        }
    }

    @Test("a signature of one key does not serve for another")
    func swapped() throws {
        let own = request("south")
        let signatures = own.signatures.map(\.bytes.hex)
        let text = own.json.canonicalText
            .replacingOccurrences(of: signatures[1], with: "X")
            .replacingOccurrences(of: signatures[2], with: signatures[1])
            .replacingOccurrences(of: "X", with: signatures[2])
        // The keys before them are judged first, in the order account, vote, tls, log.
        #expect(throws: JoinRequestError("signatures.vote", "is not the key's")) {
            try JoinRequest(parsing: Array(text.utf8))
        }
    }

    @Test("a signature of another purpose does not serve")
    func otherTag() throws {
        let own = request("south")
        let other = key("south").sign(.transaction, own.payload).bytes.hex
        let text = own.json.canonicalText
            .replacingOccurrences(of: own.signatures[0].bytes.hex, with: other)
        #expect(throws: JoinRequestError("signatures.account", "is not the key's")) {
            try JoinRequest(parsing: Array(text.utf8))
        }
    }

    @Test(
        "what is no request is refused with the place",
        arguments: [
            (#""format":"drec-join-1""#, #""format":"drec-join-2""#, "format"),
            (#""format":"drec-join-1","#, "", "format"),
            (#""network":"test""#, #""network":1"#, "network"),
            (#""initiative":false"#, #""initiative":0"#, "initiative"),
            (#""initiative":false"#, #""initiative":null"#, "initiative"),
            (#""country":"ZAF""#, #""country":"zaf""#, "country"),
            (#""name":"south","#, "", "name"),
            (#""name":"south""#, #""name":"south","more":1"#, "more"),
            (#""name":"south""#, #""name":"south","name":"x""#, ""),
            (#""keys":{"#, #""keys":{"more":1,"#, "keys.more"),
            (#""keys":{"#, #""keys":[{"#, ""),
            (#""signatures":{"#, #""signatures":{"more":1,"#, "signatures.more"),
            (#""account":""#, #""account":"0"#, "keys.account"),
            (#""vote":""#, #""vote":"zz"#, "keys.vote"),
            (#""address":"node.example:8082""#, #""address":["node.example:8082"]"#, "address"),
            ("{", "", ""), ("}", "", ""),
        ])
    func bad(old: String, new: String, field: String) throws {
        let text = request("south").json.canonicalText
        let range = try #require(text.range(of: old))
        let changed = text.replacingCharacters(in: range, with: new)
        do {
            _ = try JoinRequest(parsing: Array(changed.utf8))
            Issue.record("accepted: \(new)")
        } catch {
            #expect(error.field == field, "\(error)")
        }
    }

    @Test("a request that is too large is not read")
    func large() {
        let blanks = [UInt8](repeating: 0x20, count: JoinRequest.byteLimit + 1)
        #expect(throws: JoinRequestError.self) { try JoinRequest(parsing: blanks) }
        #expect(throws: JoinRequestError.self) { try JoinRequest(parsing: []) }
    }

    @Test("names, texts and addresses have bounds, whoever signed them")
    func bounds() {
        let long = String(repeating: "x", count: 41)
        #expect(request("south", network: "Not A Name").violation?.field == "network")
        #expect(request("south", network: "").violation?.field == "network")
        #expect(request("south", network: long).violation?.field == "network")
        #expect(request("").violation?.field == "name")
        #expect(request(long).violation?.field == "name")
        #expect(request("so\u{1b}[2Juth").violation?.field == "name")
        #expect(request("south", legalName: "").violation?.field == "legalName")
        #expect(request("south", legalName: "a\nb").violation?.field == "legalName")
        let twice = JoinRequest.Keys(
            account: key("a"), vote: key("b"), tls: key("b"), log: key("c"))
        let violation = request("south", keys: twice).violation
        #expect(violation == JoinRequestError("keys.tls", "used twice"))
    }

    @Test(
        "a place that can be reached is an address",
        arguments: ["a:1", "node.example:65535", "10.0.0.1:8082", "[::1]:8082", "[fe80::1%eth0]:1"])
    func address(text: String) {
        #expect(request("south", address: text).violation == nil)
    }

    @Test(
        "any other text is none",
        arguments: [
            "", ":", ":1", "a", "a:", "a:0", "a:65536", "a:-1", "a:+1", "a: 1", "a:1 ", "a b:1",
            "::1", "::1:8082", "[]:1", "[::1]", "http://a:1", "a/b:1", "a:1/", "é:1", "a\u{0}:1",
            String(repeating: "a", count: 254) + ":1",
        ])
    func noAddress(text: String) {
        #expect(request("south", address: text).violation?.field == "address")
    }

    @Test("the initiative comes first and the others by name, in whatever order they asked")
    func order() throws {
        let requests = [
            request("b"), request("z", isInitiative: true), request("a"), request("B"),
        ]
        let document = try compose(requests)
        #expect(document.authorities.map(\.name) == ["z", "B", "a", "b"])
        #expect(document.authorities.map(\.operatedBy?.legalName) == [nil, "B", "a", "b"])
        #expect(document.authorityAccounts.map(\.rawValue) == [1, 2, 3, 4])
        #expect(document.initiative == requests[1].organisation && document.name == "test")
        #expect(try compose(requests.reversed()).hash == document.hash)
        #expect(try GenesisDocument(parsing: document.json.canonicalBytes) == document)
        for request in requests { #expect(document.deviation(from: request) == nil) }
        let set = try document.state.message(
            ProtoAuthoritySetValue.self, for: .authorities(Epoch(0)))
        #expect(set?.authorities.map(\.account) == [1, 2, 3, 4])
    }

    @Test("one member alone founds a network if it is the initiative")
    func alone() throws {
        let document = try compose([request("only", isInitiative: true)])
        #expect(document.authorities.count == 1 && document.authorities[0].operatedBy == nil)
        #expect(problem([request("only")])?.field == "initiative")
        #expect(problem([])?.field == "initiative")
    }

    @Test("requests that do not fit together make no network")
    func unfit() {
        let first = request("first", isInitiative: true)
        #expect(problem([first, request("b"), request("b")])?.field == "name")
        #expect(
            problem([first, request("first", keys: JoinRequestTests.keys("x"))])?.field == "name")
        #expect(problem([first, request("b", isInitiative: true)])?.field == "initiative")
        #expect(problem([first, request("b", network: "other")])?.field == "network")
        // Each key of the one against each of the other.
        let mine = JoinRequestTests.keys("first")
        for key in [mine.account, mine.vote, mine.tls, mine.log] {
            let other = JoinRequestTests.keys("b")
            let taken = [
                JoinRequest.Keys(account: key, vote: other.vote, tls: other.tls, log: other.log),
                JoinRequest.Keys(account: other.account, vote: key, tls: other.tls, log: other.log),
                JoinRequest.Keys(
                    account: other.account, vote: other.vote, tls: other.tls, log: key),
            ]
            for keys in taken {
                let found = problem([first, request("b", keys: keys)])
                #expect(found?.field.hasPrefix("keys.") == true)
                #expect(found?.reason.contains("first") == true)
            }
        }
        let many = (0..<50).map { request("m\($0)") }
        #expect(throws: GenesisError.self) { try compose([first] + many) }
        #expect(throws: Never.self) { try compose([first] + many.dropLast()) }
        var unsigned = request("b")
        unsigned.legalName = "another"
        #expect(problem([first, unsigned])?.field == "signatures.account")
    }

    @Test("a member notices whatever is not as it asked")
    func deviations() throws {
        let mine = request("b")
        let first = request("first", isInitiative: true)
        let good = try compose([first, mine])
        func field(_ change: (inout GenesisDocument) -> Void, _ asker: JoinRequest) -> String? {
            var document = good
            change(&document)
            return document.deviation(from: asker)?.field
        }
        let other = key("other").publicKey
        #expect(field({ $0.name = "other" }, mine) == "name")
        #expect(field({ $0.authorities.removeLast() }, mine) == "authorities")
        #expect(field({ $0.authorities[1].name = "c" }, mine) == "authorities")
        #expect(field({ $0.authorities[1].voteKey = other }, mine) == "authorities[1].voteKey")
        #expect(field({ $0.authorities[1].tlsKey = other }, mine) == "authorities[1].tlsKey")
        #expect(field({ $0.authorities[1].logKey = other }, mine) == "authorities[1].logKey")
        let account = "authorities[1].operatedBy"
        #expect(field({ $0.authorities[1].operatedBy = nil }, mine) == account)
        #expect(field({ $0.authorities[1].operatedBy?.legalName = "x" }, mine) == account)
        #expect(
            field({ $0.authorities[1].operatedBy?.country = countryCode("ZWE") }, mine) == account)
        #expect(field({ $0.authorities[1].operatedBy?.keys = [] }, mine) == account)
        let more = GenesisDocument.Key(publicKey: other, roles: .all)
        #expect(field({ $0.authorities[1].operatedBy?.keys.append(more) }, mine) == account)
        #expect(field({ $0.initiative.keys = [more] }, first) == "initiative")
        #expect(field({ $0.authorities[0].operatedBy = mine.organisation }, first) != nil)
        // What is another member's is not looked at, nor is the order.
        #expect(field({ $0.initiative.keys = [more] }, mine) == nil)
        #expect(field({ $0.authorities.swapAt(0, 1) }, mine) == nil)
    }

    @Test("a damaged request is refused, or is the one that was signed")
    func mutations() throws {
        let corpus = [request("south"), request("north", isInitiative: true)]
        var mutator = Mutator(seed: 11, corpus: corpus.map(\.json.canonicalBytes))
        var accepted = 0
        for _ in 0..<6_000 {
            guard let read = try? JoinRequest(parsing: mutator.next()) else { continue }
            accepted += 1
            #expect(corpus.contains(read))
        }
        // Blanks between members, and digits in the other case.
        #expect(accepted > 0)
    }
}
