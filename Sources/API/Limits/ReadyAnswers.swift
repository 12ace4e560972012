import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Answers that never change, ready to be sent: those that were asked for lately.
///
/// What is final is the same for ever, so its bytes, its tag and its head need to be made once.
final class ReadyAnswers: Sendable {
    private struct Ready {
        let headers: HTTPFields
        let tag: String
        let body: ByteBuffer
    }

    private struct State {
        /// By path: those that were asked for since the last change of the two, and those before.
        var new: [String: Ready] = [:]
        var old: [String: Ready] = [:]
        /// Bytes of ``new``.
        var bytes = 0
    }

    private let halfBytes: Int
    private let state = Mutex(State())

    /// - Parameter bytes: how much may be kept.
    init(bytes: Int) { halfBytes = bytes / 2 }

    /// The answer to a request, if it is ready.
    func answer(to request: Request) -> Response? {
        guard request.method == .get, let path = request.head.path else { return nil }
        let found = state.withLock { state -> Ready? in
            if let ready = state.new[path] { return ready }
            guard let ready = state.old.removeValue(forKey: path) else { return nil }
            keep(ready, path, in: &state)
            return ready
        }
        guard let found else { return nil }
        guard !Answer.matches(request.headers[.ifNoneMatch], found.tag) else {
            var headers = found.headers
            headers[.contentType] = nil
            var response = Response(status: .notModified, headers: headers)
            response.headers[.contentLength] = nil
            return response
        }
        return Response(
            status: .ok, headers: found.headers, body: ResponseBody(byteBuffer: found.body))
    }

    /// Keeps an answer if it is final, and gives it back.
    func keeping(_ response: Response, to request: Request) async throws -> Response {
        guard request.method == .get, response.status == .ok, let path = request.head.path,
            response.headers[.cacheControl] == Answer.Lifetime.final.rawValue,
            let tag = response.headers[.eTag], let length = response.body.contentLength,
            length <= halfBytes / 8
        else { return response }
        let collected = CollectedBody()
        try await response.body.write(collected)
        let body = collected.bytes
        state.withLock {
            keep(Ready(headers: response.headers, tag: tag, body: body), path, in: &$0)
        }
        var response = response
        response.body = ResponseBody(byteBuffer: body)
        return response
    }

    private func keep(_ ready: Ready, _ path: String, in state: inout State) {
        // One thing has many addresses, and a client chooses how long. What else an answer takes is
        // counted as a KiB.
        let size = ready.body.readableBytes + path.utf8.count + 1_024
        if state.bytes + size > halfBytes {
            (state.old, state.new, state.bytes) = (state.new, [:], 0)
        }
        guard state.new.updateValue(ready, forKey: path) == nil else { return }
        state.bytes += size
    }
}

/// Takes a body's bytes instead of a connection.
private final class CollectedBody: ResponseBodyWriter {
    private(set) var bytes = ByteBuffer()

    func write(_ buffer: ByteBuffer) async throws { bytes.writeImmutableBuffer(buffer) }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
