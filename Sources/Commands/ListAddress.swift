import ArgumentParser
import Foundation
import Ledger
import Primitives
import SwiftProtobuf

/// The path of a list with its filters, by the names that the public endpoint gives them.
struct ListAddress {
    private let path: String
    private var filters: [String] = []

    init(_ path: String) { self.path = path }

    /// Adds a filter, if it is asked for.
    mutating func add(_ name: String, _ value: (some CustomStringConvertible)?) {
        guard let value else { return }
        let text = value.description.addingPercentEncoding(
            withAllowedCharacters: ListAddress.unreserved)
        filters.append("\(name)=\(text ?? "")")
    }

    /// Adds a filter by one of a format's named cases, if it is asked for.
    ///
    /// - Throws: a usage error that names the option, which has the filter's name, and the choices.
    mutating func add<Value: SwiftProtobuf.Enum & CaseIterable>(
        _ name: String, _ word: String?, of type: Value.Type
    ) throws {
        let value: Value? = try word.map {
            try Choice.named($0, "--" + Choice.hyphenated(name))
        }
        add(name, value.map { "\($0)" })
    }

    /// As it is asked of a node.
    var text: String {
        filters.isEmpty ? path : path + "?" + filters.joined(separator: "&")
    }

    /// RFC 3986 §2.3.
    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
}

/// A project's series as people write it: `101-2021`.
struct SeriesArgument: ExpressibleByArgument, CustomStringConvertible {
    let description: String
    let vintage: UInt32

    init?(argument: String) {
        guard let range = DRECRange("DREC\(argument)-1") else { return nil }
        description = argument
        vintage = range.series.vintage
    }
}

/// A calendar year from 1970 on.
struct YearArgument: ExpressibleByArgument, CustomStringConvertible {
    let value: UInt32

    init?(argument: String) {
        guard argument.utf8.count == 4, let year = UInt64(decimal: argument), year >= 1970 else {
            return nil
        }
        value = UInt32(year)
    }

    var description: String { String(value) }
}

/// A calendar month from 1970 on, `2021-11`.
struct MonthArgument: ExpressibleByArgument, CustomStringConvertible {
    let description: String

    init?(argument: String) {
        guard argument.utf8.count == 7, Moment(argument: argument + "-01") != nil else {
            return nil
        }
        description = argument
    }
}
