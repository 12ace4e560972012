import Foundation
import Ledger
import Primitives
import Wire

/// What the rules made of a transaction: a sentence for each event of its receipt.
struct EventSentences {
    private var names: AccountNames

    init(names: AccountNames) { self.names = names }

    func list(_ events: [ProtoEvent]) async throws -> HTML {
        guard !events.isEmpty else { return "<p>Nothing.</p>\n" }
        var copy = self
        var items = HTML.empty
        for event in events { items += "<li>\(try await copy.sentence(event.event))</li>\n" }
        return "<ul>\n\(items)</ul>\n"
    }

    private mutating func sentence(_ event: ProtoEvent.OneOf_Event?) async throws -> HTML {
        switch event {
        case .devicesRegistered(let registered): devices(registered)
        case .projectCreated(let created):
            """
            Project \(HTML.link(ProjectID(created.project))) came into being for \
            \(try await names.link(AccountID(created.owner))) in \
            \(CountryNames.name(of: created.country)).
            """
        case .deviceChanged(let changed):
            """
            Device \(HTML.link(DeviceID(changed.device))) \
            \(changed.status == .closed ? "closes" : "changes") at \
            \(HTML.time(seconds: changed.effective)).
            """
        case .governanceChanged(let changed):
            """
            \(changed.country.isEmpty
                ? "Parameters" : "The yield of \(CountryNames.name(of: changed.country))") \
            for \(HTML.time(seconds: changed.effective)) \(changed.cancelled ? "cancelled" : "set").
            """
        case .readsAccepted(let accepted):
            """
            \(Words.count(UInt64(accepted.count), "read", "reads")) accepted, \
            \(Words.energy(accepted.wattHours))\(accepted.deferred ? ", to be minted later" : "").
            """
        case .authorityChangeMoved(let moved): AuthorityWords.sentence(moved)
        case .authorityJoined(let joined):
            """
            \(try await names.link(AccountID(joined.account))) showed that it holds the keys of \
            the authority \(HTML(user: joined.name)).
            """
        case .doubleVoteReported(let reported):
            """
            It is on record that the authority \(HTML(user: reported.name)) signed twice in epoch \
            \(grouped: reported.epoch), view \(grouped: reported.view).
            """
        case .energyPlaced(let placed): try await placement(placed)
        case .lotsMoved(let moved): try await lots(moved)
        default: try await accountSentence(event)
        }
    }

    private mutating func accountSentence(
        _ event: ProtoEvent.OneOf_Event?
    ) async throws -> HTML {
        switch event {
        case .accountRegistered(let registered):
            """
            \(try await names.link(AccountID(registered.account))) registered: \
            \(Words.badge(registered.status))
            """
        case .accountStatusChanged(let changed):
            """
            \(try await names.link(AccountID(changed.account))) is now \
            \(Words.badge(changed.status))
            """
        case .keyChanged(let changed):
            """
            Key \(HTML.code(Array(changed.publicKey).hex)) of \
            \(try await names.link(AccountID(changed.account))) \
            \(changed.roles == 0 ? "removed" : "may act as: \(Words.roles(changed.roles))").
            """
        case .delegationChanged(let changed):
            """
            \(try await names.link(AccountID(changed.delegate))) \
            \(changed.roles == 0
                ? "may no longer act" : "may act (\(Words.roles(changed.roles)))") \
            for \(try await names.link(AccountID(changed.account))).
            """
        case .profileCommitted(let committed):
            """
            A profile of \(committed.device == 0
                ? try await names.link(AccountID(committed.account))
                : HTML.link(DeviceID(committed.device))) \
            \(committed.root.isEmpty ? "withdrawn" : "committed to").
            """
        default: "Something that this version of the program does not know."
        }
    }

    private func devices(_ registered: ProtoDevicesRegistered) -> HTML {
        guard registered.count > 1 else {
            return "Device \(HTML.link(DeviceID(registered.first))) registered."
        }
        let last = registered.first &+ UInt64(registered.count) &- 1
        return """
            Devices \(HTML.link(DeviceID(registered.first))) to \(HTML.link(DeviceID(last))) \
            registered.
            """
    }

    private mutating func placement(_ placed: ProtoEnergyPlaced) async throws -> HTML {
        var parts: [HTML] = []
        for issue in placed.issues {
            let series = SeriesID(project: ProjectID(issue.project), vintage: issue.vintage)
            let range = DRECRange(
                series: series, first: DRECSerial(issue.first), last: DRECSerial(issue.last))
            var minted: HTML = "no D-REC was completed"
            if let range {
                minted = """
                    minted \(HTML.link(range)) for \(try await names.link(AccountID(issue.owner)))
                    """
            }
            parts.append(
                """
                \(Words.energy(issue.length)) placed on series \
                \(HTML.link("/projects/\(series.project)", HTML(series.description))); \(minted).
                """)
        }
        return HTML.lines(parts)
    }

    private mutating func lots(_ moved: ProtoLotsMoved) async throws -> HTML {
        var created: [HTML] = []
        for lot in moved.created {
            created.append(
                """
                \(HTML.link(lot.range)) \(Words.badge(lot.status)) of \
                \(try await names.link(AccountID(lot.owner)))
                """)
        }
        let consumed = moved.consumed.map { HTML.link($0.range) }
        return """
            \(consumed.joined(by: ", ")) became \(created.joined(by: ", ")).
            """
    }
}
