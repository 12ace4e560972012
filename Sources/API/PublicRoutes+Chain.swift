import Gateway
import Hummingbird
import Ledger
import Primitives
import Wire

extension PublicRoutes {
    /// The node, the network, its blocks and transactions.
    func addChain(to table: inout RouteTable) {
        read("/v1/status", in: &table) { _ in
            Answer(CanonicalJSON(try await gateway.status(), network: gateway.network), .head)
        }
        read("/v1/totals", in: &table) { _ in
            let totals = try await gateway.totals()
            return Answer(CanonicalJSON(totals, after: await base), .head)
        }
        read("/v1/genesis", in: &table) { _ in
            Answer(gateway.network.genesis, type: "application/json", .numbered)
        }
        list(
            "/v1/blocks", of: "Block", taking: ["before"], isHistory: true, in: &table
        ) { asked in
            blocks(before: try asked.value("before", "a block's height", IDText.height(_:)))
        }
        read("/v1/blocks/{id}", in: &table) { try await block($0) }
        list(
            "/v1/transactions", of: "FinalTransaction", taking: ["account", "action"],
            isHistory: true, in: &table
        ) { asked in
            transactions(try asked.transactionFilter())
        }
        read("/v1/transactions/{id}", in: &table) { try await transaction($0) }
        read("/v1/transactions/{id}/bytes", in: &table) { asked in
            let id = try asked.identified(IDText.hash) { Digest(hex: $0) }
            guard let record = try await gateway.transaction(id),
                let bytes = try await gateway.transactionBytes(at: record.index)
            else { throw await missing("final transaction", id.hex, at: .anywhere) }
            return Answer(bytes, type: "application/protobuf", .final)
        }
        read("/v1/entries/{id}", in: &table) { asked in
            let index = try asked.identified(IDText.entry, IDText.entry(_:))
            guard let record = try await gateway.transaction(at: index) else {
                throw await missing("entry", index.description, at: .entry(index))
            }
            return Answer(CanonicalJSON(record), .numbered)
        }
        read("/v1/search", taking: ["q"], in: &table) { try await search($0) }
    }

    private func blocks(before height: Height?) -> ListSource {
        ListSource.oneFurther("blocks", at: IDText.height(_:)) { cursor, limit in
            try await gateway.blocks(before: cursor ?? height, limit: limit)
        } position: {
            String($0.header.height)
        } json: {
            CanonicalJSON($0)
        }
    }

    private func block(_ asked: AskedAddress) async throws -> Answer {
        let found: BlockRecord?
        let lifetime: Answer.Lifetime
        let place: PlaceInHistory
        switch Identifier(asked.id) {
        case .block(let height):
            (found, lifetime, place) = (try await gateway.block(height), .numbered, .block(height))
        case .digest(let hash):
            (found, lifetime, place) = (try await gateway.block(hash: hash), .final, .anywhere)
        default: throw Problem.badParameter("id", wanted: IDText.block)
        }
        guard let found else { throw await missing("block", asked.id, at: place) }
        return Answer(CanonicalJSON(found), lifetime)
    }

    /// A list of transactions, newest first.
    func transactions(_ filter: TransactionFilter) -> ListSource {
        ListSource("transactions", at: IDText.entry(_:)) { before, limit in
            try await gateway.transactions(filter, before: before, limit: limit)
        } position: {
            String($0.rawValue)
        } json: {
            CanonicalJSON($0)
        }
    }

    /// A final transaction, that it was received and is not final yet, or why it was refused.
    private func transaction(_ asked: AskedAddress) async throws -> Answer {
        let id = try asked.identified(IDText.hash) { Digest(hex: $0) }
        // Asked before the chain is, so that a transaction that becomes final in between is found.
        let isPending = await gateway.isPending(id)
        if let record = try await gateway.transaction(id) {
            return Answer(CanonicalJSON(record), .final)
        }
        if isPending {
            var answer = Answer(["id": .id(id), "status": "pending"], .none)
            answer.headers[.retryAfter] = "1"
            return answer
        }
        guard let refusal = await gateway.refusal(of: id) else {
            throw await missing("transaction", id.hex, at: .anywhere)
        }
        return Answer(
            ["id": .id(id), "status": "refused", "problem": Problem(refusal).json], .none)
    }

    /// What an id means, if there is such a thing, and where it is found.
    private func search(_ asked: AskedAddress) async throws -> Answer {
        let text = asked.parameter("q") ?? ""
        guard let identifier = identifier(text) else {
            throw Problem.badParameter("q", wanted: "an id: A17, DREC101-2021-42, a hash …")
        }
        guard let found = try await find(identifier) else {
            throw await missing("thing", text, at: PlaceInHistory(identifier))
        }
        return Answer(
            [
                "kind": .string(found.kind), "id": .string(found.id),
                "path": .string(found.path),
            ], .head)
    }

    /// An id in any form; a device's DID too, where it is of this network.
    private func identifier(_ text: String) -> Identifier? {
        if let did = DeviceDID(text), did.isOf(gateway.network.hash) { return .device(did.device) }
        return Identifier(text)
    }

    private func find(
        _ identifier: Identifier
    ) async throws -> (kind: String, id: String, path: String)? {
        switch identifier {
        case .account(let id):
            try await gateway.account(id).map { _ in ("account", "\(id)", "/v1/accounts/\(id)") }
        case .device(let id):
            try await gateway.device(id).map { _ in ("device", "\(id)", "/v1/devices/\(id)") }
        case .project(let id):
            try await gateway.project(id).map { _ in ("project", "\(id)", "/v1/projects/\(id)") }
        case .drecs(let range):
            try await gateway.lots(holding: range).map { _ in
                ("drecs", "\(range)", "/v1/drecs/\(range)")
            }
        case .logEntry(let index):
            try await gateway.transaction(at: index).map { _ in
                ("entry", "\(index)", "/v1/entries/\(index.rawValue)")
            }
        case .block(let height):
            try await gateway.block(height).map { _ in
                ("block", "\(height)", "/v1/blocks/\(height)")
            }
        case .digest(let digest): try await find(digest)
        }
    }

    /// 64 digits may be a transaction, a block, a key, or the hash of a device's external id.
    private func find(
        _ digest: Digest
    ) async throws -> (kind: String, id: String, path: String)? {
        let hex = digest.hex
        let isPending = await gateway.isPending(digest)
        if try await gateway.transaction(digest) != nil || isPending {
            return ("transaction", hex, "/v1/transactions/\(hex)")
        }
        if try await gateway.block(hash: digest) != nil {
            return ("block", hex, "/v1/blocks/\(hex)")
        }
        if let key = PublicKey(hex: hex), try await gateway.key(key) != nil {
            return ("key", hex, "/v1/keys/\(hex)")
        }
        return try await gateway.device(externalID: digest).map { device in
            ("device", "\(device.id)", "/v1/devices/\(device.id)")
        }
    }
}
