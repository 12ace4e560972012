package import API
package import Primitives

/// How far one target has been told, and what came of it; kept in a file of its own.
package struct WebhookState: Equatable, Sendable {
    /// All up to this place was taken by the target, or it does not want it.
    package var place: EventPlace?
    /// Attempts that failed since the last one that did not.
    package var failures: UInt64 = 0
    /// When the first of them failed, in milliseconds since 1970.
    package var failingSince: UInt64?
    package var lastFailure: String?
    /// When the target last took something, in milliseconds since 1970.
    package var lastSuccess: UInt64?
    /// Why nothing is sent any more; nil while it is.
    package var givenUpBecause: String?
    /// Of the target, when this was written.
    package var resumed: UInt64 = 0

    package init() {}

    package var json: CanonicalJSON {
        [
            "place": place.map { .string($0.text) } ?? .null,
            "failures": .unsigned(failures),
            "failingSince": failingSince.map { .unsigned($0) } ?? .null,
            "lastFailure": lastFailure.map { .string($0) } ?? .null,
            "lastSuccess": lastSuccess.map { .unsigned($0) } ?? .null,
            "givenUpBecause": givenUpBecause.map { .string($0) } ?? .null,
            "resumed": .unsigned(resumed),
        ]
    }

    /// Nil for what ``json`` never is.
    package init?(_ json: CanonicalJSON) {
        guard let members = json.object, members.count == 7, let place = members["place"],
            let failures = members["failures"]?.unsigned,
            let resumed = members["resumed"]?.unsigned
        else { return nil }
        if place != .null {
            guard let read = place.string.flatMap({ EventPlace($0) }) else { return nil }
            self.place = read
        }
        self.failures = failures
        self.resumed = resumed
        failingSince = members["failingSince"]?.unsigned
        lastFailure = members["lastFailure"]?.string
        lastSuccess = members["lastSuccess"]?.unsigned
        givenUpBecause = members["givenUpBecause"]?.string
    }

    /// Begins anew with a target whose operator said so.
    mutating func resume(_ target: WebhookTarget) {
        guard target.resumed > resumed else { return }
        resumed = target.resumed
        (failures, failingSince, givenUpBecause) = (0, nil, nil)
    }
}
