import Foundation
import Merkle
package import Primitives
import Wire

/// One refused row of a dry run.
package struct RowRefusal: Equatable, Sendable {
    package let row: Int
    package let refusal: Refusal

    package init(row: Int, refusal: Refusal) {
        self.row = row
        self.refusal = refusal
    }
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
    /// Nothing changes. Who asks is not known, so only the account is checked, no signer.
    ///
    /// - Throws: a refusal of the whole submission; whatever the state's reader throws.
    package mutating func dryRun(reads: [ReadRow], of id: AccountID) throws -> [RowRefusal] {
        let account = try requireActiveAccount(id, "account")
        guard account.kind.mayOwnDevices else { throw Refusal(.accountKindNotPermitted, "account") }
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
        let device = try intakeDevice(row.device, intake: &intake)
        let window = try resolve(row, device: device, intake: intake)
        let revision = try revisionInForce(for: window, device: device)
        try checkMeterSignature(of: row, device: revision, intake: intake)
        guard window.start < window.end else {
            // Only a baseline has no window of its own.
            intake.accept(window, of: device, parts: [], counter: row.energy)
            return
        }
        let parts = try shares(of: window, device: device, revision: revision, intake: &intake)
        intake.accept(
            window, of: device, parts: parts,
            counter: row.kind == .aggregate ? row.energy : nil)
    }

    /// The window and energy that a row stands for (L2).
    private func resolve(
        _ row: ReadRow, device: ReadIntake.Device, intake: ReadIntake
    ) throws -> ReadWindow {
        let registered = Timestamp(device.value.registered)
        let now = context.time
        guard row.end <= now else {
            throw Refusal(
                .windowInFuture, "end", "The block's time is \(now).", limit: now.rawValue)
        }
        var start = row.start
        var energy = row.energy
        switch row.kind {
        case .history:
            guard start < row.end else { throw Refusal(.windowEmpty, "end") }
            guard start < registered else {
                throw Refusal(.notHistory, "start", "Registered \(registered).")
            }
            try checkHistoryLimit(start, registered: registered, "start")
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
            try checkHistoryLimit(start, registered: registered, "end")
        default:
            throw Refusal(.readKindInvalid, "kind")
        }
        guard
            row.end.rawValue - min(start.rawValue, row.end.rawValue)
                <= LedgerLimits.windowSeconds
        else { throw Refusal(.windowTooLong, "end", limit: LedgerLimits.windowSeconds) }
        return ReadWindow(
            device: row.device, start: start, end: row.end, energy: energy, kind: row.kind)
    }

    /// No energy is older than the network permits, on whatever route it comes.
    private func checkHistoryLimit(
        _ start: Timestamp, registered: Timestamp, _ field: String
    ) throws {
        let limit = context.parameters.historyLimitSeconds
        let earliest = registered.rawValue - min(registered.rawValue, limit)
        guard start.rawValue >= earliest else {
            throw Refusal(
                .historyTooOld, field, "Not before \(Timestamp(earliest)).", limit: earliest)
        }
    }

    /// `counter − previous` over `[previous at, at)`; the first one is a baseline without energy.
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
    private func revisionInForce(
        for window: ReadWindow, device: ReadIntake.Device
    ) throws -> ProtoDeviceValue {
        let commissioned = Timestamp(device.value.details.commissioned)
        guard window.start >= commissioned else {
            throw Refusal(.beforeCommissioning, "start", "Commissioned \(commissioned).")
        }
        var revision = device.value
        // Nearly every device has one revision, which then holds for every window.
        if device.firstEffective != device.lastEffective {
            guard let atStart = try state.device(window.device, at: window.start) else {
                throw Refusal(.beforeCommissioning, "start")
            }
            revision = atStart.value
            try checkSameCapacity(throughout: window, as: revision)
        }
        guard revision.status == .active else { throw Refusal(.deviceClosed, "device") }
        return revision
    }

    /// No revision that begins within the window has another capacity or status.
    private func checkSameCapacity(
        throughout window: ReadWindow, as revision: ProtoDeviceValue
    ) throws {
        var from = window.start.rawValue + 1
        while from < window.end.rawValue,
            let leaf = try state.first(
                atOrAfter: .device(window.device, effective: from),
                upTo: .device(window.device, effective: window.end.rawValue - 1))
        {
            let next = try state.decode(ProtoDeviceValue.self, leaf.value, leaf.key)
            guard next.details.capacityWatts == revision.details.capacityWatts,
                next.status == revision.status
            else {
                throw Refusal(
                    .windowStraddlesChange, "start", "Changed \(Timestamp(leaf.key.word1)).")
            }
            from = leaf.key.word1 + 1
        }
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

    private func intakeDevice(
        _ id: DeviceID, intake: inout ReadIntake
    ) throws -> ReadIntake.Device {
        if let known = intake.device(id) { return known }
        guard
            let first = try state.first(
                atOrAfter: .device(id, effective: 0), upTo: .device(id, effective: .max)),
            let last = try state.lastRevision(of: id)
        else { throw Refusal(.deviceUnknown, "device", "There is no device \(id).") }
        guard last.value.owner == intake.owner.rawValue else {
            throw Refusal(.deviceForeign, "device", "\(id) does not belong to \(intake.owner).")
        }
        let device = ReadIntake.Device(
            id: id, value: try state.decode(ProtoDeviceValue.self, first.value, first.key),
            firstEffective: first.key.word1, lastEffective: last.effective,
            baseline: try state.message(ProtoBaselineValue.self, for: .baseline(id)) ?? .init())
        intake.add(device)
        return device
    }
}
