import HTTPTypes
import Hummingbird
import Ledger
import NIOCore
import Primitives

/// What a read route answers, before the request's conditions are looked at.
struct Answer: Sendable {
    /// How long an answer may be kept.
    enum Lifetime: String, Sendable {
        /// What is final and addressed by a hash is the same for ever, in any network.
        case final = "public, max-age=31536000, immutable"
        /// What is final in this network and addressed by a number: another network may be founded
        /// at the same address, so it is asked whether the tag still holds.
        case numbered = "public, no-cache"
        /// What depends on the head is good for a moment.
        case head = "public, max-age=2"
        /// What must be asked anew each time.
        case none = "no-store"
    }

    let bytes: [UInt8]
    var type = "application/json"
    let lifetime: Lifetime
    var headers = HTTPFields()

    init(_ json: CanonicalJSON, _ lifetime: Lifetime) {
        bytes = json.canonicalBytes
        self.lifetime = lifetime
    }

    init(_ bytes: [UInt8], type: String, _ lifetime: Lifetime) {
        self.bytes = bytes
        self.type = type
        self.lifetime = lifetime
    }

    /// A strong entity tag (RFC 9110 §8.8.3): half of the body's SHA-256.
    var tag: String { "\"" + Digest.sha256(bytes).hex.prefix(32) + "\"" }

    /// The answer 200, or 304 where the client has these bytes already.
    func response(to request: Request) -> Response {
        let tag = tag
        var fields = headers
        fields[.eTag] = tag
        fields[.cacheControl] = lifetime.rawValue
        let isRead = request.method == .get || request.method == .head
        if isRead, Answer.matches(request.headers[.ifNoneMatch], tag) {
            var response = Response(status: .notModified, headers: fields)
            response.headers[.contentLength] = nil
            return response
        }
        fields[.contentType] = type
        return Response(
            status: .ok, headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// Weak comparison with a list of tags (RFC 9110 §13.1.2).
    static func matches(_ header: String?, _ tag: String) -> Bool {
        guard let header else { return false }
        return header.split(separator: ",").contains { candidate in
            let text = candidate.filter { $0 != " " }
            return text == "*" || text == tag || text == "W/" + tag
        }
    }
}
