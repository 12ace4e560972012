import Foundation
import Primitives

/// Something that reads bytes from outside, and what must hold whatever they are.
struct Decoder: Sendable {
    let name: String
    /// Reads an input: it is answered or refused, and what was accepted is written back the same.
    let check: @Sendable ([UInt8]) -> Void
    /// Valid inputs.
    let corpus: @Sendable () -> [[UInt8]]

    static let all =
        [
            transaction, rules, block, finalization, submission, genesis, joining, profile, json,
            identifier, cursor, signature,
        ] + [records, reads, devices, proof, note]

    private static let json = Decoder(name: "json") { bytes in
        guard let value = try? CanonicalJSON(parsing: bytes, limit: 1_000_000) else { return }
        let canonical = value.canonicalBytes
        let again = try? CanonicalJSON(parsing: canonical, limit: .max)
        precondition(again == value && again?.canonicalBytes == canonical)
    } corpus: {
        [
            #"{"a":[1,-2,{"b":null,"c":[true,false]}],"é":"\"\\\/\b\f\n\r\t\u0041\ud83d\ude00"}"#,
            #"[9007199254740991,-9007199254740991,"",{},[]]"#, " \t\n\r[ 0 , -1 ]",
            "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
        ].map { Array($0.utf8) }
    }

    private static let identifier = Decoder(name: "identifier") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        if let number = UInt64(decimal: text) { precondition(String(number) == text) }
        if let read = [UInt8](hex: text) { precondition(read.hex == text.lowercased()) }
        if let country = CountryCode(text) { precondition(country.description == text) }
        if let range = DRECRange(text) {
            precondition(DRECRange(range.description) == range && range.count > 0)
            precondition(!range.energy.isEmpty)
        }
        guard let id = Identifier(text) else { return }
        let written =
            switch id {
            case .account(let id): id.description
            case .device(let id): id.description
            case .project(let id): id.description
            case .drecs(let range): range.description
            case .logEntry(let index): index.description
            case .block(let height): height.description
            case .digest(let digest): digest.hex
            }
        precondition(Identifier(written) == id)
    } corpus: {
        [
            "A17", "D2045", "P101", "#1234", "18446744073709551615", "DREC101-2021-42", "KEN",
            "DREC101-2021-42..99", String(repeating: "0123456789abcdef", count: 4),
        ].map { Array($0.utf8) }
    }

    private static let cursor = Decoder(name: "cursor") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        for list in ["accounts", "lots", ""] {
            guard let cursor = Cursor(encoded: text, list: list) else { continue }
            precondition(cursor.list == list)
            let again = Cursor(encoded: cursor.encoded, list: list)
            // Base64 may be longer where bytes were no UTF-8 and were replaced.
            precondition(again == nil || again?.position == cursor.position)
        }
    } corpus: {
        [("accounts", "A17"), ("lots", "DREC101-2021-1..9"), ("accounts", "")].map {
            Array(Cursor(list: $0.0, position: $0.1).encoded.utf8)
        }
    }

    private static let signature = Decoder(name: "signature") { bytes in
        guard bytes.count >= 96, let key = PublicKey(bytes: bytes[..<32]),
            let signature = Signature(bytes: bytes[32..<96])
        else { return }
        let isValid = key.verifies(signature, over: Array(bytes[96...]))
        precondition(!isValid || Ed25519Profile.accepts(point: bytes[..<32]))
        precondition(!isValid || Ed25519Profile.accepts(point: bytes[32..<64]))
        precondition(!isValid || Ed25519Profile.accepts(scalar: bytes[64..<96]))
        if key.isInPrimeOrderSubgroup {
            precondition(Ed25519Profile.accepts(point: bytes[..<32]))
        }
    } corpus: {
        SignatureSelfTest.vectors.compactMap {
            [UInt8](hex: $0.publicKey + $0.signature + $0.message)
        }
    }
}
