package import Primitives

/// What a wait for the next final block brings.
package enum HeadNews: Equatable, Sendable {
    /// The head is beyond the height that was asked about: this is where it is now.
    case moved(Height)
    /// The time was over first.
    case unchanged
    /// The node stops; there is nothing more to wait for.
    case stopping
}
