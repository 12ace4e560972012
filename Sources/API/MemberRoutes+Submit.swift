import Foundation
import Gateway
import HTTPTypes
import Hummingbird
import Ledger
import Primitives
import SwiftProtobuf
import Wire

extension MemberRoutes {
    /// Takes a transaction in: 202, or 200 where the client waits and it becomes final in time.
    ///
    /// Without a wait the answer does not depend on how much waits before it; what the rules then
    /// say is found at the transaction's address.
    ///
    /// The transaction's id makes sending it again harmless: what is final already is answered as
    /// it is.
    func submit(_ request: Request) async throws -> Response {
        let bytes = try await MemberRoutes.transaction(in: request)
        let id: Digest
        do {
            id = try await gateway.submit(bytes)
        } catch let refusal as Refusal where refusal.code == .alreadyFinal {
            guard let record = try await MemberRoutes.find(bytes, gateway) else { throw refusal }
            return MemberRoutes.answer(record, request)
        }
        guard let seconds = MemberRoutes.waitSeconds(of: request) else {
            // Nobody waits, but what is known already is told: a refusal, or that it is final.
            let known = try await gateway.final(id, withinMilliseconds: 0)
            return known.map { MemberRoutes.answer($0, request) } ?? MemberRoutes.received(id)
        }
        if let record = try await gateway.final(id, withinMilliseconds: 1_000 * seconds) {
            return MemberRoutes.answer(record, request, waited: seconds)
        }
        return MemberRoutes.received(id, waited: seconds)
    }

    /// The canonical bytes of the transaction that a request brings, in either media type.
    private static func transaction(in request: Request) async throws -> [UInt8] {
        switch mediaType(of: request) {
        case "application/protobuf":
            return try await body(of: request, limit: LedgerLimits.transactionBytes)
        case "application/json":
            let bytes = try await body(of: request, limit: jsonLimit)
            var options = JSONDecodingOptions()
            options.messageDepthLimit = messageDepthLimit
            let envelope: ProtoSignedTransaction
            do {
                // Strictly first: SwiftProtobuf lets the last of two members of one name win.
                let json = try CanonicalJSON(parsing: bytes, limit: jsonLimit)
                envelope = try ProtoSignedTransaction(
                    jsonUTF8Data: Data(json.canonicalBytes), options: options)
            } catch {
                throw Problem.badBody(
                    "#",
                    "It is not a SignedTransaction in Protobuf's JSON, or it has doubled names.")
            }
            guard envelope.reads.hasKindsOf32Bits else {
                throw Problem.badBody("#/reads/kind", "A kind is beyond 32 bits.")
            }
            return Array(envelope.canonicalBytes)
        default:
            throw Problem.unsupportedMediaType("application/protobuf, application/json")
        }
    }

    /// The final transaction with the same body.
    private static func find(
        _ bytes: [UInt8], _ gateway: any LedgerGateway
    ) async throws -> TransactionRecord? {
        let envelope = try ProtoSignedTransaction(
            canonical: Data(bytes), limit: LedgerLimits.transactionBytes)
        return try await gateway.transaction(Digest.tagged(.transaction, Array(envelope.body)))
    }

    /// `Prefer: wait=N` (RFC 7240), at most ``longestWaitSeconds``; anything else is no preference.
    private static func waitSeconds(of request: Request) -> Int? {
        guard let name = HTTPField.Name("Prefer") else { return nil }
        for value in request.headers[values: name] {
            for preference in value.split(whereSeparator: { $0 == "," || $0 == ";" }) {
                let parts = preference.split(separator: "=", maxSplits: 1)
                    .map { $0.trimmingCharacters(in: .whitespaces) }
                guard parts.count == 2, parts[0].lowercased() == "wait",
                    let seconds = UInt64(decimal: parts[1])
                else { continue }
                return Int(min(seconds, UInt64(longestWaitSeconds)))
            }
        }
        return nil
    }

    private static func answer(
        _ record: TransactionRecord, _ request: Request, waited seconds: Int? = nil
    ) -> Response {
        var answer = Answer(CanonicalJSON(record), .none)
        answer.headers = headers(record.id, waited: seconds)
        return answer.response(to: request)
    }

    private static func received(_ id: Digest, waited seconds: Int? = nil) -> Response {
        let json: CanonicalJSON = ["id": .id(id), "status": "received"]
        var headers = headers(id, waited: seconds)
        headers[.contentType] = "application/json"
        headers[.cacheControl] = Answer.Lifetime.none.rawValue
        return Response(
            status: .accepted, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.canonicalBytes)))
    }

    private static func headers(_ id: Digest, waited seconds: Int?) -> HTTPFields {
        var headers: HTTPFields = [.location: "/v1/transactions/\(id)"]
        if let seconds, let name = HTTPField.Name("Preference-Applied") {
            headers[name] = "wait=\(seconds)"
        }
        return headers
    }
}
