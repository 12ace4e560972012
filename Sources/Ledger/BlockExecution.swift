import Foundation
package import Primitives
package import Wire

/// Applies ordered transactions to a state: the rules, L1 to L10.
///
/// The machine knows no clock, disk or thread. A transaction is applied whole, with a receipt, or
/// refused whole, with a reason and no trace (L9).
package struct BlockExecution {
    package let context: BlockContext
    package internal(set) var state: StateOverlay
    package internal(set) var applied: [AppliedTransaction] = []
    /// What the block's work budget has been spent on so far.
    package internal(set) var work = BlockWork()

    // The transaction at hand.
    var transaction: Transaction?
    var events: [ProtoEvent] = []
    var placements: [Placement] = []
    var windows: [ReadWindow] = []
    /// Keys that the transaction itself registers: they may sign it although the state knows them
    /// only afterwards.
    var newKeys: Set<PublicKey> = []
    /// Keys of an authority that the transaction shows: they sign it and are no account's.
    var shownKeys: Set<PublicKey> = []
    /// The takeover key that the transaction spends.
    var takeoverKeyBytes: Data?
    /// Ceilings that were computed in this block.
    var ceilings = CeilingCache()

    package init(context: BlockContext, over base: any StateReader) {
        self.context = context
        state = StateOverlay(over: base)
    }

    /// The log index that the next transaction gets.
    package var nextIndex: LogIndex { LogIndex(context.logSize + UInt64(applied.count)) }

    /// Applies a transaction whose signatures were checked.
    ///
    /// - Throws: ``Refusal`` when the rules say no, and then nothing has changed; whatever the
    ///   state's reader throws when it fails.
    package mutating func apply(_ transaction: Transaction) throws -> AppliedTransaction {
        let mark = state.mark
        begin(transaction)
        do {
            try checkLifetime(of: transaction)
            try perform(transaction)
            try spendNonces(of: transaction)
        } catch {
            state.rollBack(to: mark)
            throw error
        }
        let result = sealed(transaction)
        applied.append(result)
        work.add(transaction, lots: lotsTouched)
        state.forgetJournal()
        return result
    }

    /// Lots that the transaction at hand consumed or created.
    var lotsTouched: Int {
        events.reduce(0) { $0 + $1.lotsMoved.consumed.count + $1.lotsMoved.created.count }
    }

    private mutating func begin(_ transaction: Transaction) {
        self.transaction = transaction
        events.removeAll()
        placements.removeAll()
        windows.removeAll()
        newKeys.removeAll()
        shownKeys.removeAll()
        takeoverKeyBytes = nil
    }

    private func checkLifetime(of transaction: Transaction) throws {
        let notAfter = transaction.body.notAfter
        guard notAfter >= context.time.rawValue else {
            throw Refusal(.expired, "not_after", "The block's time is \(context.time).")
        }
        guard notAfter - context.time.rawValue <= LedgerLimits.validitySeconds else {
            throw Refusal(.expiresTooLate, "not_after", limit: LedgerLimits.validitySeconds)
        }
    }

    private mutating func perform(_ transaction: Transaction) throws {
        let account = AccountID(transaction.body.account)
        switch transaction.body.action {
        case .setParameters(let action): try setParameters(action, by: account)
        case .setYield(let action): try setYield(action, by: account)
        case .approveAccount(let action): try approve(AccountID(action.account), by: account)
        case .suspendAccount(let action): try suspend(AccountID(action.account), by: account)
        case .cancelPending(let action): try cancelPending(action, by: account)
        case .proposeAuthorityChange(let action):
            try proposeAuthorityChange(action, by: account)
        case .approveAuthorityChange(let action):
            try approveAuthorityChange(LogIndex(action.change), by: account)
        case .withdrawAuthorityChange(let action):
            try withdrawAuthorityChange(LogIndex(action.change), by: account)
        case .joinAuthorities(let action): try joinAuthorities(action, by: account)
        case .reportDoubleVote(let action): try reportDoubleVote(action, by: account)
        case .registerAccount(let action): try registerAccount(action, sponsor: account)
        case .changeKeys(let action): try changeKeys(action, of: account)
        case .changeDelegation(let action): try changeDelegation(action, of: account)
        case .takeOver(let action): try takeOver(action, of: account)
        case .commitProfile(let action): try commitProfile(action, of: account)
        case .registerDevices(let action): try registerDevices(action, of: account)
        case .updateDevice(let action): try updateDevice(action, of: account)
        case .closeDevice(let action): try closeDevice(action, of: account)
        case .handOverMeter(let action): try handOverMeter(action, of: account)
        case .submitReads(let action): try submitReads(action, of: account)
        case .mint(let action): try mint(action, of: account)
        case .trade(let action): try trade(action, of: account)
        case .redeem(let action): try redeem(action, of: account)
        case .retire(let action): try retire(action, of: account)
        case nil: throw Refusal(.actionMissing, "action")
        }
    }

    private func sealed(_ transaction: Transaction) -> AppliedTransaction {
        var receipt = ProtoReceipt()
        receipt.logIndex = nextIndex.rawValue
        receipt.height = context.height.rawValue
        receipt.time = context.time.rawValue
        receipt.events = events
        let receiptBytes = receipt.encoded
        var logEntry: [UInt8] = []
        logEntry.reserveCapacity(2 * Digest.byteCount)
        transaction.submissionHash.append(to: &logEntry)
        Digest.sha256(receiptBytes).append(to: &logEntry)
        return AppliedTransaction(
            transaction: transaction, index: nextIndex, receipt: receipt,
            receiptBytes: receiptBytes, logEntry: logEntry, placements: placements,
            windows: windows)
    }

    /// Notes what the rules did.
    mutating func record(_ event: ProtoEvent.OneOf_Event) {
        var wrapper = ProtoEvent()
        wrapper.event = event
        events.append(wrapper)
    }
}

/// What a block's transactions cost, in the units of the work budget.
package struct BlockWork: Equatable, Sendable {
    package private(set) var bytes = 0
    package private(set) var signatures: UInt64 = 0
    package private(set) var lots: UInt64 = 0
    package private(set) var reads: UInt64 = 0
    package private(set) var transactions: UInt64 = 0

    package init() {}

    /// Adds what a transaction cost, or what trying it did.
    package mutating func add(_ transaction: Transaction, lots: Int) {
        bytes += transaction.bytes.count + 8
        signatures += BlockWork.signatures(of: transaction)
        self.lots += UInt64(lots)
        reads += UInt64(transaction.reads.count)
        transactions += 1
    }

    /// Those of the signers, and those of meters among the reads.
    private static func signatures(of transaction: Transaction) -> UInt64 {
        UInt64(transaction.signers.count + transaction.meterSignatureCount)
    }

    /// Whether one more transaction may be tried. Lots and leaves are known only after execution,
    /// so a block may exceed their budget by one transaction, whose own cost is limited.
    package func hasRoom(
        for transaction: Transaction, leaves: Int, in parameters: ProtoParameters
    ) -> Bool {
        if transactions == 0 { return true }
        return bytes + transaction.bytes.count + 8
            <= LedgerLimits.blockBytes - LedgerLimits.headerBytes
            && signatures + BlockWork.signatures(of: transaction) <= parameters.blockSignatures
            && reads + UInt64(transaction.reads.count) <= parameters.blockReads
            && lots < parameters.blockLots && UInt64(leaves) < parameters.blockLeaves
    }
}
