/// Why a node cannot make a proof of something that there is.
package enum ProofUnavailableError: String, Error, Sendable {
    /// The last block was voted final with a later one that is not here yet, or there is no block;
    /// a moment later there is.
    case headNotVoted = "the last block has no votes of its own yet"
    /// A part of the history lies before the blocks that the node holds.
    case historyNotHeld = "a part of the history lies before the blocks that this node holds"
    /// The proof would be larger than a file may be; smaller ranges can be proved.
    case tooLarge = "its proof would be too large; smaller ranges can be proved"
}
