import Gateway
import Ledger
import Primitives
import Wire

/// Finds the page of any id that people may have at hand.
struct Search: Sendable {
    let gateway: any LedgerGateway

    func answer(_ asked: PageRequest) async throws -> Answer {
        guard let text = asked.parameter("q") else { return .page(Notices.search) }
        // No id has blanks; a hash that was broken over two lines of a sheet has.
        guard let id = identifier(text) ?? identifier(text.filter { !$0.isWhitespace }) else {
            return .page(Notices.notAnID(text, wanted: "an id of any form that this ledger has"))
        }
        guard let path = try await path(of: id) else {
            return .page(Notices.notFound(text, hint: hint(for: id)))
        }
        return .redirect(path)
    }

    private func identifier(_ text: String) -> Identifier? {
        let did = DeviceDID(text).flatMap { $0.isOf(gateway.network.hash) ? $0 : nil }
        return did.map { .device($0.device) } ?? Identifier(text)
    }

    /// The address of the thing with an id, if it exists.
    private func path(of id: Identifier) async throws -> String? {
        switch id {
        case .account(let id): try await gateway.account(id).map { _ in "/accounts/\(id)" }
        case .device(let id): try await gateway.device(id).map { _ in "/devices/\(id)" }
        case .project(let id): try await gateway.project(id).map { _ in "/projects/\(id)" }
        case .drecs(let range):
            try await gateway.lots(holding: range).map { _ in "/drecs/\(range)" }
        case .logEntry(let index):
            try await gateway.transaction(at: index).map { _ in "/entries/\(index.rawValue)" }
        case .block(let height): try await gateway.block(height).map { _ in "/blocks/\(height)" }
        case .digest(let digest): try await path(of: digest)
        }
    }

    /// 64 digits may be a transaction, a block, a key, or the hash of a device's own id.
    private func path(of digest: Digest) async throws -> String? {
        if try await gateway.transaction(digest) != nil { return "/transactions/\(digest)" }
        if let block = try await gateway.block(hash: digest) {
            return "/blocks/\(block.header.height)"
        }
        if let key = PublicKey(bytes: digest.bytes), let record = try await gateway.key(key) {
            return "/accounts/\(AccountID(record.value.account))"
        }
        if let device = try await gateway.device(externalID: digest) {
            return "/devices/\(device.id)"
        }
        return await gateway.isPending(digest) ? "/transactions/\(digest)" : nil
    }

    private func hint(for id: Identifier) -> HTML {
        switch id {
        case .drecs: "<p>A part of the range, or all of it, was never minted.</p>\n"
        case .digest:
            "<p>A transaction that was sent just now may not have reached this node.</p>\n"
        default: .empty
        }
    }
}
