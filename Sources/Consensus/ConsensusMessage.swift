package import Primitives

/// What machines say to each other. Blocks, which no machine reads, travel beside it.
package enum ConsensusMessage: Hashable, Sendable {
    /// A leader's notarize vote; the driver sends the block that it names with it.
    case proposal(Vote)
    case vote(Vote)
    case certificate(Certificate)
    case hello(Hello)
    /// Asks for a certificate.
    case fetch(CertificateKey)
}

/// Where a peer stands.
package struct Hello: Hashable, Sendable {
    package let network: Digest
    package let epoch: Epoch
    package let view: View
    /// The highest final block that the peer holds.
    package let height: Height
    /// The newest finalization that the peer knows in its epoch.
    package let finalization: Certificate?
    /// What let the peer enter its view; nil when that is the finalization, or the epoch's start.
    package let entry: Certificate?

    package init(
        network: Digest, epoch: Epoch, view: View, height: Height, finalization: Certificate?,
        entry: Certificate?
    ) {
        self.network = network
        self.epoch = epoch
        self.view = view
        self.height = height
        self.finalization = finalization
        self.entry = entry
    }

    var withoutCertificates: Hello {
        Hello(
            network: network, epoch: epoch, view: view, height: height, finalization: nil,
            entry: nil)
    }
}

/// A certificate's place: asked for by view *and* kind, because a view may have a notarization as
/// well as a nullification, and the wrong one of them does not help (C2).
package struct CertificateKey: Hashable, Comparable, Sendable {
    package let epoch: Epoch
    package let view: View
    package let kind: Statement.Kind

    package init(epoch: Epoch, view: View, kind: Statement.Kind) {
        self.epoch = epoch
        self.view = view
        self.kind = kind
    }

    package static func < (left: CertificateKey, right: CertificateKey) -> Bool {
        (left.epoch, left.view, left.kind) < (right.epoch, right.view, right.kind)
    }
}

/// Who is at the other end of an authenticated link.
package enum Peer: Hashable, Sendable {
    /// By index in the present committee.
    case authority(Int)
    /// Anyone else, by the driver's own number for the link.
    case observer(UInt64)
}
