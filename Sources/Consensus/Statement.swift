package import Primitives

/// What a vote says, and a certificate proves a quorum to have said.
package enum Statement: Hashable, Sendable {
    /// The block is well-made and may be built on once a quorum says so.
    case notarize(VoteSubject)
    /// The view is given up.
    case nullify(Epoch, View)
    /// The block is final once a quorum says so.
    case finalize(VoteSubject)

    /// The three kinds, in the order in which they are replayed.
    package enum Kind: UInt8, Comparable, Sendable, CaseIterable {
        case notarize = 1
        case nullify = 2
        case finalize = 3

        package static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }

        /// What the signed bytes begin with.
        package var tag: HashTag {
            switch self {
            case .notarize: .notarize
            case .nullify: .nullify
            case .finalize: .finalize
            }
        }

        /// The row of a view's own votes that the vote takes: 1 for notarize, 2 for one of nullify
        /// and finalize, so that a store refuses what C8 forbids.
        package var slot: UInt8 { self == .notarize ? 1 : 2 }
    }

    package var kind: Kind {
        switch self {
        case .notarize: .notarize
        case .nullify: .nullify
        case .finalize: .finalize
        }
    }

    package var epoch: Epoch {
        switch self {
        case .notarize(let subject), .finalize(let subject): subject.epoch
        case .nullify(let epoch, _): epoch
        }
    }

    package var view: View {
        switch self {
        case .notarize(let subject), .finalize(let subject): subject.view
        case .nullify(_, let view): view
        }
    }

    /// The block voted on; none when a view is given up.
    package var subject: VoteSubject? {
        switch self {
        case .notarize(let subject), .finalize(let subject): subject
        case .nullify: nil
        }
    }

    /// The bytes below the kind's tag: network ‖ epoch ‖ view, and for blocks ‖ parent view ‖ hash.
    package func payload(network: Digest) -> [UInt8] {
        switch self {
        case .notarize(let subject), .finalize(let subject):
            return subject.payload(network: network)
        case .nullify(let epoch, let view):
            var bytes = network.bytes
            bytes.append(bigEndian: epoch.rawValue)
            bytes.append(bigEndian: view.rawValue)
            return bytes
        }
    }
}

/// A place in the sequence of all views.
package struct Position: Hashable, Comparable, Sendable {
    package let epoch: Epoch
    package let view: View

    package init(epoch: Epoch, view: View) {
        self.epoch = epoch
        self.view = view
    }

    package static func < (left: Position, right: Position) -> Bool {
        (left.epoch, left.view) < (right.epoch, right.view)
    }
}
