import Foundation
import Ledger
import Metrics
import Primitives

/// Orders to erase and questions for them, on their way from the connections; bounded.
final class ErasureMailbox: Sendable {
    /// More are let go of: they are asked for with the next connection.
    private static let limit = 256

    enum Input: Sendable {
        case order(ProfileErasure, from: PublicKey)
        /// A question for the orders behind a root.
        case asked(Digest?, by: PublicKey)
    }

    let inputs: AsyncStream<Input>
    private let continuation: AsyncStream<Input>.Continuation
    /// Questions of this node for others' orders.
    let questions = ProfileQuestions()

    init() {
        (inputs, continuation) = AsyncStream.makeStream(
            bufferingPolicy: .bufferingOldest(ErasureMailbox.limit))
    }

    func put(_ input: Input) {
        if case .dropped = continuation.yield(input) {
            Counter(label: "drec_profiles_dropped_orders").increment()
        }
    }
}
