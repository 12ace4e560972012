import Foundation
import Ledger
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

struct GenesisTests {
    private func text(_ document: GenesisDocument) -> String { document.json.canonicalText }

    @Test("a document survives writing and reading, and its hash is that of its canonical form")
    func roundTrip() throws {
        let document = LedgerHarness.document(yields: [
            GenesisDocument.CountryYield(
                country: try #require(CountryCode("IND")), kwhPerKwp: 1_500,
                monthFactorsPpm: Array(repeating: 1_000_000, count: 12), source: "a table")
        ])
        #expect(document.violation == nil)
        let bytes = document.json.canonicalBytes
        let read = try GenesisDocument(parsing: bytes)
        #expect(read == document && read.hash == document.hash)
        #expect(document.hash == Digest.sha256(bytes))
        #expect(try GenesisDocument(parsing: Array("\n ".utf8) + bytes + [0x0a]) == document)
    }

    @Test("the state after genesis is the document's")
    func state() throws {
        let state = LedgerHarness.document().state
        let kinds = state.changes.map(\.key.kind.name)
        #expect(
            kinds == ["counters", "account", "account", "key", "key", "parameters", "authorities"])
        let initiative = try #require(try state.account(.initiative))
        #expect(initiative.kind == .initiative && initiative.status == .active)
        #expect(try state.account(AccountID(2))?.kind == .authority)
        #expect(try state.parameters(at: Timestamp(0)) == GenesisDocument.localParameters)
        let set = try state.message(ProtoAuthoritySetValue.self, for: .authorities(Epoch(0)))
        #expect(set?.authorities.map(\.account) == [1, 2])
    }

    @Test("a document that is not strict is refused with the place")
    func bad() throws {
        let good = text(LedgerHarness.document())
        let cases: [(String, String, String)] = [
            (#""format":"drec-genesis-1""#, #""format":"drec-genesis-2""#, "format"),
            (#""name":"test""#, #""name":"Test""#, "name"),
            (#""name":"test""#, #""name":"""#, "name"),
            (#""name":"test""#, #""name":"test","extra":1"#, "extra"),
            (#","name":"test""#, "", "name"),
            (#""founded":1514764800"#, #""founded":-1"#, "founded"),
            (#""founded":1514764800"#, #""founded":"x""#, "founded"),
            (#""founded":1514764800"#, #""founded":253402300800"#, "founded"),
            (#""founded":1514764800"#, #""founded":1.5"#, ""),
            (#""scalerPpm":1200000"#, #""scalerPpm":0"#, "parameters.scaler_ppm"),
            (#""scalerPpm":1200000,"#, "", "parameters.scalerPpm"),
            (#""scalerPpm":1200000"#, #""scalerPpm":1200000,"x":1"#, "parameters.x"),
            (#""country":"CHE""#, #""country":"che""#, "initiative.country"),
            (#""roles":31"#, #""roles":0"#, "initiative.keys[0].roles"),
            (#""roles":31"#, #""roles":32"#, "initiative.keys[0].roles"),
            (#""roles":31"#, #""roles":30"#, "initiative.keys"),
            (#""legalName":"initiative""#, #""legalName":"""#, "initiative.legalName"),
            (#""name":"south""#, #""name":"north""#, "authorities"),
            (
                #""name":"south","operatedBy":{"#, #""name":"south","operated":{"#,
                "authorities[1].operated"
            ),
            (
                key("south vote").publicKey.hex, key("north vote").publicKey.hex,
                "authorities[1].voteKey"
            ),
            (key("north tls").publicKey.hex, "00", "authorities[0].tlsKey"),
            (
                key("north log").publicKey.hex, String(repeating: "0", count: 64),
                "authorities[0].logKey"
            ),
            (#""yields":[]"#, #""yields":{}"#, "yields"),
            (
                #""yields":[]"#,
                #""yields":[{"country":"IND","kwhPerKwp":0,"monthFactorsPpm":[],"source":"x"}]"#,
                "yields[0].kwh_per_kwp"
            ),
            (
                #""yields":[]"#,
                #""yields":[{"country":"IND","kwhPerKwp":9,"monthFactorsPpm":[1],"source":"x"}]"#,
                "yields[0].month_factors_ppm"
            ),
        ]
        for (old, new, field) in cases {
            var order = good
            if field.hasPrefix("initiative"), let start = good.range(of: #""initiative""#) {
                // Only the initiative's own member.
                order.replaceSubrange(
                    start.lowerBound...,
                    with: good[start.lowerBound...].replacingFirst(old, with: new))
            } else {
                order = good[...].replacingFirst(old, with: new)
            }
            #expect(order != good, "\(old)")
            do {
                _ = try GenesisDocument(parsing: Array(order.utf8))
                Issue.record("accepted: \(new)")
            } catch {
                #expect(error.field == field, "\(error)")
            }
        }
        #expect(throws: GenesisError.self) {
            try GenesisDocument(parsing: [UInt8](repeating: 0x20, count: 1_024 * 1_024 + 1))
        }
    }
}

extension Substring {
    fileprivate func replacingFirst(_ text: String, with other: String) -> String {
        guard let range = range(of: text) else { return String(self) }
        return String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
    }
}
