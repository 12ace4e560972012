import Foundation
import Merkle
package import Primitives
import Wire

/// One refused row of a dry run.
package struct RowRefusal: Equatable, Sendable {
    package let row: Int
    package let refusal: Refusal
}

extension BlockExecution {
    mutating func submitReads(_ action: ProtoSubmitReads, of id: AccountID) throws {
        let account = try authorise(.metering, for: id)
        guard account.kind.mayOwnDevices else { throw Refusal(.accountKindNotPermitted, "account") }
        guard let transaction else { return }
        var intake = ReadIntake(
            owner: id, network: context.network, explicitWindowsOnly: action.deferMint)
        for (index, row) in transaction.reads.enumerated() {
            do {
                try accept(row, into: &intake)
            } catch let refusal as Refusal {
                throw refusal.within("reads[\(index)]")
            }
        }
        write(intake)
        windows = intake.windows
        var accepted = ProtoReadsAccepted()
        accepted.readsRoot = transaction.body.readsRoot
        accepted.count = transaction.body.readsCount
        accepted.wattHours = try totalEnergy(of: windows)
        accepted.deferred = action.deferMint
        record(.readsAccepted(accepted))
        if action.deferMint {
            var evidence = ProtoEvidenceValue()
            evidence.readsRoot = transaction.body.readsRoot
            evidence.count = transaction.body.readsCount
            evidence.account = id.rawValue
            set(evidence, for: .evidence(nextIndex))
        } else {
            try place(windows, owner: id, evidence: nil)
        }
    }

    private func totalEnergy(of windows: [ReadWindow]) throws -> UInt64 {
        try windows.reduce(0) { try checkedSum($0, $1.energy.rawValue, "reads") }
    }

    /// Which rows of a submission the rules would refuse if the refused ones were left out (L9).
    ///
    /// Nothing changes; the account's authority is checked as for the submission itself.
    ///
    /// - Throws: a refusal of the whole submission; whatever the state's reader throws.
    package mutating func dryRun(reads: [ReadRow], of id: AccountID) throws -> [RowRefusal] {
        _ = try requireActiveAccount(id, "account")
        var intake = ReadIntake(owner: id, network: context.network, explicitWindowsOnly: false)
        var refusals: [RowRefusal] = []
        for (index, row) in reads.enumerated() {
            do {
                try accept(row, into: &intake)
            } catch let refusal as Refusal {
                refusals.append(RowRefusal(row: index, refusal: refusal))
            }
        }
        return refusals
    }

    // MARK: One row (L2, L3, L4)

    /// Checks a row and adds it to the intake; a refused row leaves the intake as it was.
    private mutating func accept(_ row: ReadRow, into intake: inout ReadIntake) throws {
        let window = try resolve(row, intake: &intake)
        let device = try deviceInForce(for: window, intake: &intake)
        try checkMeterSignature(of: row, device: device, intake: intake)
        guard window.start < window.end else {
            // Only a baseline has no window of its own.
            intake.accept(window, parts: [], counter: row.energy)
            return
        }
        let parts = try shares(of: window, device: device, intake: &intake)
        intake.accept(
            window, parts: parts, counter: row.kind == .aggregate ? row.energy : nil)
    }

    /// The window and energy that a row stands for (L2).
    private mutating func resolve(_ row: ReadRow, intake: inout ReadIntake) throws -> ReadWindow {
        let device = try intakeDevice(row.device, intake: &intake)
        let registered = Timestamp(device.value.registered)
        let now = context.time
        guard row.end <= now else {
            throw Refusal(.windowInFuture, "end", "The block's time is \(now).", limit: now.rawValue)
        }
        var start = row.start
        var energy = row.energy
        switch row.kind {
        case .history:
            guard start < row.end else { throw Refusal(.windowEmpty, "end") }
            guard start < registered else {
                throw Refusal(.notHistory, "start", "Registered \(registered).")
            }
            let limit = context.parameters.historyLimitSeconds
            let earliest = registered.rawValue - min(registered.rawValue, limit)
            guard start.rawValue >= earliest else {
                throw Refusal(
                    .historyTooOld, "start", "Not before \(Timestamp(earliest)).", limit: earliest)
            }
        case .delta:
            if start.rawValue == 0 {
                guard !intake.explicitWindowsOnly else {
                    throw Refusal(.deferredWindowOpen, "start")
                }
                guard device.baseline.deltaEnd != 0 else { throw Refusal(.startMissing, "start") }
                start = Timestamp(device.baseline.deltaEnd)
            }
            guard start < row.end else { throw Refusal(.windowEmpty, "end") }
            guard start >= registered else {
                throw Refusal(.notDelta, "start", "Registered \(registered).")
            }
        case .aggregate:
            guard !intake.explicitWindowsOnly else { throw Refusal(.deferredWindowOpen, "kind") }
            guard start.rawValue == 0 else {
                throw Refusal(.windowEmpty, "start", "An aggregate has only the counter's moment.")
            }
            (start, energy) = try resolveAggregate(row, device: device)
        default:
            throw Refusal(.readKindInvalid, "kind")
        }
        guard row.end.rawValue - min(start.rawValue, row.end.rawValue)
            <= LedgerLimits.windowSeconds
        else { throw Refusal(.windowTooLong, "end", limit: LedgerLimits.windowSeconds) }
        return ReadWindow(
            device: row.device, start: start, end: row.end, energy: energy, kind: row.kind)
    }

    /// `counter − previous` over `[previous at, at)`; the first one is the baseline and has no energy.
    private func resolveAggregate(
        _ row: ReadRow, device: ReadIntake.Device
    ) throws -> (Timestamp, WattHours) {
        guard row.end.rawValue > 0 else { throw Refusal(.windowEmpty, "end") }
        let baseline = device.baseline
        guard baseline.counterAt != 0 else { return (row.end, .zero) }
        guard row.end.rawValue > baseline.counterAt else {
            throw Refusal(
                .counterNotLater, "end", "The last one is of \(Timestamp(baseline.counterAt)).",
                limit: baseline.counterAt)
        }
        guard row.energy.rawValue >= baseline.counter else {
            throw Refusal(
                .counterLower, "watt_hours", "The last one is \(baseline.counter) Wh.",
                limit: baseline.counter, excess: baseline.counter - row.energy.rawValue)
        }
        return (
            Timestamp(baseline.counterAt), WattHours(row.energy.rawValue - baseline.counter)
        )
    }

    /// The revision that holds for the whole window (L2).
    private mutating func deviceInForce(
        for window: ReadWindow, intake: inout ReadIntake
    ) throws -> ProtoDeviceValue {
        let device = try intakeDevice(window.device, intake: &intake)
        let commissioned = Timestamp(device.value.details.commissioned)
        guard window.start >= commissioned else {
            throw Refusal(.beforeCommissioning, "start", "Commissioned \(commissioned).")
        }
        var revision = device.value
        // Nearly every device has one revision, which then holds for every window.
        if device.firstEffective != device.lastEffective {
            let lastSecond = Timestamp(max(window.start.rawValue, window.end.rawValue - 1))
            guard let atStart = try state.device(window.device, at: window.start),
                let atEnd = try state.device(window.device, at: lastSecond)
            else { throw Refusal(.beforeCommissioning, "start") }
            guard
                atStart.effective == atEnd.effective
                    || atStart.value.details.capacityWatts == atEnd.value.details.capacityWatts
                        && atStart.value.status == atEnd.value.status
            else {
                throw Refusal(
                    .windowStraddlesChange, "start", "Changed \(Timestamp(atEnd.effective)).")
            }
            revision = atStart.value
        }
        guard revision.status == .active else { throw Refusal(.deviceClosed, "device") }
        return revision
    }

    private func checkMeterSignature(
        of row: ReadRow, device: ProtoDeviceValue, intake: ReadIntake
    ) throws {
        guard let signature = row.meterSignature else { return }
        var signed = intake.network.bytes
        row.appendSignedPart(to: &signed)
        guard let key = PublicKey(bytes: device.details.meterKey),
            key.verifies(signature, .read, signed)
        else { throw Refusal(.meterSignatureInvalid, "meter_signature") }
    }

    private mutating func intakeDevice(
        _ id: DeviceID, intake: inout ReadIntake
    ) throws -> ReadIntake.Device {
        if let known = intake.devices[id] { return known }
        guard
            let first = try state.first(
                atOrAfter: .device(id, effective: 0), upTo: .device(id, effective: .max)),
            let last = try state.lastRevision(of: id)
        else { throw Refusal(.deviceUnknown, "device", "There is no device \(id).") }
        guard last.value.owner == intake.owner.rawValue else {
            throw Refusal(.deviceForeign, "device", "\(id) does not belong to \(intake.owner).")
        }
        let device = ReadIntake.Device(
            value: try state.decode(ProtoDeviceValue.self, first.value, first.key),
            firstEffective: first.key.word1, lastEffective: last.effective,
            baseline: try state.message(ProtoBaselineValue.self, for: .baseline(id)) ?? .init())
        intake.devices[id] = device
        return device
    }
}
