import Ledger
import Primitives
import Wire

extension CanonicalJSON {
    init(_ record: AccountRecord) {
        let value = record.value
        self = [
            "id": .id(record.id),
            "kind": .word(value.kind),
            "legalName": value.legalName.isEmpty ? .null : .string(value.legalName),
            "country": .string(value.country),
            "status": .word(value.status),
            "sponsor": .unlessZero(value.sponsor) { .account($0) },
            "registeredByEntry": .entry(plusOne: value.registeredAt),
            "keys": .array(value.keys.map { .hex($0) }),
            "delegates": .array(value.delegates.map { .account($0) }),
            "takeoverKey": .hexOrNull(value.takeoverKey),
            "profileRoot": .hexOrNull(value.profileRoot),
            "channel": .word(value.channel),
        ]
    }

    init(_ record: KeyRecord) {
        let value = record.value
        self = [
            "publicKey": .string(record.key.hex),
            "account": .account(value.account),
            "roles": .roles(value.roles),
            "validFromEntry": .unsigned(value.addedAt),
            "validUntilEntry": .unlessZero(value.removedAt),
            "highestNonce": .unsigned(value.highestNonce),
        ]
    }

    /// - Parameter network: the network's hash, which the device's DID names.
    init(_ record: DeviceRecord, network: Digest) {
        let value = record.value
        self = CanonicalJSON(value.details).with([
            "id": .id(record.id),
            "did": .id(DeviceDID(record.id, network: network)),
            "owner": .account(value.owner),
            "status": .word(value.status),
            "effective": .id(record.effective),
            "registered": .time(value.registered),
            "entry": .unsigned(value.entry),
            "externalIdHash": .hexOrNull(value.externalIDHash),
            "channel": .word(value.channel),
            "wattHours": .unsigned(record.energy.rawValue),
            "readCount": .unsigned(record.readCount),
        ])
    }

    init(_ details: ProtoDeviceDetails) {
        self = [
            "kind": .word(details.kind),
            "country": .string(details.country),
            "fuelCode": .string("ES\(details.fuelCode)"),
            "typeCode": .string("TC\(details.typeCode)"),
            "capacityWatts": .unsigned(details.capacityWatts),
            "commissioned": .time(details.commissioned),
            "gridConnection": .word(details.grid),
            "offTaker": .word(details.offTaker),
            "dataSource": .word(details.source),
            "latitudeHundredths": .integer(Int64(details.latitudeE2)),
            "longitudeHundredths": .integer(Int64(details.longitudeE2)),
            "meterHash": .hexOrNull(details.meterHash),
            "meterKey": .hexOrNull(details.meterKey),
            "profileRoot": .hexOrNull(details.profileRoot),
        ]
    }

    init(_ record: DeviceMonthRecord) {
        self = [
            "month": .month(record.month),
            "wattHours": .unsigned(record.days.reduce(0, &+)),
            "dayWattHours": .array(record.days.map { .unsigned($0) }),
            "dayLimitWattHours": .unsigned(record.dayLimit),
            "monthLimitWattHours": .unsigned(record.monthLimit),
        ]
    }

    /// - Parameter network: the network's hash, which the claim's names cover.
    init(_ record: ReadRecord, network: Digest) {
        self = CanonicalJSON(claimOf: record.window, network: network).with([
            "device": .id(record.window.device),
            "start": .id(record.window.start),
            "end": .id(record.window.end),
            "wattHours": .unsigned(record.window.energy.rawValue),
            "kind": .word(record.window.kind),
            "entry": .unsigned(record.entry.rawValue),
            "row": .integer(Int64(record.row)),
        ])
    }

    /// The names of a read's claim, which anybody can compute from its other members.
    init(claimOf window: ReadWindow, network: Digest) {
        self = [
            "evidenceHash": .id(window.evidenceHash(network: network)),
            "claimId": .id(window.claimID(network: network)),
            "methodId": .string(window.methodID),
        ]
    }
}
