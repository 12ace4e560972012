import Foundation
import Gateway
import HTTPTypes
import Hummingbird
import Ledger
import NIOCore
import Primitives
import Wire

/// The routes of members: they submit transactions, try reads out, and keep profiles off the chain.
///
/// What a member may do is judged by the signatures in what is sent, never by who sends it.
struct MemberRoutes: Sendable {
    /// JSON bodies in bytes; base64 and field names make them larger than the transaction.
    static let jsonLimit = 1_024 * 1_024
    /// The longest body that any route takes, in bytes.
    static let bodyLimit = max(jsonLimit, LedgerLimits.transactionBytes, Profile.byteLimit)
    /// The longest wait for a transaction to become final, in seconds.
    static let longestWaitSeconds = 30

    let gateway: any LedgerGateway

    func add(to table: inout RouteTable) {
        table.get("/v1/operation") { request, _ in
            Answer(CanonicalJSON(try await gateway.operation()), .none).response(to: request)
        }
        table.add(.post, "/v1/transactions") { request, _ in try await submit(request) }
        table.add(.post, "/v1/dry-run") { request, _ in try await dryRun(request) }
        table.add(.put, "/v1/profiles") { request, _ in
            try MemberRoutes.requireJSON(request)
            let bytes = try await MemberRoutes.body(of: request, limit: Profile.byteLimit)
            try await gateway.storeProfile(bytes)
            return MemberRoutes.noContent
        }
        table.get("/v1/profiles/{id}") { request, context in
            let asked = try AskedAddress(request, context)
            let root = try asked.identified(IDText.hash) { Digest(hex: $0) }
            guard
                let order = request.headers[.authorization].flatMap({
                    ProfileRequest(authorization: $0, root: root)
                })
            else { throw Problem.unauthorized }
            guard let bytes = try await gateway.profile(order) else {
                throw Problem.unknown("profile", root.hex)
            }
            return Answer(bytes, type: "application/json", .none).response(to: request)
        }
        table.add(.post, "/v1/profiles/{id}/erase") { request, context in
            try await erase(request, AskedAddress(request, context))
        }
    }

    /// Which rows the rules would refuse, the others being accepted.
    private func dryRun(_ request: Request) async throws -> Response {
        try MemberRoutes.requireJSON(request)
        let bytes = try await MemberRoutes.body(of: request, limit: MemberRoutes.jsonLimit)
        let order = try DryRunOrder(parsing: bytes)
        let refusals = try await gateway.dryRun(reads: order.rows, of: order.account)
        let refused = refusals.map { CanonicalJSON(row: $0.row, $0.refusal) }
        let answer: CanonicalJSON = [
            "account": .id(order.account), "rows": .integer(Int64(order.rows.count)),
            "refused": .array(refused),
        ]
        return Answer(answer, .none).response(to: request)
    }

    private func erase(_ request: Request, _ asked: AskedAddress) async throws -> Response {
        let root = try asked.identified(IDText.hash) { Digest(hex: $0) }
        try MemberRoutes.requireJSON(request)
        let bytes = try await MemberRoutes.body(of: request, limit: MemberRoutes.jsonLimit)
        let members = try JSONMembers(parsing: bytes, names: ["publicKey", "signature"])
        let key = try members.value("publicKey", IDText.hash) { json in
            json.string.flatMap { PublicKey(hex: $0) }
        }
        let signature = try members.value("signature", "128 hexadecimal digits") { json in
            json.string.flatMap { [UInt8](hex: $0) }.flatMap { Signature(bytes: $0) }
        }
        try await gateway.eraseProfile(root: root, key: key, signature: signature)
        return MemberRoutes.noContent
    }

    // MARK: Bodies

    private static var noContent: Response {
        var response = Response(status: .noContent, headers: [.cacheControl: "no-store"])
        response.headers[.contentLength] = nil
        return response
    }

    /// The whole body.
    ///
    /// - Throws: ``Problem/bodyTooLarge`` before or while it is read, ``Problem/brokenBody`` where
    ///   it ends before its end or is no HTTP.
    static func body(of request: Request, limit: Int) async throws -> [UInt8] {
        if let text = request.headers[.contentLength], let length = UInt64(decimal: text),
            length > UInt64(limit)
        {
            throw Problem.bodyTooLarge
        }
        do {
            return Array(try await request.body.collect(upTo: limit).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw Problem.bodyTooLarge
        } catch {
            // The client's fault, or that of the way between: nothing for the node's own log.
            throw Problem.brokenBody
        }
    }

    static func requireJSON(_ request: Request) throws {
        guard mediaType(of: request) == "application/json" else {
            throw Problem.unsupportedMediaType("application/json")
        }
    }

    /// The media type in lower case, without its parameters.
    static func mediaType(of request: Request) -> String {
        let head = request.headers[.contentType]?.split(separator: ";").first ?? ""
        return head.trimmingCharacters(in: .whitespaces).lowercased()
    }
}

extension CanonicalJSON {
    /// A row that the rules refuse, in the words of a problem document.
    init(row: Int, _ refusal: Refusal) {
        var members = refusal.members
        members["row"] = .integer(Int64(row))
        members["code"] = .string(refusal.code.name)
        members["title"] = .string(refusal.code.sentence)
        members["detail"] = .string(refusal.detail)
        members["pointer"] = .string(refusal.pointer)
        self = .object(members)
    }
}
