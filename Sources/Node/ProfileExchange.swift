import Foundation
package import Ledger
package import Primitives
package import Registry
package import Store

/// Profiles between members: what a node answers, takes in and still lacks.
///
/// Who may ask is for the caller: members only. What comes in is believed for the chain's
/// commitments alone, so it may come from any of them.
package struct ProfileExchange: Sendable {
    private let network: Digest
    private let store: ChainStore
    private let profiles: ProfileStore

    package init(network: Digest, store: ChainStore, profiles: ProfileStore) {
        self.network = network
        self.store = store
        self.profiles = profiles
    }

    /// What became of an answer.
    package enum Outcome: Equatable, Sendable {
        /// The registry has the profile now.
        case kept
        /// Its owner had it erased; it is gone here too.
        case erased
        /// The peer does not have it: another one may.
        case absent
        /// The peer answered what the chain does not bear out.
        case refused(Reason)
    }

    /// What the chain does not bear out.
    package enum Reason: Equatable, Sendable {
        /// No account has committed to the profile, as far as this node's chain goes.
        case notCommitted
        /// The order is not signed by a key of the owner.
        case notTheOwner
    }

    /// The answer to a member's question.
    ///
    /// - Throws: ``Registry/RegistryError``.
    package func answer(to root: Digest) async throws -> ProfileMessage {
        if let order = try await profiles.order(toErase: root) {
            return .erased(ProfileErasure(order))
        }
        guard let json = try await profiles.profile(root: root),
            let profile = Profile(parsing: Array(json)), profile.root == root
        else { return .absent(root) }
        return .profile(profile)
    }

    /// Takes an answer in that fits its question, see
    /// ``Ledger/ProfileMessage/init(answer:to:)``.
    ///
    /// - Throws: ``Registry/RegistryError``, ``Store/StoreError``.
    package func take(_ answer: ProfileMessage) async throws -> Outcome {
        switch answer {
        case .fetch, .absent: return .absent
        case .profile(let profile):
            let root = profile.root
            guard try await store.read({ try $0.isCommitted(root) }) else {
                return .refused(.notCommitted)
            }
            let json = Data(profile.json.canonicalBytes)
            return try await profiles.store(json, root: root) ? .kept : .erased
        case .erased(let erasure):
            guard erasure.isSigned(for: network),
                try await store.read({ try $0.commits(to: erasure.root, key: erasure.key) })
            else { return .refused(.notTheOwner) }
            try await profiles.erase([ProfileStore.Order(erasure)])
            return .erased
        }
    }

    /// Obeys orders to erase that were handed on.
    ///
    /// An order that the chain does not bear out, as far as this node has it, is left alone: it is
    /// asked for again.
    ///
    /// - Returns: those that are new here and were obeyed, and whether one was signed by nobody.
    /// - Throws: ``Registry/RegistryError``, ``Store/StoreError``.
    package func take(
        _ orders: [ProfileErasure]
    ) async throws -> (new: [ProfileErasure], forged: Bool) {
        let unknown = Set(try await profiles.unordered(among: orders.map(\.root)))
        let signed = orders.filter { unknown.contains($0.root) && $0.isSigned(for: network) }
        let forged = signed.count < orders.count(where: { unknown.contains($0.root) })
        let new = try await store.read { access in
            try signed.filter { try access.commits(to: $0.root, key: $0.key) }
        }
        if !new.isEmpty { try await profiles.erase(new.map { ProfileStore.Order($0) }) }
        return (new, forged)
    }

    /// Whether some orders were not obeyed here.
    ///
    /// - Throws: ``Registry/RegistryError``.
    func hasOpen(_ orders: [ProfileErasure]) async throws -> Bool {
        try await !profiles.unordered(among: orders.map(\.root)).isEmpty
    }

    /// Orders to hand on, ascending by root.
    ///
    /// - Throws: ``Registry/RegistryError``.
    package func orders(
        after root: Digest?
    ) async throws -> (orders: [ProfileErasure], isEnd: Bool) {
        let limit = ErasureMessage.ordersPerAnswer
        let found = try await profiles.orders(after: root, limit: limit + 1)
        return (found.prefix(limit).map { ProfileErasure($0) }, found.count <= limit)
    }

    /// Roots that the chain commits to and that are neither in the registry nor erased, ascending:
    /// what to ask members for.
    ///
    /// - Parameters:
    ///   - root: where to go on; nil to begin.
    ///   - limit: of the commitments that are looked at.
    /// - Returns: the roots, and where to go on; nil when all were looked at.
    /// - Throws: ``Registry/RegistryError``, ``Store/StoreError``.
    package func missing(
        after root: Digest?, limit: Int
    ) async throws -> (roots: [Digest], next: Digest?) {
        let committed = try await store.read { try $0.profileRoots(after: root, limit: limit) }
        let next = committed.count == limit ? committed.last : nil
        return (try await profiles.missing(among: committed), next)
    }
}

extension ProfileStore.Order {
    init(_ erasure: ProfileErasure) {
        self.init(root: erasure.root, key: erasure.key, signature: erasure.signature)
    }
}

extension ProfileErasure {
    fileprivate init(_ order: ProfileStore.Order) {
        self.init(root: order.root, key: order.key, signature: order.signature)
    }
}
