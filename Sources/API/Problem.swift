import Hummingbird
import Ledger
import NIOCore
import Primitives

/// An answer that says what went wrong, as a problem document (RFC 9457).
///
/// Every error of the interface becomes one of these; none of them tells a node's internals.
struct Problem: Error, Equatable, Sendable {
    /// What exactly is wrong, and where.
    struct Place: Equatable, Sendable {
        /// `parameter` for a part of the address, `pointer` for a part of the body.
        let key: String
        let value: String
        let detail: String
    }

    let status: HTTPResponse.Status
    /// Stable and never used again for another reason: `badParameter`, `windowsOverlap`.
    let code: String
    /// `problem`, or `refusal` where the rules of the ledger said no.
    var family = "problem"
    let title: String
    var detail = ""
    var places: [Place] = []
    /// Further members, such as a refusal's number.
    var members: [String: CanonicalJSON] = [:]
    var headers = HTTPFields()

    /// The document.
    var json: CanonicalJSON {
        var object: [String: CanonicalJSON] = members
        object["type"] = .string("urn:drec:\(family):\(code)")
        object["title"] = .string(title)
        object["status"] = .integer(Int64(status.code))
        object["code"] = .string(code)
        object["detail"] = .string(detail.isEmpty ? title : detail)
        object["errors"] = .array(
            places.map { place in
                .object([place.key: .string(place.value), "detail": .string(place.detail)])
            })
        return .object(object)
    }

    /// The answer; problems are never cached.
    var response: Response {
        var fields = headers
        fields[.contentType] = "application/problem+json"
        fields[.cacheControl] = "no-store"
        return Response(
            status: status, headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.canonicalBytes)))
    }
}

extension Problem {
    static let notFound = Problem(
        status: .notFound, code: "notFound", title: "There is nothing at this address.")

    static let internalError = Problem(
        status: .internalServerError, code: "internalError",
        title: "The node could not answer; the error was logged.")

    static let bodyTooLarge = Problem(
        status: .contentTooLarge, code: "bodyTooLarge", title: "The body is too large.")

    static let brokenBody = Problem(
        status: .badRequest, code: "badRequest", title: "The request cannot be read.",
        detail: "Its body broke off, or its parts are not as HTTP has them.")

    /// A well-formed id of something that does not exist.
    static func unknown(_ thing: String, _ id: String) -> Problem {
        Problem(
            status: .notFound, code: "unknown", title: "The ledger does not know it.",
            detail: "There is no \(thing) \(id).")
    }

    /// A request that must be signed and is not.
    static let unauthorized = Problem(
        status: .unauthorized, code: "unauthorized", title: "The request must be signed.",
        detail: "Send Authorization: DREC key=…, time=…, signature=…, as the documentation says.",
        headers: [.wwwAuthenticate: ProfileRequest.scheme])

    /// D-RECs that exist, in more lots than one answer has.
    static func rangeTooWide(_ error: RangeTooWideError) -> Problem {
        let detail = "It lies in more than \(error.lots) lots; ask for smaller ranges."
        return Problem(
            status: .badRequest, code: "rangeTooWide", title: "The range is too wide.",
            detail: "\(error.range): \(detail)",
            places: [Place(key: "parameter", value: "id", detail: detail)])
    }

    /// A part of the address that cannot be read.
    ///
    /// - Parameter wanted: what would be right, with its article.
    static func badParameter(_ name: String, wanted: String) -> Problem {
        Problem(
            status: .badRequest, code: "badParameter",
            title: "A parameter cannot be read.", detail: "'\(name)' must be \(wanted).",
            places: [Place(key: "parameter", value: name, detail: "Must be \(wanted).")])
    }

    static func unknownParameter(_ name: String) -> Problem {
        Problem(
            status: .badRequest, code: "unknownParameter",
            title: "A parameter is unknown here or comes twice.",
            places: [
                Place(key: "parameter", value: name, detail: "Unknown here, or comes twice.")
            ])
    }

    /// A body that cannot be read.
    static func badBody(_ pointer: String, _ detail: String) -> Problem {
        Problem(
            status: .badRequest, code: "badBody", title: "The body cannot be read.",
            detail: detail, places: [Place(key: "pointer", value: pointer, detail: detail)])
    }

    static func methodNotAllowed(allow: String) -> Problem {
        Problem(
            status: .methodNotAllowed, code: "methodNotAllowed",
            title: "The address does not take this method.", detail: "It takes \(allow).",
            headers: [.allow: allow])
    }

    static func unsupportedMediaType(_ wanted: String) -> Problem {
        Problem(
            status: .unsupportedMediaType, code: "unsupportedMediaType",
            title: "The body's media type is not taken.", detail: "Send \(wanted).",
            headers: [.accept: wanted])
    }

    static func notReady(_ reason: String) -> Problem {
        Problem(
            status: .serviceUnavailable, code: "notReady", title: "The node is not ready.",
            detail: reason, headers: [.retryAfter: "5"])
    }
}
