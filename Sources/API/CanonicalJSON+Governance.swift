import Ledger
import Primitives
import Wire

extension CanonicalJSON {
    init(_ record: ParametersRecord) {
        self = [
            "effective": .id(record.effective),
            "status": .string(record.status.rawValue),
            "parameters": CanonicalJSON(record.value),
        ]
    }

    init(_ record: YieldRecord) {
        self = CanonicalJSON(record.value).with([
            "country": .id(record.position.country),
            "effective": .id(record.position.effective),
            "status": .string(record.status.rawValue),
        ])
    }

    init(_ yield: ProtoYield) {
        self = [
            "kilowattHoursPerKilowattPeak": .unsigned(yield.kwhPerKwp),
            "monthFactorsPPM": .array(yield.monthFactorsPpm.map { .unsigned($0) }),
            "source": .string(yield.source),
        ]
    }

    init(_ record: DelegationRecord) {
        let value = record.value
        self = [
            "delegate": .id(record.delegate),
            "roles": .roles(value.roles),
            "validFromEntry": .unsigned(value.addedAt),
            "validUntilEntry": .unlessZero(value.removedAt),
        ]
    }

    init(_ record: EvidenceRecord) {
        let value = record.value
        self = [
            "entry": .unsigned(record.entry.rawValue),
            "account": .account(value.account),
            "readsRoot": .hex(value.readsRoot),
            "readsCount": .integer(Int64(value.count)),
            "mintedByEntry": .entry(plusOne: value.mintedAt),
        ]
    }
}
