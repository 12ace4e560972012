import Primitives
import Wire

extension CanonicalJSON {
    /// What a transaction caused: the event's name and its fields.
    init(_ event: ProtoEvent.OneOf_Event) {
        switch event {
        case .accountRegistered, .accountStatusChanged, .keyChanged, .delegationChanged,
            .profileCommitted:
            self = CanonicalJSON.accountEvent(event)
        case .authorityChangeMoved, .authorityJoined, .doubleVoteReported:
            self = CanonicalJSON.authorities(event)
        default:
            self = CanonicalJSON.otherEvent(event)
        }
    }

    private static func accountEvent(_ event: ProtoEvent.OneOf_Event) -> CanonicalJSON {
        switch event {
        case .accountRegistered(let value):
            [
                "name": "accountRegistered", "account": .account(value.account),
                "status": .word(value.status),
            ]
        case .accountStatusChanged(let value):
            [
                "name": "accountStatusChanged", "account": .account(value.account),
                "status": .word(value.status),
            ]
        case .keyChanged(let value):
            [
                "name": "keyChanged", "account": .account(value.account),
                "publicKey": .hex(value.publicKey), "roles": .roles(value.roles),
            ]
        case .delegationChanged(let value):
            [
                "name": "delegationChanged", "account": .account(value.account),
                "delegate": .account(value.delegate), "roles": .roles(value.roles),
            ]
        case .profileCommitted(let value):
            [
                "name": "profileCommitted", "account": .account(value.account),
                "device": .unlessZero(value.device) { .device($0) },
                "root": .hexOrNull(value.root),
            ]
        default: .null
        }
    }

    private static func otherEvent(_ event: ProtoEvent.OneOf_Event) -> CanonicalJSON {
        switch event {
        case .devicesRegistered(let value):
            [
                "name": "devicesRegistered", "first": .device(value.first),
                "count": .integer(Int64(value.count)),
            ]
        case .projectCreated(let value):
            [
                "name": "projectCreated", "project": .project(value.project),
                "owner": .account(value.owner), "country": .string(value.country),
            ]
        case .deviceChanged(let value):
            [
                "name": "deviceChanged", "device": .device(value.device),
                "effective": .time(value.effective), "status": .word(value.status),
            ]
        case .governanceChanged(let value):
            [
                "name": "governanceChanged",
                "country": value.country.isEmpty ? .null : .string(value.country),
                "effective": .time(value.effective), "cancelled": .boolean(value.cancelled),
            ]
        case .readsAccepted(let value):
            [
                "name": "readsAccepted", "readsRoot": .hex(value.readsRoot),
                "count": .integer(Int64(value.count)), "wattHours": .unsigned(value.wattHours),
                "deferred": .boolean(value.deferred),
            ]
        case .energyPlaced(let value):
            [
                "name": "energyPlaced", "placementsRoot": .hex(value.placementsRoot),
                "placementsCount": .integer(Int64(value.placementsCount)),
                "issues": .array(value.issues.map { CanonicalJSON($0) }),
                "evidence": .entry(plusOne: value.evidence),
            ]
        case .lotsMoved(let value):
            [
                "name": "lotsMoved", "action": .word(value.action),
                "consumed": .array(value.consumed.map { CanonicalJSON($0) }),
                "created": .array(value.created.map { CanonicalJSON($0) }),
            ]
        default: .null
        }
    }

    private init(_ issue: ProtoSeriesIssue) {
        var range = ProtoRange()
        range.project = issue.project
        range.vintage = issue.vintage
        range.first = issue.first
        range.last = issue.last
        self = [
            "series": .id(SeriesID(project: ProjectID(issue.project), vintage: issue.vintage)),
            "offsetWattHours": .unsigned(issue.offset),
            "wattHours": .unsigned(issue.length),
            "range": issue.first == 0 ? .null : CanonicalJSON(range),
            "owner": .account(issue.owner),
        ]
    }

    private init(_ lot: ProtoLotRecord) {
        self = [
            "range": CanonicalJSON(lot.range),
            "owner": .account(lot.owner),
            "status": .word(lot.status),
            "entry": .unsigned(lot.entry),
        ]
    }
}
