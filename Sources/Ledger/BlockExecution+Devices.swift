import Foundation
import Primitives
import Wire

extension BlockExecution {
    mutating func registerDevices(_ action: ProtoRegisterDevices, of id: AccountID) throws {
        let owner = try authorise(.devices, for: id)
        guard owner.kind.mayOwnDevices else { throw Refusal(.accountKindNotPermitted, "account") }
        guard (1...LedgerLimits.devicesPerTransaction).contains(action.devices.count) else {
            throw Refusal(
                .countInvalid, "devices", limit: UInt64(LedgerLimits.devicesPerTransaction))
        }
        let first = try take(\.nextDevice, count: UInt64(action.devices.count))
        var registered = ProtoDevicesRegistered()
        registered.first = first
        registered.count = UInt32(truncatingIfNeeded: action.devices.count)
        record(.devicesRegistered(registered))
        for (index, registration) in action.devices.enumerated() {
            do {
                try registerDevice(
                    registration, as: DeviceID(first + UInt64(index)), owner: id)
            } catch let refusal as Refusal {
                throw refusal.within("devices[\(index)]")
            }
        }
    }

    private mutating func registerDevice(
        _ registration: ProtoDeviceRegistration, as device: DeviceID, owner: AccountID
    ) throws {
        let details = registration.details
        try checkDetails(details)
        guard let hash = Digest(bytes: registration.externalIDHash) else {
            throw Refusal(.commitmentInvalid, "external_id_hash")
        }
        guard try state.value(for: .externalID(hash)) == nil else {
            throw Refusal(.externalIDInUse, "external_id_hash")
        }
        set(reference(to: device.rawValue), for: .externalID(hash))
        try claimMeter(details.meterHash, for: device)
        let country = try country(details.country, "details.country")
        try ensureDefaultProject(of: owner, in: country)

        var value = ProtoDeviceValue()
        value.owner = owner.rawValue
        value.details = details
        value.status = .active
        value.externalIDHash = registration.externalIDHash
        value.registered = context.time.rawValue
        value.entry = nextIndex.rawValue
        value.channel = transaction?.body.channel ?? .unspecified
        // The first revision begins with the device's life, so that history reads find it.
        set(value, for: .device(device, effective: details.commissioned))
    }

    mutating func updateDevice(_ action: ProtoUpdateDevice, of id: AccountID) throws {
        try authorise(.devices, for: id)
        let device = DeviceID(action.device)
        let (_, old) = try requireDevice(device, of: id, "device")
        let effective = action.effective == 0 ? context.time.rawValue : action.effective
        var value = old
        value.details = action.details
        guard action.details.country == old.details.country else {
            throw Refusal(.ownershipFixed, "details.country")
        }
        if action.details.commissioned != old.details.commissioned {
            guard try !hasReads(device) else {
                throw Refusal(.commissioningFixed, "details.commissioned")
            }
        }
        try checkDetails(action.details)
        guard action.details.meterHash == old.details.meterHash else {
            throw Refusal(.meterInUse, "details.meter_hash", "Hand the meter over instead.")
        }
        try addRevision(value, of: device, effective: effective)
    }

    mutating func closeDevice(_ action: ProtoCloseDevice, of id: AccountID) throws {
        try authorise(.devices, for: id)
        let device = DeviceID(action.device)
        var (_, value) = try requireDevice(device, of: id, "device")
        let effective = action.effective == 0 ? context.time.rawValue : action.effective
        // A device that closes later would keep its meter until then, and nothing would free it.
        guard effective <= context.time.rawValue else {
            throw Refusal(
                .effectiveDateInvalid, "effective", "Not after \(context.time).",
                limit: context.time.rawValue)
        }
        value.status = .closed
        try releaseMeter(value.details.meterHash)
        try addRevision(value, of: device, effective: effective)
    }

    mutating func handOverMeter(_ action: ProtoHandOverMeter, of id: AccountID) throws {
        try authorise(.devices, for: id)
        let device = DeviceID(action.device)
        var (_, value) = try requireDevice(device, of: id, "device")
        try checkCommitment(action.meterHash, "meter_hash")
        try checkMeterKey(action.meterKey, "meter_key")
        try releaseMeter(value.details.meterHash)
        try claimMeter(action.meterHash, for: device)
        value.details.meterHash = action.meterHash
        value.details.meterKey = action.meterKey
        // The new meter counts from its own zero: the next aggregate is a baseline again.
        if var baseline = try state.message(ProtoBaselineValue.self, for: .baseline(device)) {
            baseline.counter = 0
            baseline.counterAt = 0
            state.set(
                baseline.deltaEnd == 0 ? nil : baseline.canonicalBytes, for: .baseline(device))
        }
        try addRevision(value, of: device, effective: context.time.rawValue)
    }

    /// The device's last revision, if it belongs to the account and is not closed.
    func requireDevice(
        _ device: DeviceID, of owner: AccountID, _ field: String
    ) throws -> (effective: UInt64, value: ProtoDeviceValue) {
        guard let found = try state.lastRevision(of: device) else {
            throw Refusal(.deviceUnknown, field, "There is no device \(device).")
        }
        guard found.value.owner == owner.rawValue else {
            throw Refusal(.deviceForeign, field, "\(device) does not belong to \(owner).")
        }
        guard found.value.status == .active else { throw Refusal(.deviceClosed, field) }
        return found
    }

    /// Adds what holds of a device from a moment on (L1: never back over accepted reads).
    private mutating func addRevision(
        _ value: ProtoDeviceValue, of device: DeviceID, effective: UInt64
    ) throws {
        guard let last = try state.lastRevision(of: device) else {
            throw Refusal(.deviceUnknown, "device")
        }
        var value = value
        value.entry = nextIndex.rawValue
        if try !hasReads(device), value.details.commissioned != last.value.details.commissioned {
            // Nothing was measured yet, so the device's life simply begins at another date.
            guard last.effective == last.value.details.commissioned else {
                throw Refusal(.commissioningFixed, "details.commissioned")
            }
            state.set(nil, for: .device(device, effective: last.effective))
            set(value, for: .device(device, effective: value.details.commissioned))
            recordDevice(device, effective: value.details.commissioned, value.status)
            return
        }
        let earliest = max(
            try lastCoveredEnd(of: device)?.rawValue ?? 0,
            try checkedSum(last.effective, 1, "effective"))
        guard (earliest...Timestamp.maximum.rawValue).contains(effective) else {
            throw Refusal(
                .effectiveDateInvalid, "effective", "Not before \(Timestamp(earliest)).",
                limit: earliest)
        }
        set(value, for: .device(device, effective: effective))
        recordDevice(device, effective: effective, value.status)
    }

    private mutating func recordDevice(
        _ device: DeviceID, effective: UInt64, _ status: ProtoDeviceStatus
    ) {
        var event = ProtoDeviceChanged()
        event.device = device.rawValue
        event.effective = effective
        event.status = status
        record(.deviceChanged(event))
    }

    /// L1.
    private func checkDetails(_ details: ProtoDeviceDetails) throws {
        switch details.kind {
        case .unspecified, .UNRECOGNIZED: throw Refusal(.deviceKindInvalid, "details.kind")
        case .other:
            guard try signedByInitiative() else {
                throw Refusal(.deviceKindInvalid, "details.kind")
            }
        default: break
        }
        _ = try country(details.country, "details.country")
        guard details.fuelCode == 100 else { throw Refusal(.fuelNotSolar, "details.fuel_code") }
        guard [110, 120, 130, 140, 150].contains(details.typeCode) else {
            throw Refusal(.typeCodeInvalid, "details.type_code")
        }
        guard LedgerLimits.capacityWatts.contains(details.capacityWatts) else {
            throw Refusal(
                .capacityOutOfRange, "details.capacity_watts", "\(details.capacityWatts) W.",
                limit: LedgerLimits.capacityWatts.upperBound)
        }
        guard details.commissioned > 0, details.commissioned <= context.time.rawValue else {
            throw Refusal(.commissionedInFuture, "details.commissioned")
        }
        guard details.grid.isKnown, details.offTaker.isKnown, details.source.isKnown else {
            throw Refusal(.gridConnectionInvalid, "details.grid")
        }
        guard (-9_000...9_000).contains(details.latitudeE2),
            (-18_000...18_000).contains(details.longitudeE2)
        else { throw Refusal(.positionInvalid, "details.latitude_e2") }
        if details.kind == .solarHomeSystem || details.capacityWatts < 10_000 {
            guard details.latitudeE2.isMultiple(of: 50), details.longitudeE2.isMultiple(of: 50)
            else { throw Refusal(.positionTooExact, "details.latitude_e2") }
        }
        try checkCommitment(details.meterHash, "details.meter_hash")
        try checkCommitment(details.profileRoot, "details.profile_root")
        try checkMeterKey(details.meterKey, "details.meter_key")
    }

    private func checkMeterKey(_ key: Data, _ field: String) throws {
        guard key.isEmpty || PublicKey(bytes: key)?.isInPrimeOrderSubgroup == true else {
            throw Refusal(.meterKeyInvalid, field)
        }
    }

    /// Approving a kind of device is the initiative's own decision, so its admin key must sign.
    private func signedByInitiative() throws -> Bool {
        try (transaction?.signers ?? []).contains { signer in
            guard let key = try state.keyValue(signer.key) else { return false }
            return key.account == AccountID.initiative.rawValue && key.removedAt == 0
                && KeyRoles(rawValue: key.roles).contains(.admin)
        }
    }

    private mutating func claimMeter(_ bytes: Data, for device: DeviceID) throws {
        guard !bytes.isEmpty else { return }
        guard let hash = Digest(bytes: bytes) else {
            throw Refusal(.commitmentInvalid, "meter_hash")
        }
        guard try state.value(for: .meterSerial(hash)) == nil else {
            throw Refusal(.meterInUse, "meter_hash")
        }
        set(reference(to: device.rawValue), for: .meterSerial(hash))
    }

    private mutating func releaseMeter(_ bytes: Data) throws {
        guard let hash = Digest(bytes: bytes) else { return }
        state.set(nil, for: .meterSerial(hash))
    }

    /// An account gets a default project for each country in which it registers a device.
    private mutating func ensureDefaultProject(
        of owner: AccountID, in country: CountryCode
    ) throws {
        let key = StateKey.defaultProject(of: owner, in: country)
        guard try state.value(for: key) == nil else { return }
        let project = ProjectID(try take(\.nextProject))
        var value = ProtoProjectValue()
        value.owner = owner.rawValue
        value.country = country.description
        value.entry = nextIndex.rawValue
        value.kind = .default
        set(value, for: .project(project))
        set(reference(to: project.rawValue), for: key)
        var event = ProtoProjectCreated()
        event.project = project.rawValue
        event.owner = owner.rawValue
        event.country = country.description
        record(.projectCreated(event))
    }

    private func reference(to number: UInt64) -> ProtoReferenceValue {
        var value = ProtoReferenceValue()
        value.number = number
        return value
    }

    /// Whether any read of the device was accepted: a window, or a counter's baseline.
    func hasReads(_ device: DeviceID) throws -> Bool {
        if try lastCoveredEnd(of: device) != nil { return true }
        return try state.value(for: .baseline(device)) != nil
    }

    /// The end of the device's latest accepted window, or nil before the first.
    func lastCoveredEnd(of device: DeviceID) throws -> Timestamp? {
        let leaf = try state.last(
            atOrBefore: StateKey(.deviceMonth, device.rawValue, .max),
            downTo: StateKey(.deviceMonth, device.rawValue, 0))
        guard let leaf else { return nil }
        let value = try state.decode(ProtoDeviceMonthValue.self, leaf.value, leaf.key)
        let month = CivilMonth(ordinal: UInt32(truncatingIfNeeded: leaf.key.word1))
        return CoveredIntervals(value.covered).last.map {
            Timestamp(month.start.rawValue + UInt64($0.upperBound))
        }
    }
}

extension ProtoAccountKind {
    var mayOwnDevices: Bool {
        switch self {
        case .developer, .aggregator, .onSiteGenerator: true
        default: false
        }
    }
}

extension ProtoGridConnection {
    var isKnown: Bool {
        switch self {
        case .unspecified, .UNRECOGNIZED: false
        default: true
        }
    }
}

extension ProtoOffTaker {
    var isKnown: Bool {
        switch self {
        case .unspecified, .UNRECOGNIZED: false
        default: true
        }
    }
}

extension ProtoDataSource {
    var isKnown: Bool {
        switch self {
        case .unspecified, .UNRECOGNIZED: false
        default: true
        }
    }
}
