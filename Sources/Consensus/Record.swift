import Primitives

/// What a machine asks to be kept, and is given back after a restart.
package enum Record: Hashable, Sendable {
    /// An own vote, kept under (epoch, view, slot) and never overwritten. The block that a notarize
    /// or finalize vote names is durable before the vote is.
    case vote(Vote)
    /// A certificate, kept under (epoch, view, kind).
    case certificate(Certificate)

    package var position: Position {
        switch self {
        case .vote(let vote): Position(epoch: vote.epoch, view: vote.view)
        case .certificate(let certificate):
            Position(epoch: certificate.epoch, view: certificate.view)
        }
    }

    package var kind: Statement.Kind {
        switch self {
        case .vote(let vote): vote.kind
        case .certificate(let certificate): certificate.kind
        }
    }
}
