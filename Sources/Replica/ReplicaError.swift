package import Ledger

/// Why a replica cannot go on, or a block is not one of its chain.
package enum ReplicaError: Error, Equatable, Sendable {
    /// The state has no parameters: it is damaged.
    case stateWithoutParameters
    /// The bytes are not a block.
    case malformedBlock
    /// The block is well-formed, but not what executing it gives; the text names the first field
    /// that differs.
    case differs(String)
    /// A transaction of the block is refused; the whole block is invalid.
    case invalidTransaction(Int, Refusal)
    /// More work than the parameters permit a block, from the transaction at that place on.
    case overBudget(Int)
    /// No quorum signed the block.
    case notFinal
    /// The state names no authorities, or ones that cannot vote: it is damaged.
    case stateWithoutAuthorities
    /// An earlier call failed.
    case stopped

    /// Whether the header alone is wrong, so that no other transactions could make it right.
    ///
    /// A header's hash does not bind the transactions that came with it; only executing them to
    /// the header's log root does.
    var condemnsHeader: Bool {
        switch self {
        case .differs(let field): field != "log_root" && field != "log_size"
        case .malformedBlock, .invalidTransaction, .overBudget: false
        case .stateWithoutParameters, .stateWithoutAuthorities, .notFinal, .stopped: false
        }
    }
}
