import ArgumentParser
import Foundation
import Primitives
import SwiftProtobuf

// What ids, times and keys look like as arguments. A value that is none is refused with the name of
// its option and exit code 64, before anything is asked of a node.

extension AccountID: ExpressibleByArgument {
    init?(argument: String) {
        guard case .account(let id) = Identifier(argument) else { return nil }
        self = id
    }
}

extension DeviceID: ExpressibleByArgument {
    init?(argument: String) {
        guard case .device(let id) = Identifier(argument) else { return nil }
        self = id
    }
}

extension ProjectID: ExpressibleByArgument {
    init?(argument: String) {
        guard case .project(let id) = Identifier(argument) else { return nil }
        self = id
    }
}

extension LogIndex: ExpressibleByArgument {
    /// `#1234` or `1234`.
    init?(argument: String) {
        let digits = argument.hasPrefix("#") ? argument.dropFirst() : argument[...]
        guard let number = UInt64(decimal: digits) else { return nil }
        self.init(number)
    }
}

extension CountryCode: ExpressibleByArgument {
    init?(argument: String) { self.init(argument) }
}

extension Digest: ExpressibleByArgument {
    init?(argument: String) { self.init(hex: argument) }
}

/// A moment in UTC: `2026-01-31`, `2026-01-31T12:00:00Z`, or with an offset `+05:30`.
struct Moment: ExpressibleByArgument, CustomStringConvertible {
    let timestamp: Timestamp

    init?(argument text: String) {
        let parts = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
        guard let day = Moment.day(parts[0]) else { return nil }
        guard parts.count == 2 else {
            timestamp = day.start
            return
        }
        let clock = parts[1].prefix(8)
        guard clock.count == 8, let seconds = Moment.clock(clock),
            let offset = Moment.offset(parts[1].dropFirst(8))
        else { return nil }
        let total = Int64(day.start.rawValue) + seconds - offset
        guard let moment = UInt64(exactly: total), Timestamp(moment) <= .maximum else {
            return nil
        }
        timestamp = Timestamp(moment)
    }

    var description: String { timestamp.description }

    private static func day(_ text: Substring) -> CivilDay? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], let year = number(parts[0]),
            let month = number(parts[1]), let day = number(parts[2])
        else { return nil }
        return CivilDay(year: Int(year), month: Int(month), day: Int(day))
    }

    /// Seconds of `HH:MM:SS`.
    private static func clock(_ text: Substring) -> Int64? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [2, 2, 2], let hour = number(parts[0]),
            let minute = number(parts[1]), let second = number(parts[2]), hour < 24, minute < 60,
            second < 60
        else { return nil }
        return hour * 3_600 + minute * 60 + second
    }

    /// Seconds east of `Z` or `+HH:MM`.
    private static func offset(_ text: Substring) -> Int64? {
        if text == "Z" { return 0 }
        guard let sign = text.first, sign == "+" || sign == "-",
            let seconds = clock(text.dropFirst() + ":00")
        else { return nil }
        return sign == "+" ? seconds : -seconds
    }

    private static func number(_ digits: Substring) -> Int64? {
        guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int64(digits)
    }
}

/// A public key as 64 hexadecimal digits, or the key file that it belongs to.
struct PublicKeyArgument: ExpressibleByArgument {
    let text: String

    init(argument: String) { text = argument }

    /// - Parameter option: named where the key cannot be read.
    func key(_ option: String) throws -> PublicKey {
        if let key = PublicKey(hex: text) { return key }
        return try KeyFile.load(text, option: option).publicKey
    }
}

/// One of a format's named cases, in lower case with hyphens, `on-site-generator`, or as the public
/// endpoint writes it, `onSiteGenerator`.
enum Choice {
    /// - Throws: a usage error that names the option and the choices.
    static func named<Value: SwiftProtobuf.Enum & CaseIterable>(
        _ text: String, _ option: String, leavingOut left: Set<String> = []
    ) throws -> Value {
        let choices = Value.allCases.filter { value in
            value.rawValue != 0 && !left.contains(name(of: value))
        }
        return try named(text, option, among: choices)
    }

    /// - Throws: a usage error that names the option and the choices.
    static func named<Value>(
        _ text: String, _ option: String, among choices: [Value]
    ) throws -> Value {
        let asked = text.lowercased()
        let found = choices.first { name(of: $0) == asked || "\($0)".lowercased() == asked }
        guard let value = found else {
            let names = choices.map { name(of: $0) }.joined(separator: ", ")
            throw ValidationError("\(option): \(text) is none of \(names)")
        }
        return value
    }

    /// The case that the public endpoint calls by this word.
    static func word<Value: SwiftProtobuf.Enum & CaseIterable>(_ word: String) -> Value? {
        Value.allCases.first { "\($0)" == word }
    }

    private static func name(of value: Any) -> String { hyphenated("\(value)") }

    /// `offTaker` as `off-taker`.
    static func hyphenated(_ name: String) -> String {
        name.reduce(into: "") { text, letter in
            text += letter.isUppercase ? "-" + letter.lowercased() : String(letter)
        }
    }
}
