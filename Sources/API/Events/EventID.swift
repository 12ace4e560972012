package import Primitives

/// A place in the stream of events and the network whose chain it is in, as `id:` and
/// `Last-Event-ID` have it: `E345.1@0123456789abcdef`.
///
/// Another network may be founded at the same address, where the same place is another event.
package struct EventID: Equatable, Sendable {
    private static let networkDigits = 16

    package let place: EventPlace
    /// The first digits of its hash, as in the log's origin; nil where a reader wrote the place
    /// alone.
    private let network: String?

    package init(_ place: EventPlace, of network: Digest) {
        self.place = place
        self.network = String(network.hex.prefix(EventID.networkDigits))
    }

    /// - Parameter text: an id of a stream, or a place alone; nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count <= 2, let place = EventPlace(String(parts[0])) else { return nil }
        self.place = place
        network = parts.count == 2 ? String(parts[1]) : nil
        guard network.map(EventID.isNetwork) ?? true else { return nil }
    }

    private static func isNetwork(_ text: String) -> Bool {
        text.utf8.count == networkDigits && [UInt8](hex: text) != nil && text == text.lowercased()
    }

    package var text: String { place.text + (network.map { "@" + $0 } ?? "") }

    /// Whether it may be of this network.
    package func fits(_ network: Digest) -> Bool {
        self.network.map { network.hex.hasPrefix($0) } ?? true
    }
}
