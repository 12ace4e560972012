import API
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Primitives
import Testing

/// An answer, as a client sees it.
struct Seen {
    let status: Int
    let headers: HTTPFields
    let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The body's members.
    func members() throws -> [String: CanonicalJSON] {
        try #require(CanonicalJSON(parsing: bytes, limit: 1_000_000).object)
    }

    func header(_ name: String) throws -> String? {
        headers[try #require(HTTPField.Name(name))]
    }
}

/// A request.
struct Asked {
    let uri: String
    var method = HTTPRequest.Method.get
    var type: String?
    var body: [UInt8]?
}

/// Sends one request to a router over the sample gateway.
func ask(
    _ uri: String, _ method: HTTPRequest.Method = .get, of audience: Audience = .everyone,
    gateway: SampleGateway = SampleGateway(), headers: HTTPFields = [:], body: [UInt8]? = nil,
    events: EventFeed? = nil,
    report: @escaping @Sendable (FailureReport) -> Void = { _ in }
) async throws -> Seen {
    let router = makeRouter(
        for: audience, gateway: gateway, events: events, metrics: { "drec_height 2\n" },
        report: report)
    return try await Application(router: router).test(.router) { client in
        try await seen(by: client, uri, method, headers, body)
    }
}

/// Sends many requests to one router.
func ask(_ requests: [Asked], of audience: Audience = .everyone) async throws -> [Seen] {
    let router = makeRouter(
        for: audience, gateway: SampleGateway(), metrics: { "" }, report: { _ in })
    return try await Application(router: router).test(.router) { client in
        var answers: [Seen] = []
        for asked in requests {
            let headers: HTTPFields = asked.type.map { [.contentType: $0] } ?? [:]
            answers.append(
                try await seen(by: client, asked.uri, asked.method, headers, asked.body))
        }
        return answers
    }
}

private func seen(
    by client: any TestClientProtocol, _ uri: String, _ method: HTTPRequest.Method,
    _ headers: HTTPFields, _ body: [UInt8]?
) async throws -> Seen {
    try await client.execute(
        uri: uri, method: method, headers: headers, body: body.map { ByteBuffer(bytes: $0) }
    ) { response in
        Seen(
            status: Int(response.status.code), headers: response.headers,
            bytes: Array(response.body.readableBytesView))
    }
}

/// Posts to a member's port.
func post(
    _ uri: String, _ body: [UInt8], type: String = "application/json", prefer: String? = nil,
    gateway: SampleGateway = SampleGateway()
) async throws -> Seen {
    var headers: HTTPFields = [.contentType: type]
    if let prefer { headers[try #require(HTTPField.Name("Prefer"))] = prefer }
    return try await ask(
        uri, .post, of: .members, gateway: gateway, headers: headers, body: body)
}
