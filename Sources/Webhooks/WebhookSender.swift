import AsyncHTTPClient
import Foundation
package import NIOCore
import NIOHTTP1

/// Gives one message to one target.
package protocol WebhookSender: Sendable {
    /// - Returns: the status of the answer.
    /// - Throws: why there is none.
    func send(_ post: WebhookPost) async throws -> Int
    /// Ends the connection, if there is one.
    func close() async
}

/// Finds the addresses of a host.
package typealias AddressLookup =
    @Sendable (_ host: String, _ port: Int) async throws -> [SocketAddress]

/// Sends messages over HTTP: the target's name is resolved once for a connection, all that it
/// stands for is checked, and the connection goes to an address that was, so that a name which
/// changes in between leads nowhere else. Redirections are not followed.
package actor HTTPWebhookSender: WebhookSender {
    /// Why nothing was sent.
    package enum SendError: Error, Equatable, CustomStringConvertible {
        case noAddress
        /// The name was not found out in the time of an answer.
        case slowLookUp
        case privateAddress

        package var description: String {
            switch self {
            case .noAddress: "the host has no address"
            case .slowLookUp: "the host's address was not found in time"
            case .privateAddress: "the host is on this machine or in a private network"
            }
        }
    }

    /// The largest answer that is read, in bytes.
    private static let answerBytes = 65_536

    private let target: WebhookTarget
    private let limits: WebhookLimits
    private let lookUp: AddressLookup
    private var open: (client: HTTPClient, since: ContinuousClock.Instant)?

    package init(
        _ target: WebhookTarget, limits: WebhookLimits = WebhookLimits(),
        lookUp: @escaping AddressLookup = HostAddresses.find
    ) {
        self.target = target
        self.limits = limits
        self.lookUp = lookUp
    }

    package func send(_ post: WebhookPost) async throws -> Int {
        do {
            var request = HTTPClientRequest(url: target.url.text)
            request.method = .POST
            request.headers.add(name: "content-type", value: "application/json")
            request.headers.add(name: "user-agent", value: "drec-webhooks/1")
            for (name, value) in post.fields { request.headers.add(name: name, value: value) }
            request.body = .bytes(ByteBuffer(bytes: post.payload))
            let end = ContinuousClock.now + .seconds(limits.answerSeconds)
            let response = try await client().execute(
                request, timeout: .seconds(limits.answerSeconds))
            // The client's own limit ends with the answer's head.
            let isTaken = await HTTPWebhookSender.take(response.body, until: end)
            if !isTaken { await close() }
            return Int(response.status.code)
        } catch {
            await close()
            throw error
        }
    }

    /// Takes an answer's body in and forgets it, so that the connection can be used again.
    ///
    /// - Returns: whether it ended in time, and within what is read of one.
    private static func take(
        _ body: HTTPClientResponse.Body, until end: ContinuousClock.Instant
    ) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                (try? await body.collect(upTo: HTTPWebhookSender.answerBytes)) != nil
            }
            group.addTask {
                try? await Task.sleep(until: end, clock: .continuous)
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    /// Ends the connection, if there is one.
    package func close() async {
        let client = open?.client
        open = nil
        try? await client?.shutdown()
    }

    private func client() async throws -> HTTPClient {
        if let open, open.since.duration(to: .now) < .seconds(limits.connectionSeconds) {
            return open.client
        }
        await close()
        let address = try await checkedAddress()
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .seconds(limits.answerSeconds)
        configuration.dnsOverride = [target.url.host: address]
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: configuration)
        open = (client, .now)
        return client
    }

    private func checkedAddress() async throws -> String {
        let found = try await addresses()
        guard let first = found.first?.ipAddress else { throw SendError.noAddress }
        // One of several may not hide behind the others.
        guard target.allowsPrivate || found.allSatisfy({ PublicAddress.isPublic($0) })
        else { throw SendError.privateAddress }
        return first
    }

    /// What the name stands for, if that is found out in the time of an answer.
    private func addresses() async throws -> [SocketAddress] {
        try await withThrowingTaskGroup(of: [SocketAddress].self) { group in
            let (lookUp, url, limit) = (lookUp, target.url, limits.answerSeconds)
            group.addTask { try await lookUp(url.host, url.port) }
            group.addTask {
                try await Task.sleep(for: .seconds(limit))
                throw SendError.slowLookUp
            }
            defer { group.cancelAll() }
            return try await group.next() ?? []
        }
    }
}
