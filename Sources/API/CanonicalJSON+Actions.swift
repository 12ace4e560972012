import Primitives
import Wire

extension CanonicalJSON {
    /// What a transaction asks for: its name and its fields, in the terms of the interface.
    init(_ action: ProtoTransactionBody.OneOf_Action) {
        switch action {
        case .setParameters, .setYield, .approveAccount, .suspendAccount, .cancelPending:
            self = CanonicalJSON.governance(action)
        case .proposeAuthorityChange, .approveAuthorityChange, .withdrawAuthorityChange,
            .joinAuthorities, .reportDoubleVote:
            self = CanonicalJSON.authorities(action)
        case .registerAccount, .changeKeys, .changeDelegation, .takeOver, .commitProfile:
            self = CanonicalJSON.registration(action)
        case .registerDevices, .updateDevice, .closeDevice, .handOverMeter:
            self = CanonicalJSON.devices(action)
        case .submitReads, .mint, .trade, .redeem, .retire:
            self = CanonicalJSON.certificates(action)
        }
    }

    private static func governance(_ action: ProtoTransactionBody.OneOf_Action) -> CanonicalJSON {
        switch action {
        case .setParameters(let value):
            [
                "name": "setParameters", "effective": .time(value.effective),
                "parameters": CanonicalJSON(value.parameters),
            ]
        case .setYield(let value):
            CanonicalJSON(value.yield).with([
                "name": "setYield", "country": .string(value.country),
                "effective": .time(value.effective),
            ])
        case .approveAccount(let value):
            ["name": "approveAccount", "account": .account(value.account)]
        case .suspendAccount(let value):
            ["name": "suspendAccount", "account": .account(value.account)]
        case .cancelPending(let value):
            [
                "name": "cancelPending",
                "country": value.country.isEmpty ? .null : .string(value.country),
                "effective": .time(value.effective),
            ]
        default: .null
        }
    }

    private static func registration(_ action: ProtoTransactionBody.OneOf_Action) -> CanonicalJSON {
        switch action {
        case .registerAccount(let value):
            [
                "name": "registerAccount", "kind": .word(value.kind),
                "legalName": value.legalName.isEmpty ? .null : .string(value.legalName),
                "country": .string(value.country), "keys": grants(value.keys),
                "delegate": .unlessZero(value.delegate) { .account($0) },
                "delegateRoles": .roles(value.delegateRoles),
                "takeoverKey": .hexOrNull(value.takeoverKey),
                "profileRoot": .hexOrNull(value.profileRoot),
            ]
        case .changeKeys(let value):
            [
                "name": "changeKeys", "add": grants(value.add),
                "remove": .array(value.remove.map { .hex($0) }),
            ]
        case .changeDelegation(let value):
            [
                "name": "changeDelegation", "delegate": .account(value.delegate),
                "roles": .roles(value.roles),
            ]
        case .takeOver(let value):
            [
                "name": "takeOver", "keys": grants(value.keys),
                "takeoverKey": .hexOrNull(value.takeoverKey),
            ]
        case .commitProfile(let value):
            [
                "name": "commitProfile", "device": .unlessZero(value.device) { .device($0) },
                "root": .hexOrNull(value.root),
            ]
        default: .null
        }
    }

    private static func devices(_ action: ProtoTransactionBody.OneOf_Action) -> CanonicalJSON {
        switch action {
        case .registerDevices(let value):
            let devices = value.devices.map { device in
                CanonicalJSON(device.details)
                    .with(["externalIdHash": .hexOrNull(device.externalIDHash)])
            }
            return ["name": "registerDevices", "devices": .array(devices)]
        case .updateDevice(let value):
            return [
                "name": "updateDevice", "device": .device(value.device),
                "effective": .time(value.effective), "details": CanonicalJSON(value.details),
            ]
        case .closeDevice(let value):
            return [
                "name": "closeDevice", "device": .device(value.device),
                "effective": .time(value.effective),
            ]
        case .handOverMeter(let value):
            return [
                "name": "handOverMeter", "device": .device(value.device),
                "meterHash": .hexOrNull(value.meterHash),
                "meterKey": .hexOrNull(value.meterKey),
            ]
        default: return .null
        }
    }

    private static func certificates(_ action: ProtoTransactionBody.OneOf_Action) -> CanonicalJSON {
        switch action {
        case .submitReads(let value):
            return ["name": "submitReads", "deferMint": .boolean(value.deferMint)]
        case .mint(let value):
            return ["name": "mint", "evidence": .unsigned(value.evidence)]
        case .trade(let value):
            return [
                "name": "trade", "ranges": ranges(value.ranges), "to": .account(value.to),
            ]
        case .redeem(let value):
            return [
                "name": "redeem", "ranges": ranges(value.ranges),
                "beneficiary": .string(value.beneficiary), "location": .string(value.location),
                "purpose": .string(value.purpose), "periodStart": .time(value.periodStart),
                "periodEnd": .time(value.periodEnd),
            ]
        case .retire(let value):
            return [
                "name": "retire", "ranges": ranges(value.ranges), "reason": .word(value.reason),
            ]
        default: return .null
        }
    }

    private static func ranges(_ ranges: [ProtoRange]) -> CanonicalJSON {
        .array(ranges.map { CanonicalJSON($0) })
    }

    private static func grants(_ grants: [ProtoKeyGrant]) -> CanonicalJSON {
        .array(grants.map { ["publicKey": .hex($0.publicKey), "roles": .roles($0.roles)] })
    }

    init(_ parameters: ProtoParameters) {
        self = [
            "minimumDelaySeconds": .unsigned(parameters.minimumDelaySeconds),
            "historyLimitSeconds": .unsigned(parameters.historyLimitSeconds),
            "windowFactorPPM": .unsigned(parameters.windowFactorPpm),
            "dayFactorPPM": .unsigned(parameters.dayFactorPpm),
            "monthFactorPPM": .unsigned(parameters.monthFactorPpm),
            "degradationPPB": .unsigned(parameters.degradationPpb),
            "scalerPPM": .unsigned(parameters.scalerPpm),
            "defaultYieldKilowattHoursPerKilowattPeak":
                .unsigned(parameters.defaultYieldKwhPerKwp),
            "blockSignatures": .unsigned(parameters.blockSignatures),
            "blockLeaves": .unsigned(parameters.blockLeaves),
            "blockLots": .unsigned(parameters.blockLots),
            "blockReads": .unsigned(parameters.blockReads),
            "minimumBlockIntervalMilliseconds":
                .unsigned(parameters.minimumBlockIntervalMilliseconds),
            "heartbeatMilliseconds": .unsigned(parameters.heartbeatMilliseconds),
        ]
    }
}
