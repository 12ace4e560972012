import Gateway
import HTTPTypes
import Hummingbird
import Primitives

extension PublicRoutes {
    static let eventsPath = "/v1/events"
    static let eventType = "text/event-stream"

    /// What becomes final, as server-sent events.
    func addEvents(to table: inout RouteTable) {
        let names: Set = ["after", "kind", "account", "device"]
        table.take(names, at: PublicRoutes.eventsPath)
        table.get(PublicRoutes.eventsPath) { request, context in
            let asked = try AskedAddress(request, context, taking: names)
            let filter = EventFilter(
                kinds: try asked.value("kind", PublicRoutes.eventKinds, EventFilter.kinds(_:)),
                account: try asked.value("account", IDText.account, IDText.account(_:)),
                device: try asked.value("device", IDText.device, IDText.device(_:)))
            let place = try EventStart.place(asked, request, in: gateway.network.hash)
            let start = try await EventStart(behind: place, gateway: gateway)
            guard let seat = events.seat() else { throw Problem.tooManyListeners }
            let listener = EventListener(feed: events, filter: filter, start: start, seat: seat)
            return Response(
                status: .ok, headers: PublicRoutes.eventHeaders,
                body: ResponseBody { writer in
                    try await listener.run(&writer)
                    try await writer.finish(nil)
                })
        }
    }

    private static let eventKinds =
        "kinds of events with commas between: "
        + EventKind.allCases.map(\.rawValue).joined(separator: ", ")

    private static let eventHeaders: HTTPFields = {
        var fields: HTTPFields = [
            .contentType: eventType, .cacheControl: Answer.Lifetime.none.rawValue,
        ]
        // A proxy that collects answers would hold events back.
        if let name = HTTPField.Name("X-Accel-Buffering") { fields[name] = "no" }
        return fields
    }()
}

extension Problem {
    /// An id of a stream of events that another network's node gave.
    static func otherNetwork(_ name: String) -> Problem {
        let detail =
            "'\(name)' is an id of another network's events. Those of this one begin after B0."
        return Problem(
            status: .badRequest, code: "otherNetwork", title: "The id is of another network.",
            detail: detail, places: [Place(key: "parameter", value: name, detail: detail)])
    }

    static let tooManyListeners = Problem(
        status: .serviceUnavailable, code: "tooManyListeners",
        title: "As many listen to events already as this node has room for.",
        headers: [.retryAfter: "10"])
}
