import Foundation
import Gateway
import Ledger
import Primitives
import Wire

/// What operators are told.
extension CanonicalJSON {
    init(_ status: OperationStatus) {
        self = [
            "agreement": status.agreement.map { CanonicalJSON($0) } ?? .null,
            "authorities": .array(status.authorities.map { CanonicalJSON($0) }),
            "lostViews": .array(status.lostViews.map { CanonicalJSON($0) }),
            "evidence": .array(
                status.evidence.map {
                    [
                        "authority": .string($0.authority), "seat": .integer(Int64($0.votes.seat)),
                        "fault": .string($0.votes.fault.rawValue),
                        "epoch": .unsigned($0.votes.epoch.rawValue),
                        "view": .unsigned($0.votes.view.rawValue),
                        "time": .time(milliseconds: $0.milliseconds),
                        "reportedByEntry": $0.reportedBy.map { .unsigned($0.rawValue) } ?? .null,
                        "votes": .hex($0.votes.report.canonicalBytes),
                    ]
                }),
            "finality": [
                "count": .integer(Int64(status.finality.count)),
                "medianMicroseconds": .microseconds(status.finality.medianMilliseconds),
                "p99Microseconds": .microseconds(status.finality.p99Milliseconds),
            ],
            "disk": [
                "chainBytes": .unsigned(status.disk.chainBytes),
                "freeBytes": status.disk.freeBytes.map { .unsigned($0) } ?? .null,
            ],
            "observers": .integer(Int64(status.observerCount)),
            "clockOffsetMilliseconds": status.clockOffsetMilliseconds.map { .integer($0) }
                ?? .null,
            "uptimeMilliseconds": .unsigned(status.uptimeMilliseconds),
            "webhooks": .array(status.webhooks.map { CanonicalJSON($0) }),
            "stalledBecause": status.stalledBecause.map { .string($0) } ?? .null,
        ]
    }

    private init(_ webhook: OperationStatus.Webhook) {
        self = [
            "id": .string(webhook.id), "host": .string(webhook.host),
            "place": webhook.place.map { .string($0) } ?? .null,
            "failures": .unsigned(webhook.failures),
            "lastFailure": webhook.lastFailure.map { .string($0) } ?? .null,
            "lastSuccess": webhook.lastSuccess.map { .time(milliseconds: $0) } ?? .null,
            "givenUpBecause": webhook.givenUpBecause.map { .string($0) } ?? .null,
        ]
    }

    private init(_ agreement: OperationStatus.Agreement) {
        self = [
            "epoch": .unsigned(agreement.epoch.rawValue),
            "view": .unsigned(agreement.view.rawValue),
            "leader": .integer(Int64(agreement.leader)),
            "own": agreement.ownIndex.map { .integer(Int64($0)) } ?? .null,
            "busy": .boolean(agreement.isBusy), "behind": .boolean(agreement.isBehind),
            "silentBecause": agreement.silentBecause.map { .string($0) } ?? .null,
        ]
    }

    private init(_ authority: OperationStatus.Authority) {
        self = [
            "name": .string(authority.name), "self": .boolean(authority.isSelf),
            "connected": .boolean(authority.isConnected),
            "address": authority.address.map { .string($0) } ?? .null,
            "lastVote": authority.lastVote.map {
                ["epoch": .unsigned($0.epoch.rawValue), "view": .unsigned($0.view.rawValue)]
            } ?? .null,
            "lastVoteTime": authority.lastVoteMilliseconds.map { .time(milliseconds: $0) } ?? .null,
            "silent": .boolean(authority.isSilent),
            "lastFailure": authority.lastFailure.map { .string($0) } ?? .null,
        ]
    }

    private init(_ lost: OperationStatus.LostView) {
        self = [
            "epoch": .unsigned(lost.epoch.rawValue), "view": .unsigned(lost.view.rawValue),
            "leader": .string(lost.leader), "reason": .string(lost.reason),
            "time": .time(milliseconds: lost.milliseconds),
        ]
    }

    /// Whole microseconds: the project's JSON has no fractions.
    private static func microseconds(_ milliseconds: Double?) -> CanonicalJSON {
        milliseconds.flatMap { Int64(exactly: ($0 * 1_000).rounded()) }.map { .integer($0) }
            ?? .null
    }
}
