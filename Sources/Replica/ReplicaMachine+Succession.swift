import Consensus
import Ledger
import Primitives

/// C9: an authority change that is due makes blocks until its epoch has ended.
extension ReplicaMachine {
    /// Whether the own clock says that blocks are wanted for a change.
    var isChangeDue: Bool { changeDue.map { $0.rawValue <= timeMilliseconds / 1_000 } ?? false }

    /// Looks for the next change in the state after a final block.
    mutating func readChange(_ final: any FinalChain) throws {
        changeDue = try final.leaves.authorityChangeDue()
        armChange()
    }

    /// Notices when the time of a change has come.
    mutating func watchChange(_ final: any FinalChain) throws {
        guard let wake = changeWake, wake <= now else { return }
        armChange()
        if isChangeDue { try judgePool(final, saysAgain: true) }
    }

    /// The timer follows the monotonic clock; the time may have been set anew until it fires.
    private mutating func armChange() {
        changeWake = nil
        guard let due = changeDue, !isChangeDue else { return }
        let (moment, overflow) = due.rawValue.multipliedReportingOverflow(by: 1_000)
        let wait = overflow ? UInt64.max : moment - min(moment, timeMilliseconds)
        changeWake = now.advanced(
            byMilliseconds: max(1, min(wait, ReplicaLimits.clockMilliseconds)))
    }

    /// Whether a change on that branch still needs blocks.
    func wantsBlock(on tip: BlockTip) throws -> Bool {
        let due = try tip.leaves.authorityChangeDue()
        return due.map { $0.rawValue <= timeMilliseconds / 1_000 } ?? false
    }
}
