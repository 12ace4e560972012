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

    /// Weak comparison with a list of tags, or `*` alone (RFC 9110 §13.1.2). A tag may have commas
    /// and stars in it; what is no list matches as far as it is one.
    static func matches(_ header: String?, _ tag: String) -> Bool {
        guard let header, header != tag else { return header != nil }
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var rest = header.utf8.drop(while: isBlank)
        if rest.first == UInt8(ascii: "*") { return rest.dropFirst().allSatisfy(isBlank) }
        while true {
            if rest.starts(with: "W/".utf8) { rest = rest.dropFirst(2) }
            guard rest.first == UInt8(ascii: "\""),
                let end = rest.dropFirst().firstIndex(of: UInt8(ascii: "\""))
            else { return false }
            if rest[...end].elementsEqual(tag.utf8) { return true }
            rest = rest[end...].dropFirst().drop(while: isBlank)
            guard rest.first == UInt8(ascii: ",") else { return false }
            rest = rest.drop { isBlank($0) || $0 == UInt8(ascii: ",") }
        }
    }
}
