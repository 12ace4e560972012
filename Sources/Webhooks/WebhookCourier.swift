import API
import Gateway
import Logging
import Primitives

/// Tells one target of events, one after the other: an event is sent again until the target has
/// taken it, and what was taken is written down before the next one.
struct WebhookCourier: Sendable {
    /// Until it is tried again what the node itself could not do, in milliseconds.
    private static let ownPause: UInt64 = 5_000
    /// Longest text of a failure that is kept, in characters.
    private static let failureLength = 200

    let target: WebhookTarget
    let feed: EventFeed
    let network: Digest
    let key: SigningKey
    let files: WebhookFiles
    let limits: WebhookLimits
    let environment: WebhookEnvironment
    let sender: any WebhookSender
    let board: WebhookBoard
    let logger: Logger

    /// Goes on until the node stops, the task is cancelled or the target is given up.
    ///
    /// - Throws: `CancellationError`.
    func run() async throws {
        while true {
            do {
                return try await tell()
            } catch {
                try Task.checkCancellation()
                // The chain does not answer now, or the place cannot be read or written.
                let failure = short("\(error)")
                logger.warning(
                    "webhook waits", metadata: ["id": "\(target.id)", "error": "\(failure)"])
                let state = (try? files.loadState(target.id)) ?? WebhookState()
                board.show(target, state, failure: failure)
                try await environment.sleep(WebhookCourier.ownPause)
            }
        }
    }

    private func tell() async throws {
        var state = try files.loadState(target.id) ?? WebhookState()
        state.resume(target)
        let start = try await EventStart(
            behind: state.place ?? target.after, gateway: feed.gateway)
        var told = start.height
        if state.place == nil { state.place = start.place }
        try note(state)
        guard state.givenUpBecause == nil else { return }
        var silent = 0
        while true {
            try Task.checkCancellation()
            switch await feed.gateway.head(beyond: told, withinMilliseconds: 60_000) {
            case .stopping: return
            case .unchanged: continue
            case .moved: break
            }
            guard let block = try await feed.blockInTime(Height(told.rawValue + 1)) else {
                throw GatewayError.unavailable("the block after \(told) is not held by this node")
            }
            var isSilent = true
            for event in block.events
            where target.filter.passes(event) && start.tells(event, of: block) {
                isSilent = false
                guard try await deliver(event, &state) else { return }
            }
            told = block.height
            silent = isSilent ? silent + 1 : 0
            if silent >= limits.silentBlocks {
                silent = 0
                state.place = start.place(behind: block)
                try note(state)
            }
        }
    }

    /// - Returns: whether the target has taken it; it is given up otherwise.
    private func deliver(_ event: ToldEvent, _ state: inout WebhookState) async throws -> Bool {
        while true {
            let now = environment.time()
            guard let post = WebhookPost(event, network: network, key: key, at: now / 1_000)
            else { throw GatewayError.unavailable("an event is no text") }
            let (failure, isGone) = await attempt(post)
            try Task.checkCancellation()
            guard let failure else {
                (state.failures, state.failingSince, state.lastFailure) = (0, nil, nil)
                (state.lastSuccess, state.place) = (now, event.place)
                try note(state)
                return true
            }
            state.failures += 1
            let since = state.failingSince ?? now
            (state.failingSince, state.lastFailure) = (since, failure)
            let isOver =
                state.failures >= limits.failures && now >= since
                && now - since >= limits.failingMilliseconds
            if isGone || isOver {
                state.givenUpBecause = isGone ? "it is gone for good (410)" : failure
                logger.error(
                    "webhook given up", metadata: ["id": "\(target.id)", "error": "\(failure)"])
            }
            try note(state)
            guard state.givenUpBecause == nil else { return false }
            try await environment.sleep(limits.pause(after: state.failures))
        }
    }

    /// - Returns: why it was not taken, or nil; and whether it never will be.
    private func attempt(_ post: WebhookPost) async -> (failure: String?, isGone: Bool) {
        do {
            let status = try await sender.send(post)
            guard (200..<300).contains(status) else {
                return ("it answered \(status)", status == 410)
            }
            return (nil, false)
        } catch {
            return (short("\(error)"), false)
        }
    }

    private func note(_ state: WebhookState) throws {
        try files.write(state, of: target.id)
        board.show(target, state)
    }

    private func short(_ text: String) -> String {
        String(text.prefix(WebhookCourier.failureLength))
    }
}
