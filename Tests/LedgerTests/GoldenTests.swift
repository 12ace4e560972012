import Foundation
import Ledger
import Mutations
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

/// One hash over many encodings of each format: a change of format that nobody meant fails here.
struct GoldenTests {
    /// Values that are the same in every run, small and large ones.
    private struct Source {
        var random: SmallRandom
        init(_ name: String) { random = SmallRandom(seed: UInt64(name.utf8.count) &* 7_919) }

        mutating func number() -> UInt64 {
            random.next() >> random.below(64)
        }
        mutating func small() -> UInt32 { UInt32(number() & 0x7fff_ffff) }
        mutating func digest() -> Data {
            Data(Digest.sha256(Array(String(random.next()).utf8)).bytes)
        }
        mutating func text() -> String {
            ["", "a", "Épôque", "電気", String(random.below(1_000))][Int(random.below(5))]
        }
        mutating func bytes() -> Data { random.below(3) == 0 ? Data() : digest() }
        mutating func choice<Value: CaseIterable>(_ type: Value.Type) -> Value {
            let all = Array(type.allCases)
            return all[Int(random.below(UInt64(all.count)))]
        }
        mutating func list<Value>(_ make: (inout Source) -> Value) -> [Value] {
            (0..<random.below(4)).map { _ in make(&self) }
        }
        mutating func range() -> ProtoRange {
            let (project, vintage, first, last) = (number(), small(), number(), number())
            return .with {
                $0.project = project
                $0.vintage = vintage
                $0.first = first
                $0.last = last
            }
        }
    }

    private func hash(
        _ name: String, _ make: (inout Source) -> [UInt8]
    ) -> String {
        var source = Source(name)
        var all: [UInt8] = []
        for _ in 0..<512 {
            let bytes = make(&source)
            all.append(bigEndian: UInt32(bytes.count))
            all += bytes
        }
        return Digest.sha256(all).hex
    }

    /// Sets every field of a message by its proto name, with numbers, texts and enumerations that
    /// the wire format can hold: the message is built from wire bytes, so new fields stay outside.
    private func wire<Value: SwiftProtobuf.Message>(
        _ type: Value.Type, _ fields: [Field], _ source: inout Source
    ) -> [UInt8] {
        var bytes = Data()
        for field in fields where source.random.below(4) != 0 {
            bytes += field.encoded(&source)
        }
        guard let value = try? Value(serializedBytes: bytes) else {
            Issue.record("\(type) cannot hold its fields")
            return []
        }
        #expect(value.unknownFields.data.isEmpty, "\(type) lost a field")
        return Array(value.canonicalBytes)
    }

    private enum Field {
        case number(Int)
        case short(Int, UInt64)
        case text(Int)
        case bytes(Int)
        case packed(Int)
        case message(Int, [Field])

        func encoded(_ source: inout Source) -> Data {
            switch self {
            case .number(let id): return tag(id, 0) + varint(source.number())
            case .short(let id, let limit): return tag(id, 0) + varint(source.random.below(limit))
            case .text(let id): return prefixed(id, Data(source.text().utf8))
            case .bytes(let id): return prefixed(id, source.bytes())
            case .packed(let id):
                let numbers = source.list { varint($0.number() & 0x7fff_ffff) }
                return prefixed(id, Data(numbers.joined()))
            case .message(let id, let fields):
                var body = Data()
                for field in fields { body += field.encoded(&source) }
                return prefixed(id, body)
            }
        }

        private func tag(_ id: Int, _ type: UInt64) -> Data { varint(UInt64(id) << 3 | type) }
        private func prefixed(_ id: Int, _ bytes: Data) -> Data {
            tag(id, 2) + varint(UInt64(bytes.count)) + bytes
        }
        private func varint(_ value: UInt64) -> Data {
            var rest = value
            var bytes = Data()
            while rest > 127 {
                bytes.append(UInt8(rest & 127) | 128)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
            return bytes
        }
    }

    private static let range: [Field] = [.number(1), .short(2, 10_000), .number(3), .number(4)]
    private static let grant: [Field] = [.bytes(1), .short(2, 32)]
    private static let details: [Field] =
        [.short(1, 11), .text(2), .short(3, 200), .short(4, 200), .number(5), .number(6)]
        + [.short(7, 4), .short(8, 11), .short(9, 7), .short(10, 36_000), .short(11, 36_000)]
        + [.bytes(12), .bytes(13), .bytes(14)]
    private static let lot: [Field] = [.message(1, range), .number(2), .short(3, 6), .number(4)]
    private static let parameters: [Field] = (1...14).map { .number($0) }
    private static let yield: [Field] = [.number(1), .packed(2), .text(3)]
    /// Every action of a transaction by its field number.
    private static let actions: [Field] = [
        .message(16, [.number(1), .message(2, parameters)]),
        .message(17, [.text(1), .number(2), .message(3, yield)]), .message(18, [.number(1)]),
        .message(19, [.number(1)]), .message(20, [.text(1), .number(2)]),
        .message(
            40,
            [.short(1, 12), .text(2), .text(3), .message(4, grant), .message(4, grant), .number(5)]
                + [.short(6, 32), .bytes(7), .bytes(8)]),
        .message(41, [.message(1, grant), .bytes(2)]), .message(42, [.number(1), .short(2, 32)]),
        .message(43, [.message(1, grant), .bytes(2)]), .message(44, [.number(1), .bytes(2)]),
        .message(45, [.message(1, [.bytes(1), .message(2, details)])]),
        .message(46, [.number(1), .number(2), .message(3, details)]),
        .message(47, [.number(1), .number(2)]), .message(48, [.number(1), .bytes(2), .bytes(3)]),
        .message(70, [.short(1, 2)]), .message(90, [.number(1)]),
        .message(91, [.message(1, range), .message(1, range), .number(2)]),
        .message(92, [.message(1, range), .text(2), .text(3), .text(4), .number(5), .number(6)]),
        .message(93, [.message(1, range), .short(2, 5)]),
    ]

    @Test("transaction bodies and envelopes")
    func transactions() {
        for index in GoldenTests.actions.indices {
            // Each action is one that the program knows.
            var source = Source("action")
            let body = try? ProtoTransactionBody(
                serializedBytes: GoldenTests.actions[index].encoded(&source))
            #expect(body?.action != nil, "action \(index)")
        }
        let bodies = hash("transaction body") { source in
            let frame: [Field] = [
                .short(1, 3), .bytes(2), .number(3), .message(4, [.bytes(1), .number(2)]),
                .message(4, [.bytes(1), .number(2)]), .number(5), .short(6, 6), .bytes(7),
                .short(8, 6_000),
            ]
            let action = GoldenTests.actions[
                Int(source.random.below(UInt64(GoldenTests.actions.count)))]
            return wire(ProtoTransactionBody.self, frame + [action], &source)
        }
        #expect(bodies == "096b33981263ff6148b2d1639134db895ee85530afcbb472544bec791abdf2c2")
        let envelopes = hash("signed transaction") { source in
            wire(
                ProtoSignedTransaction.self,
                [
                    .bytes(1), .bytes(2), .bytes(2),
                    .message(
                        3, [.packed(1), .packed(2), .packed(3), .packed(4), .packed(5), .bytes(6)]),
                ], &source)
        }
        #expect(envelopes == "e5d065d5afd50aa95b53878cbccc27c05e28c8c2fe43da6d491cd2410683693a")
    }

    private static let seat: [Field] =
        [.number(1), .text(2), .bytes(3), .bytes(4), .bytes(5), .bytes(6)]
    private static let seatChange: [Field] = [.text(1), .message(2, seat)]

    @Test("actions, events and values of authority changes")
    func authorities() {
        func check<Value: SwiftProtobuf.Message>(
            _ type: Value.Type, _ fields: [Field], _ expected: String
        ) {
            let found = hash(type.protoMessageName) { wire(type, fields, &$0) }
            #expect(found == expected, "\(type.protoMessageName)")
        }
        check(
            ProtoTransactionBody.self,
            [
                .message(
                    21,
                    [.number(1), .message(2, Self.seatChange), .message(2, Self.seatChange)])
            ], "d709c08daa120f591b5f826c8c8d779f6648f2ba777873d00a6adb64faf845e1")
        check(
            ProtoTransactionBody.self, [.message(22, [.number(1)])],
            "2063aae47856e1e8631ef201c331ed5ee35050689f5557983db796a2f421809f")
        check(
            ProtoTransactionBody.self, [.message(23, [.number(1)])],
            "e864698788c88ddd9ef5fafd6965b3a82abe09180a3770bd72a6c59610745fc5")
        check(
            ProtoTransactionBody.self,
            [
                .message(
                    24, [.text(1), .bytes(2), .bytes(3), .bytes(4), .number(5), .bytes(6)])
            ], "b023053b1ee3f15036943d31fae37cc470042f85b694790c03d5f385d98fb769")
        check(
            ProtoEvent.self,
            [
                .message(
                    13, [.number(1), .short(2, 7), .number(3), .short(4, 50), .short(5, 50)])
            ], "dfc21c26382c6655a5090a61319f5eac686e8d76ad03e604cbeb40e4ddeadfcb")
        check(
            ProtoEvent.self, [.message(14, [.number(1), .text(2)])],
            "ed624f30a4160f294a6f44a255dbc08ccd4c49149bf6888cca6e1537b40da6be")
        check(
            ProtoAuthorityChangeValue.self,
            [.number(1), .message(2, Self.seatChange), .short(3, 7), .packed(4), .number(5)]
                + [.number(6), .short(7, 700)],
            "d743931d1773092301087cb2db39fd4821d35b94608ec3d028721a7efdf34e9f")
        check(
            ProtoAuthorityJoinsValue.self,
            [
                .message(
                    1, [.message(1, Self.seat), .number(2), .bytes(3), .number(4), .number(5)])
            ], "5df59992e49d529b04931ac630caaed43581d4b7dce26c5388641a7c65e686f9")
    }

    @Test("double votes: the action, its event and the record")
    func doubleVotes() {
        let vote: [Field] =
            [.short(1, 4), .number(2), .number(3), .number(4), .bytes(5), .short(6, 50), .bytes(7)]
        func check<Value: SwiftProtobuf.Message>(
            _ type: Value.Type, _ fields: [Field], _ expected: String
        ) {
            let found = hash(type.protoMessageName) { wire(type, fields, &$0) }
            #expect(found == expected, "\(type.protoMessageName)")
        }
        check(
            ProtoTransactionBody.self, [.message(25, [.message(1, vote), .message(2, vote)])],
            "e3e7de39f052c4eeddd9490342ee86af4c41efeba2be97af135fdb2414590b94")
        check(
            ProtoEvent.self, [.message(15, [.number(1), .short(2, 50), .text(3), .number(4)])],
            "77695435149184b8130a6fb0037a91fc58f9fa7c867b1c4f089eb1a5617144e8")
        check(
            ProtoDoubleVoteValue.self,
            [.message(1, vote), .message(2, vote), .number(3), .number(4), .number(5)],
            "4fc1865e4ce824cffee8593968b4be9e4c41d823b20295a472f45123877759cc")
    }

    @Test("receipts")
    func receipts() {
        let events: [[Field]] = [
            [.number(1), .short(2, 4)], [.number(1), .short(2, 4)],
            [.number(1), .bytes(2), .short(3, 32)], [.number(1), .number(2), .short(3, 32)],
            [.number(1), .number(2), .bytes(3)], [.number(1), .short(2, 1_000)],
            [.number(1), .number(2), .text(3)], [.number(1), .number(2), .short(3, 3)],
            [.text(1), .number(2), .short(3, 2)],
            [.bytes(1), .short(2, 5_000), .number(3), .short(4, 2)],
            [
                .bytes(1), .short(2, 5_000),
                .message(3, [.number(1), .short(2, 9_999)] + (3...7).map { .number($0) }),
                .number(4),
            ],
            [.short(1, 4), .message(2, GoldenTests.lot), .message(3, GoldenTests.lot)],
        ]
        let receipts = hash("receipt") { source in
            let picked = (0..<3).map { _ in Int(source.random.below(12)) }
            return wire(
                ProtoReceipt.self,
                [.number(1), .number(2), .number(3)]
                    + picked.map { .message(4, [.message($0 + 1, events[$0])]) }, &source)
        }
        #expect(receipts == "3ff4759dd82dde57a7b1a5af7e9177411ad722d70fedd6ce0912f0ee30e40d83")
    }

    @Test("headers, blocks and finalizations")
    func blocks() {
        let headers = hash("header") { source in
            wire(
                ProtoHeader.self,
                [
                    .short(1, 3), .bytes(2), .number(3), .number(4), .number(5), .bytes(6),
                    .number(7),
                ]
                    + [.short(8, 50), .number(9)] + (10...14).map { .bytes($0) }, &source)
        }
        #expect(headers == "f561b893d5029ebef9916975dd3b8e05959de1d8ed831b05b07ce8524c909848")
        let blocks = hash("block") { source in
            wire(ProtoBlock.self, [.bytes(1), .bytes(2), .bytes(2), .bytes(2)], &source)
        }
        #expect(blocks == "c52b9ec7452b8f9a5da7312f6ac7a2d9da9669fa8ba53fc12450d906fe9da266")
        let finalizations = hash("finalization") { source in
            wire(
                ProtoFinalization.self,
                [.number(1), .number(2), .number(3), .bytes(4), .bytes(5), .bytes(6), .bytes(6)],
                &source)
        }
        #expect(finalizations == "6241db17cf308c4725f658800de337d22e0101ad87b0a69ecb64e22dd798364f")
    }

    @Test("state values, each kind with its own hash")
    func stateValues() {
        func check<Value: SwiftProtobuf.Message>(
            _ type: Value.Type, _ fields: [Field], _ expected: String
        ) {
            let found = hash(type.protoMessageName) { wire(type, fields, &$0) }
            #expect(found == expected, "\(type.protoMessageName)")
        }
        check(
            ProtoAccountValue.self,
            [.short(1, 12), .text(2), .text(3), .short(4, 4), .number(5), .number(6), .bytes(7)]
                + [.bytes(7), .packed(8), .bytes(9), .bytes(10), .short(11, 6)],
            "27fa463d76f93d36a2363718b26ffdd4c127b12127ede7a3fdc78a290399d158")
        check(
            ProtoKeyValue.self,
            [.number(1), .short(2, 32), .number(3), .number(4), .number(5), .bytes(6)],
            "609fadb0384146b45c0120ca4bd7af097ff3781b1a4fdc17573bf479448c6017")
        check(
            ProtoDelegationValue.self, [.short(1, 32), .number(2), .number(3)],
            "851f79d4ced03b6cdfdd97febef73489129330c6b3eb276a1bc29f7e7f162ba0")
        check(
            ProtoDeviceValue.self,
            [.number(1), .message(2, GoldenTests.details), .short(3, 3), .bytes(4), .number(5)]
                + [.number(6), .short(7, 6)],
            "61d8849e12ac7cad81bef23590a27573a08d4357c1755e804ad671a209be83b7")
        check(
            ProtoDeviceMonthValue.self, [.packed(1), .packed(2)],
            "3fc25acc26ec4308038384b8c7df5c6537218a95339b725fe82355be83d50930")
        check(
            ProtoBaselineValue.self, [.number(1), .number(2), .number(3)],
            "409449b06051b4039a82c7379d7fac30bcfe283793bdf308479af0d46ff69ab0")
        check(
            ProtoReferenceValue.self, [.number(1)],
            "8208a1140c0c32d4fee649c35352e2926ac41e92ae8cf12f56746d9d5f321460")
        check(
            ProtoProjectValue.self, [.number(1), .text(2), .number(3), .short(4, 4)],
            "d4c65293c734065a025ee9d327c6b6c90480b8a1f78470a9b1b5b8fa624f3c4f")
        check(
            ProtoSeriesValue.self, (1...7).map { .number($0) },
            "27196552e3d040a81dfc27312abf8a0e57b8498e226114a76db732af4b8f3462")
        check(
            ProtoSegmentValue.self, [.number(1), .number(2)],
            "2191566221804b7c54916130ab0625b7d30daa3a54d7d6e400aaa07b59a31979")
        check(
            ProtoLotValue.self, [.number(1), .number(2), .short(3, 6), .number(4)],
            "90e224c44e6d73b94f26ababccddcdb413b5450e1cf16a078dd4a6df05a2455b")
        check(
            ProtoRedemptionValue.self,
            [.number(1), .message(2, GoldenTests.range), .text(3), .text(4), .text(5), .number(6)]
                + [.number(7), .number(8)],
            "d673b05c66dbc98813d80132e9fa5200fc8a853f6c9ba3ac62a7c704fb964f43")
        check(
            ProtoRetirementValue.self,
            [.number(1), .message(2, GoldenTests.range), .short(3, 5), .number(4)],
            "6d48889148010feb9d20e2bf76463cfa80c3d527581401e1be1d3c37777f19ed")
        check(
            ProtoEvidenceValue.self, [.bytes(1), .short(2, 5_000), .number(3), .number(4)],
            "3289cbf78cf121ac85cc86b5feb021d1c6a0b568eaf61727512346454a66be85")
        check(
            ProtoCountersValue.self, [.number(1), .number(2), .number(3)],
            "409449b06051b4039a82c7379d7fac30bcfe283793bdf308479af0d46ff69ab0")
        check(
            ProtoAuthoritySetValue.self,
            [.message(1, [.number(1), .text(2), .bytes(3), .bytes(4), .bytes(5), .bytes(6)])],
            "334a0762652e2f141501ec72ac699a792bb54e3c467f381f6a6914e6d3e0d08c")
        check(
            ProtoParameters.self, GoldenTests.parameters,
            "d88beabcbc6c87d41b47d84492747bda84e9610184aaaa3ba90a1897386eddb5")
        check(
            ProtoYield.self, GoldenTests.yield,
            "3eb3e8ab0b4259749ad0aca8f585ccb1381a1d38e813c520a50efd15d79e8d1a")
    }
}
