import Gateway
import Hummingbird
import Ledger
import NIOCore
import Primitives
import Verifier

extension Problem {
    /// The problem that an error is told as.
    init(_ error: any Error) {
        self =
            switch error {
            case let problem as Problem: problem
            case let refusal as Refusal: Problem(refusal)
            case let error as GatewayError: Problem(error)
            case let error as RangeTooWideError: .rangeTooWide(error)
            case let error as ProofUnavailableError: .unavailable(error)
            case is NIOTooManyBytesError: .bodyTooLarge
            case is CancellationError: Problem(GatewayError.unavailable("cancelled"))
            case let error as any HTTPResponseError: Problem(status: error.status)
            default: .internalError
            }
    }

    /// A refusal by the rules: its name, frozen number, field, limit and excess.
    init(_ refusal: Refusal) {
        status =
            switch refusal.code {
            case .malformed, .notCanonical: .badRequest
            case .tooLarge: .contentTooLarge
            default: .unprocessableContent
            }
        family = "refusal"
        code = refusal.code.name
        title = refusal.code.sentence
        detail = refusal.detail
        places = [
            Place(
                key: "pointer", value: refusal.pointer,
                detail: refusal.detail.isEmpty ? refusal.code.sentence : refusal.detail)
        ]
        members = refusal.members
    }

    private init(_ error: GatewayError) {
        self =
            switch error {
            case .busy:
                Problem(
                    status: .serviceUnavailable, code: "busy",
                    title: "Too much waits already; try again later.",
                    headers: [.retryAfter: "1"])
            case .unavailable(let reason):
                Problem(
                    status: .serviceUnavailable, code: "unavailable",
                    title: "The node cannot answer now.", detail: reason,
                    headers: [.retryAfter: "5"])
            case .notPermitted(let reason):
                Problem(
                    status: .forbidden, code: "notPermitted", title: "The key may not see this.",
                    detail: reason)
            case .profileRefused(let reason):
                Problem(
                    status: .unprocessableContent, code: "profileRefused",
                    title: "The profile or the order does not fit the chain.", detail: reason)
            }
    }

    /// A proof that this node cannot make.
    private static func unavailable(_ error: ProofUnavailableError) -> Problem {
        switch error {
        case .headNotVoted:
            Problem(GatewayError.unavailable(error.rawValue))
        case .historyNotHeld:
            Problem(
                status: .notFound, code: "notHeld", title: "This node does not hold it.",
                detail: "For a proof, \(error.rawValue).")
        case .tooLarge:
            Problem(
                status: .badRequest, code: "rangeTooWide", title: "The range is too wide.",
                detail: "For this range, \(error.rawValue).",
                places: [Place(key: "parameter", value: "id", detail: "Ask for smaller ranges.")])
        }
    }

    /// What the server itself says no to.
    private init(status: HTTPResponse.Status) {
        self =
            switch status {
            case .notFound: .notFound
            case .contentTooLarge: .bodyTooLarge
            case _ where status.kind == .clientError:
                Problem(
                    status: status, code: "badRequest", title: "The request cannot be read.")
            default: .internalError
            }
    }
}

extension Refusal {
    /// The field as a JSON pointer in URI fragment form: `#/reads/12/wattHours`.
    var pointer: String {
        var pointer = "#"
        for part in field.split(whereSeparator: { $0 == "." || $0 == "[" }) {
            let name = part.last == "]" ? part.dropLast() : part
            let words = name.split(separator: "_")
            let rest = words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }
            pointer += "/" + (words.first ?? "") + rest.joined()
        }
        return pointer
    }

    /// What a problem document or a refused row tells beyond name and sentence.
    var members: [String: CanonicalJSON] {
        var members: [String: CanonicalJSON] = ["refusal": .integer(Int64(code.rawValue))]
        if let limit { members["limit"] = .unsigned(limit) }
        if let excess { members["excess"] = .unsigned(excess) }
        return members
    }
}
