import AsyncHTTPClient
import Foundation
import Ledger
import NIOCore
import NIOHTTP1
import Primitives
import SwiftProtobuf
import Wire

/// The verbs' connection to a node: its public port for questions, its member port for submissions.
struct NodeClient: Sendable {
    let publicURL: String
    let memberURL: String
    /// How long an answer may take.
    var patience = TimeAmount.seconds(60)

    /// Largest answer that is read, in bytes.
    private static let answerLimit = 64 * 1_024 * 1_024

    /// How long all of a list may take.
    private static let downloadPatience = TimeAmount.hours(1)

    /// Lives as long as the process. A node that is not there is told at once.
    private static let http: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        // Each submission holds its connection until it is final.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1_024
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    struct Answer {
        let status: UInt
        let bytes: [UInt8]
        /// In how many seconds the node wants to be asked again, if it says so.
        var retryAfter: UInt64?

        /// The body as a JSON object; empty where it is none.
        var object: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any] ?? [:]
        }
    }

    // MARK: Questions

    /// The bytes of a public resource, nil where there is none.
    func find(_ path: String) async throws -> [UInt8]? {
        let answer = try await send(.GET, publicURL + path)
        switch answer.status {
        case 200: return answer.bytes
        case 404: return nil
        default: throw failure(answer, path)
        }
    }

    func get(_ path: String) async throws -> [UInt8] {
        let answer = try await send(.GET, publicURL + path)
        guard answer.status == 200 else { throw failure(answer, path) }
        return answer.bytes
    }

    /// As ``get(_:)``, parsed.
    func json(_ path: String) async throws -> CanonicalJSON {
        try NodeClient.json(try await get(path), path)
    }

    static func json(_ bytes: [UInt8], _ path: String) throws -> CanonicalJSON {
        guard let value = try? CanonicalJSON(parsing: bytes, limit: answerLimit) else {
            throw CommandFailure.failed("the answer at \(path) is not a node's JSON")
        }
        return value
    }

    /// What operators are told, at the member port; nil where that is not reached.
    func operation() async throws -> CanonicalJSON? {
        guard let answer = try? await send(.GET, memberURL + "/v1/operation"),
            answer.status == 200
        else { return nil }
        return try NodeClient.json(answer.bytes, "/v1/operation")
    }

    func object(_ path: String) async throws -> [String: Any] {
        Answer(status: 200, bytes: try await get(path)).object
    }

    /// The network's hash, which every transaction names.
    func network() async throws -> Digest {
        let genesis = try await get("/v1/genesis")
        do {
            return try GenesisDocument(parsing: genesis).hash
        } catch {
            throw CommandFailure.failed("the node's genesis document is not valid: \(error)")
        }
    }

    /// The nonce that a key uses next.
    ///
    /// - Parameter gap: how many are left out before it, where there are so many.
    func nextNonce(of key: PublicKey, leavingOut gap: UInt64 = 0) async throws -> Nonce {
        guard let bytes = try await find("/v1/keys/\(key.hex)") else { return Nonce(1 + gap) }
        let object = Answer(status: 200, bytes: bytes).object
        guard let highest = NodeClient.number(object["highestNonce"]) else {
            throw CommandFailure.failed("the node's answer about the key has no nonce")
        }
        guard highest < .max else {
            throw CommandFailure.failed("the key has used its last nonce; take another key")
        }
        return Nonce(highest + 1 + min(gap, .max - highest - 1))
    }

    // MARK: Submissions

    /// Submits a signed transaction and waits until it is final.
    ///
    /// - Throws: ``CommandFailure/refused(_:)`` with the ledger's reason, ``NonceTaken``.
    func submit(_ bytes: Data) async throws -> FinalReceipt {
        let answer = try await send(
            .POST, memberURL + "/v1/transactions", body: Array(bytes),
            type: "application/protobuf", prefer: "wait=30")
        switch answer.status {
        case 200: return try FinalReceipt(answer)
        case 202:
            throw CommandFailure.failed(
                "received, but not final within 30 s: \(answer.object["id"] ?? "")")
        default:
            let code = NodeClient.number(answer.object["refusal"])
            let taken = [RefusalCode.nonceUsed, .nonceTooOld].map { UInt64($0.rawValue) }
            let failure = failure(answer, "/v1/transactions")
            if let code, taken.contains(code) { throw NonceTaken(failure: failure) }
            throw failure
        }
    }

    /// Which rows the node would refuse now.
    func dryRun(_ reads: [ReadRow], account: AccountID) async throws -> [[String: Any]] {
        let columns = try ProtoReadColumns(reads).jsonString()
        let body = "{\"account\":\"\(account)\",\"reads\":\(columns)}"
        let answer = try await send(
            .POST, memberURL + "/v1/dry-run", body: Array(body.utf8), type: "application/json")
        guard answer.status == 200,
            let items = answer.object["refused"] as? [[String: Any]]
        else { throw failure(answer, "/v1/dry-run") }
        return items
    }

    func putProfile(_ profile: Profile) async throws {
        let answer = try await send(
            .PUT, memberURL + "/v1/profiles", body: profile.json.canonicalBytes,
            type: "application/json")
        guard answer.status == 204 else { throw failure(answer, "/v1/profiles") }
    }

    /// A profile that the node keeps, nil where it has none or it was erased.
    ///
    /// - Parameter key: of the owner, a delegate or the initiative; others may not read it.
    func profile(root: Digest, by key: SigningKey) async throws -> [UInt8]? {
        let answer = try await send(
            .GET, "\(memberURL)/v1/profiles/\(root)",
            authorization: authorization(forProfile: root, by: key))
        switch answer.status {
        case 200: return answer.bytes
        case 404: return nil
        default: throw failure(answer, "/v1/profiles")
        }
    }

    /// Has a profile erased on the owner's word.
    func eraseProfile(root: Digest, by key: SigningKey) async throws {
        let payload = try await network().bytes + root.bytes
        let body: CanonicalJSON = [
            "publicKey": .string(key.publicKey.hex),
            "signature": .string(key.sign(.profileErasure, payload).bytes.hex),
        ]
        let answer = try await send(
            .POST, "\(memberURL)/v1/profiles/\(root)/erase", body: body.canonicalBytes,
            type: "application/json")
        guard answer.status == 204 else { throw failure(answer, "/v1/profiles") }
    }

    // MARK: The wire

    /// Sends a request, and again for a minute where the node says that it has had enough of them
    /// from this address for now.
    func send(
        _ method: HTTPMethod, _ url: String, body: [UInt8]? = nil, type: String? = nil,
        prefer: String? = nil, authorization: String? = nil
    ) async throws -> Answer {
        var waited: UInt64 = 0
        while true {
            let answer = try await sendOnce(
                method, url, body: body, type: type, prefer: prefer, authorization: authorization)
            let pause = NodeClient.pause(after: answer)
            guard answer.status == 429, waited + pause <= NodeClient.waitSeconds else {
                return answer
            }
            waited += pause
            try await Task.sleep(for: .seconds(pause))
        }
    }

    private func sendOnce(
        _ method: HTTPMethod, _ url: String, body: [UInt8]?, type: String?, prefer: String?,
        authorization: String?
    ) async throws -> Answer {
        var request = try checked(url)
        request.method = method
        if let type { request.headers.add(name: "Content-Type", value: type) }
        if let prefer { request.headers.add(name: "Prefer", value: prefer) }
        if let authorization { request.headers.add(name: "Authorization", value: authorization) }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        do {
            let response = try await NodeClient.http.execute(request, timeout: patience)
            let buffer = try await response.body.collect(upTo: NodeClient.answerLimit)
            return Answer(
                status: response.status.code, bytes: Array(buffer.readableBytesView),
                retryAfter: response.headers.first(name: "Retry-After").flatMap {
                    UInt64(decimal: $0)
                })
        } catch {
            throw CommandFailure.failed(unreachable(url, error))
        }
    }

    /// Hands on a public resource as it arrives; an answer other than 200 is one whole failure.
    func download(_ path: String, _ take: ([UInt8]) -> Void) async throws {
        let url = publicURL + path
        let request = try checked(url)
        var isTaken = false
        do {
            let response = try await NodeClient.http.execute(
                request, timeout: NodeClient.downloadPatience)
            guard response.status == .ok else {
                let buffer = try await response.body.collect(upTo: NodeClient.answerLimit)
                let answer = Answer(
                    status: response.status.code, bytes: Array(buffer.readableBytesView))
                throw failure(answer, path)
            }
            for try await buffer in response.body {
                take(Array(buffer.readableBytesView))
                isTaken = true
            }
        } catch let failure as CommandFailure {
            throw failure
        } catch  where isTaken {
            throw CommandFailure.failed("the node broke off: what came is not all of \(path)")
        } catch {
            throw CommandFailure.failed(unreachable(url, error))
        }
    }

    /// A request for an address, which may be anything that was typed.
    private func checked(_ url: String) throws -> HTTPClientRequest {
        guard let address = URL(string: url), address.host?.isEmpty == false,
            ["http", "https"].contains(address.scheme ?? ""),
            address.port.map({ (1...65_535).contains($0) }) ?? !NodeClient.namesPort(url)
        else {
            throw CommandFailure.failed(
                "“\(base(of: url).url)” is no address of a node, such as "
                    + "http://127.0.0.1:8080; see --public (DREC_PUBLIC) and --member "
                    + "(DREC_MEMBER)")
        }
        return HTTPClientRequest(url: url)
    }

    /// One line that says which port does not answer, and the option that names it.
    private func unreachable(_ url: String, _ error: any Error) -> String {
        let (base, option) = base(of: url)
        let text = "\(error)"
        let reason =
            if text.localizedCaseInsensitiveContains("refused") {
                "connection refused"
            } else if text.localizedCaseInsensitiveContains("timeout")
                || text.localizedCaseInsensitiveContains("deadline")
            {
                "no answer in time"
            } else if text.contains("DNS error") {
                "its name is not known"
            } else if text.contains("SSL") {
                "it does not speak TLS as https:// wants it"
            } else if text.contains("remoteConnectionClosed") {
                "it closed the connection"
            } else {
                text.split(whereSeparator: \.isNewline).joined(separator: " ")
            }
        return "no node answers at \(base): \(reason). Is it running? See \(option)."
    }

    /// Whether an address has a port, which may be larger than any number.
    private static func namesPort(_ url: String) -> Bool {
        let host = url.split(separator: "/", omittingEmptySubsequences: false).dropFirst(2).first
        return host?.split(separator: "]").last?.contains(":") ?? false
    }

    /// The port that an address is of, and the option that names it.
    private func base(of url: String) -> (url: String, option: String) {
        url.hasPrefix(publicURL + "/")
            ? (publicURL, "--public (DREC_PUBLIC)") : (memberURL, "--member (DREC_MEMBER)")
    }

    func failure(_ answer: Answer, _ path: String) -> CommandFailure {
        let problem = answer.object
        let title = problem["title"] as? String ?? "the node answered \(answer.status)"
        let told = problem["detail"] as? String ?? title
        let detail = told == title ? "" : " " + told
        let fields = (problem["errors"] as? [[String: Any]] ?? [])
            .compactMap { $0["pointer"] as? String }.joined(separator: ", ")
        let code = NodeClient.number(problem["refusal"]).map { "\($0) " } ?? ""
        let text = "\(code)\(title)\(detail)" + (fields.isEmpty ? "" : " (\(fields))")
        return (400..<500).contains(answer.status) ? .refused(text) : .failed("\(path): \(text)")
    }

    /// A number that is a number or, where it is large, a string of digits.
    static func number(_ value: Any?) -> UInt64? {
        if let text = value as? String { return UInt64(decimal: text) }
        return (value as? NSNumber)?.uint64Value
    }
}

/// Another transaction of the key used the nonce meanwhile, so this one can never become final.
struct NonceTaken: Error {
    let failure: CommandFailure
}

/// A transaction that became final, with what the rules assigned.
struct FinalReceipt {
    let id: String
    let index: LogIndex
    /// What happened, in order.
    let events: [[String: Any]]
    let bytes: [UInt8]

    init(_ answer: NodeClient.Answer) throws {
        let object = answer.object
        guard let id = object["id"] as? String, let index = NodeClient.number(object["entry"]),
            let events = object["events"] as? [[String: Any]]
        else { throw CommandFailure.failed("the node's answer is not a transaction") }
        self.id = id
        self.events = events
        self.index = LogIndex(index)
        bytes = answer.bytes
    }

    /// The log index with its mark: `#12`.
    var entry: String { index.description }

    /// The first event of a name.
    func event(_ name: String) -> [String: Any]? {
        events.first { $0["name"] as? String == name }
    }
}
