package import Primitives

/// A place in the stream of events.
///
/// It is a place in the chain, so it is the same at every node and after any restart.
package enum EventPlace: Equatable, Sendable {
    /// `B12`: all of the blocks up to this one.
    case block(Height)
    /// `E345.1`: up to this event of a log entry; `E345`: all of the entry.
    case event(LogIndex, number: UInt64?)

    package init?(_ text: String) {
        let rest = text.dropFirst()
        switch text.first {
        case "B":
            guard let height = UInt64(decimal: rest) else { return nil }
            self = .block(Height(height))
        case "E":
            let parts = rest.split(separator: ".", omittingEmptySubsequences: false)
            let numbers = parts.compactMap { UInt64(decimal: $0) }
            guard numbers.count == parts.count, let entry = numbers.first, numbers.count <= 2
            else { return nil }
            self = .event(LogIndex(entry), number: numbers.count == 2 ? numbers[1] : nil)
        default: return nil
        }
    }

    package var text: String {
        switch self {
        case .block(let height): "B\(height)"
        case .event(let entry, .some(let number)): "E\(entry.rawValue).\(number)"
        case .event(let entry, nil): "E\(entry.rawValue)"
        }
    }
}
