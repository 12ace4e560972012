import Primitives
import Wire

/// Accounts and devices: a leaf of today, and the entry that made it so.
extension LineageReplay {
    /// An account's leaf, and its registration unless the genesis document names it.
    mutating func prove(_ id: AccountID) throws(ProofFailure) {
        let leaf = try leaves.value(
            ProtoAccountValue.self, ProvenLeaves.Key(.account, id.rawValue))
        guard let leaf else { throw ProofFailure(.lineage, "no leaf of account \(id)") }
        statement.account = ProofStatement.Account(
            id: id, kind: ProofWords.account(leaf.kind), legalName: leaf.legalName,
            country: leaf.country, status: ProofWords.status(leaf.status))
        guard leaf.registeredAt > 0 else { return }
        let entry = try origin(leaf.registeredAt - 1)
        let registered: ProtoAccountRegistered? = entry.only {
            if case .accountRegistered(let event) = $0 { event } else { nil }
        }
        guard case .registerAccount(let action) = entry.body.action,
            registered?.account == id.rawValue, action.kind == leaf.kind,
            action.legalName.isSpelled(leaf.legalName), action.country.isSpelled(leaf.country),
            entry.body.account == leaf.sponsor
        else {
            throw ProofFailure(.lineage, "entry #\(entry.index) did not register \(id)")
        }
    }

    /// A revision of a device, and the entry that made it.
    mutating func prove(
        _ id: DeviceID, effective: Timestamp
    ) throws(ProofFailure) {
        let leaf = try leaves.value(
            ProtoDeviceValue.self,
            ProvenLeaves.Key(.device, id.rawValue, effective.rawValue))
        guard let leaf else { throw ProofFailure(.lineage, "no leaf of device \(id)") }
        statement.device = ProofStatement.Device(
            id: id, effective: effective, owner: AccountID(leaf.owner),
            kind: ProofWords.device(leaf.details.kind), country: leaf.details.country,
            capacity: Watts(leaf.details.capacityWatts),
            commissioned: Timestamp(leaf.details.commissioned),
            status: ProofWords.status(leaf.status))
        let entry = try origin(leaf.entry)
        guard entry.body.account == leaf.owner, made(leaf, id, entry) else {
            throw ProofFailure(.lineage, "entry #\(entry.index) did not make device \(id) so")
        }
    }

    private mutating func origin(_ index: UInt64) throws(ProofFailure) -> ProvenEntry {
        guard let entry = entries[index] else {
            throw ProofFailure(.lineage, "entry #\(index) is missing")
        }
        use(index)
        return entry
    }

    private func made(
        _ leaf: ProtoDeviceValue, _ id: DeviceID, _ entry: ProvenEntry
    ) -> Bool {
        switch entry.body.action {
        case .registerDevices(let action):
            let event: ProtoDevicesRegistered? = entry.only {
                if case .devicesRegistered(let event) = $0 { event } else { nil }
            }
            guard let event, Int(event.count) == action.devices.count,
                let place = Int(exactly: id.rawValue &- event.first),
                action.devices.indices.contains(place)
            else { return false }
            return action.devices[place].details.canonicalBytes == leaf.details.canonicalBytes
                && action.devices[place].externalIDHash == leaf.externalIDHash
        case .updateDevice(let action):
            return action.device == id.rawValue
                && action.details.canonicalBytes == leaf.details.canonicalBytes
        case .closeDevice(let action):
            return action.device == id.rawValue && leaf.status == .closed
        case .handOverMeter(let action):
            return action.device == id.rawValue
                && action.meterHash == leaf.details.meterHash
                && action.meterKey == leaf.details.meterKey
        case .commitProfile(let action):
            return action.device == id.rawValue && action.root == leaf.details.profileRoot
        default: return false
        }
    }
}
