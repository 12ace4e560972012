import Ledger
import Primitives

extension NodeClient {
    /// The `Authorization` with which a key asks a node for a profile, good for some minutes.
    func authorization(forProfile root: Digest, by key: SigningKey) async throws -> String {
        let time = Timestamp(SystemClock.milliseconds() / 1_000)
        let network = try await network()
        return ProfileRequest(root: root, time: time, network: network, signedBy: key)
            .authorization
    }
}
