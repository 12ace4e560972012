import Foundation
import Ledger
import Primitives
import Wire

/// What a transaction asks for, as names and values.
struct ActionDetails {
    var names: AccountNames

    func facts(_ action: ProtoTransactionBody.OneOf_Action?) async throws -> HTML {
        var copy = self
        let pairs = try await copy.pairs(action)
        return pairs.isEmpty ? "<p>Nothing more than its name says.</p>\n" : HTML.facts(pairs)
    }

    private mutating func pairs(
        _ action: ProtoTransactionBody.OneOf_Action?
    ) async throws -> [(name: HTML, value: HTML)] {
        switch action {
        case .trade(let trade):
            [
                ("D-RECs", ranges(trade.ranges)),
                ("To", try await names.link(AccountID(trade.to))),
            ]
        case .redeem(let redeem): redeemPairs(redeem)
        case .retire(let retire):
            [
                ("D-RECs", ranges(retire.ranges)),
                ("Reason", HTML(Words.name(retire.reason))),
            ]
        case .mint(let mint): [("Evidence", HTML.link(entry: LogIndex(mint.evidence)))]
        case .submitReads(let submit):
            [("Mint", submit.deferMint ? "Later, by another transaction" : "At once")]
        case .registerDevices(let register):
            [("Devices", HTML(Words.grouped(UInt64(register.devices.count))))]
        case .updateDevice(let update): device(update.device, update.effective)
        case .closeDevice(let close): device(close.device, close.effective)
        case .handOverMeter(let handover): [("Device", HTML.link(DeviceID(handover.device)))]
        case .setYield, .setParameters, .cancelPending: governancePairs(action)
        case .proposeAuthorityChange, .approveAuthorityChange, .withdrawAuthorityChange,
            .joinAuthorities, .reportDoubleVote:
            try await authorityPairs(action)
        default: try await accountPairs(action)
        }
    }

    private func redeemPairs(_ redeem: ProtoRedeem) -> [(name: HTML, value: HTML)] {
        [
            ("D-RECs", ranges(redeem.ranges)),
            ("Beneficiary", HTML(user: redeem.beneficiary)),
            ("Place", HTML(CountryNames.name(of: redeem.location))),
            ("Purpose", HTML(user: redeem.purpose)),
            (
                "Period",
                HTML.window(Timestamp(redeem.periodStart), Timestamp(redeem.periodEnd))
            ),
        ]
    }

    private mutating func accountPairs(
        _ action: ProtoTransactionBody.OneOf_Action?
    ) async throws -> [(name: HTML, value: HTML)] {
        switch action {
        case .registerAccount(let register):
            [
                ("Kind", HTML(Words.name(register.kind))),
                (
                    "Legal name",
                    register.legalName.isEmpty
                        ? "None (individual)" : HTML(user: register.legalName)
                ),
                ("Country", HTML(CountryNames.name(of: register.country))),
                ("Keys", keys(register.keys)),
            ]
        case .approveAccount(let approve):
            [("Account", try await names.link(AccountID(approve.account)))]
        case .suspendAccount(let suspend):
            [("Account", try await names.link(AccountID(suspend.account)))]
        case .changeKeys(let change):
            [
                ("Added", keys(change.add)),
                (
                    "Removed",
                    change.remove.map { HTML.code(Array($0).hex) }.joined(by: "<br>\n")
                ),
            ]
        case .changeDelegation(let change):
            [
                ("Delegate", try await names.link(AccountID(change.delegate))),
                ("Roles", change.roles == 0 ? "None any more" : HTML(Words.roles(change.roles))),
            ]
        case .takeOver(let takeover): [("New keys", keys(takeover.keys))]
        case .commitProfile(let commit):
            [
                ("About", commit.device == 0 ? "The account" : HTML.link(DeviceID(commit.device))),
                ("Root", commit.root.isEmpty ? "Withdrawn" : HTML.code(Array(commit.root).hex)),
            ]
        default: []
        }
    }

    private func governancePairs(
        _ action: ProtoTransactionBody.OneOf_Action?
    ) -> [(name: HTML, value: HTML)] {
        switch action {
        case .setYield(let set):
            [
                ("Country", HTML(CountryNames.name(of: set.country))),
                ("Yield", "\(grouped: set.yield.kwhPerKwp) kWh/kWp a year"),
                ("Source", HTML(user: set.yield.source)),
                ("In force from", HTML.time(seconds: set.effective)),
            ]
        case .setParameters(let set): [("In force from", HTML.time(seconds: set.effective))]
        case .cancelPending(let cancel):
            [
                (
                    "Cancelled",
                    cancel.country.isEmpty
                        ? "Parameters" : "The yield of \(CountryNames.name(of: cancel.country))"
                ),
                ("That was for", HTML.time(seconds: cancel.effective)),
            ]
        default: []
        }
    }

    private func device(_ id: UInt64, _ effective: UInt64) -> [(name: HTML, value: HTML)] {
        [
            ("Device", HTML.link(DeviceID(id))),
            ("In force from", HTML.time(seconds: effective)),
        ]
    }

    private func ranges(_ ranges: [ProtoRange]) -> HTML {
        ranges.map { HTML.link($0) }.joined(by: "<br>\n")
    }

    private func keys(_ grants: [ProtoKeyGrant]) -> HTML {
        grants.map { grant in
            "\(HTML.code(Array(grant.publicKey).hex)) (\(Words.roles(grant.roles)))"
        }.joined(by: "<br>\n")
    }
}
