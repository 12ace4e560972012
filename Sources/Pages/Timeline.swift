import Ledger
import Primitives
import Wire

/// What happened to some D-RECs, in the order of time.
///
/// Times are in UTC; where a script may run, the reader's own time is added to each.
struct Timeline {
    /// Events that are told; beyond, the first and the last ones.
    static let maximumEvents = 40

    /// What one entry did for one owner, and to how much.
    private struct Event {
        let step: ProvenanceStep
        var count: UInt64
    }

    private let records: [ProvenanceRecord]
    private let events: [Event]

    init(_ records: [ProvenanceRecord]) {
        self.records = records
        var events: [Event] = []
        let steps = records.flatMap(\.steps).sorted {
            ($0.entry, $0.to, $0.range) < ($1.entry, $1.to, $1.range)
        }
        for step in steps {
            if let last = events.last, last.step.entry == step.entry, last.step.to == step.to,
                last.step.kind == step.kind, last.step.from == step.from
            {
                events[events.count - 1].count += step.range.count
            } else {
                events.append(Event(step: step, count: step.range.count))
            }
        }
        self.events = events
    }

    /// Nothing where neither reads nor steps are known.
    func list(names: inout AccountNames) async throws -> HTML {
        var items = generation
        let half = Timeline.maximumEvents / 2
        for (index, event) in events.enumerated() {
            let isLeftOut = index >= half && index < events.count - half
            if isLeftOut, events.count > Timeline.maximumEvents {
                if index == half {
                    let rest = events.count - Timeline.maximumEvents
                    items += "<li>and \(grouped: UInt64(rest)) more events</li>\n"
                }
                continue
            }
            items += try await item(event, &names)
        }
        guard !items.isEmpty else { return .empty }
        return "<ol class=\"timeline\">\n\(items)</ol>\n"
    }

    /// When the energy was generated.
    private var generation: HTML {
        let sources = records.flatMap(\.sources)
        guard let start = sources.map(\.read.start).min(), let end = sources.map(\.read.end).max()
        else { return .empty }
        let energy = sources.reduce(UInt64(0)) { $0 + $1.share.rawValue }
        let devices = UInt64(Set(sources.map(\.device)).count)
        return """
            <li>\(HTML.time(start)) <span>to \(HTML.time(end)): \
            <strong>Generated</strong>, \(Words.energy(energy)) by \
            \(Words.count(devices, "device", "devices"))</span></li>

            """
    }

    private func item(_ event: Event, _ names: inout AccountNames) async throws -> HTML {
        let step = event.step
        let owner = try await names.link(step.to)
        var from = HTML.empty
        if let account = step.from { from = " by \(try await names.link(account))" }
        let who: HTML =
            switch step.kind {
            case .mint: " for \(owner)"
            case .trade: "\(from) to \(owner)"
            case .redeem, .retire: " by \(owner)"
            }
        return """
            <li>\(HTML.time(step.time)) <span><strong>\(Words.name(step.kind))</strong>\(who), \
            \(Words.energy(event.count * WattHours.perDREC)), \
            \(HTML.link(entry: step.entry))</span></li>

            """
    }
}
