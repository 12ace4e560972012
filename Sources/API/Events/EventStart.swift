package import Gateway
import HTTPTypes
import Hummingbird
import Ledger
package import Primitives
import Wire

/// Where a listener begins.
package struct EventStart: Equatable, Sendable {
    static let wanted = "an id of this stream, or a place such as B12 or E345.1"
    static let header = "Last-Event-ID"

    /// Where whoever has heard nothing yet goes on.
    package let place: EventPlace
    /// The blocks up to this one are not told.
    package let height: Height

    /// Events up to this one are not told either, in whatever block they are.
    private var last: (entry: UInt64, number: UInt64)? {
        guard case .event(let entry, let number) = place else { return nil }
        return (entry.rawValue, number ?? .max)
    }

    /// Behind a place; at the head where there is none.
    ///
    /// A place that the chain has not reached yet is waited for: a client that comes from another
    /// node may be ahead of this one.
    ///
    /// - Throws: ``Problem`` for a place in history that the node does not hold.
    package init(behind place: EventPlace?, gateway: any LedgerGateway) async throws {
        let status = try await gateway.status()
        switch place {
        case nil:
            height = status.height
            self.place = .block(height)
        case .block(let height):
            if let base = status.base, height < base.height {
                throw Problem.notHeld("block after", height.description, base)
            }
            self.height = height
            self.place = .block(height)
        case .event(let entry, let number):
            self.place = .event(entry, number: number)
            if let base = status.base, entry.rawValue < base.header.logSize {
                throw Problem.notHeld("entry", entry.description, base)
            }
            let record = try await gateway.transaction(at: entry)
            height = record.map { Height(max(1, $0.height.rawValue) - 1) } ?? status.height
        }
    }

    /// The place that an address or `Last-Event-ID` names; the header is the newer one of the two,
    /// because a browser that comes back asks for the same address.
    /// - Throws: ``Problem`` for what is no id, and for one of another network: to begin anew would
    ///   mix its events with those of this one, and an answer that is not 200 keeps a browser from
    ///   trying again (WHATWG HTML §9.2.3).
    static func place(
        _ asked: AskedAddress, _ request: Request, in network: Digest
    ) throws -> EventPlace? {
        var id = try asked.value("after", wanted) { EventID($0) }
        guard id?.fits(network) ?? true else { throw Problem.otherNetwork("after") }
        if let name = HTTPField.Name(header), let text = request.headers[name], !text.isEmpty {
            id = EventID(text)
            guard let id else { throw Problem.badParameter(header, wanted: wanted) }
            guard id.fits(network) else { throw Problem.otherNetwork(header) }
        }
        return id?.place
    }

    /// Where whoever has heard a block goes on: never before where it began, also while the chain
    /// has not come so far.
    package func place(behind block: ToldBlock) -> EventPlace {
        guard let last, block.logSize <= last.entry else { return .block(block.height) }
        return place
    }

    /// Whether an event is behind this place.
    package func tells(_ event: ToldEvent, of block: ToldBlock) -> Bool {
        guard let last else { return true }
        switch event.place {
        case .block: return block.logSize > last.entry
        case .event(let entry, let number):
            return (entry.rawValue, number ?? 0) > last
        }
    }
}
