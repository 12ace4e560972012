import API
import Foundation
package import Primitives

/// One message to one target, signed as Standard Webhooks 1.0 has it with Ed25519 (`v1a`).
package struct WebhookPost: Equatable, Sendable {
    /// The same for each attempt and at every node of the network: what tells repeats apart.
    package let id: String
    /// Seconds since 1970 of the attempt.
    package let timestamp: UInt64
    package let payload: [UInt8]
    package let signature: String

    package init(id: String, timestamp: UInt64, payload: [UInt8], signature: String) {
        self.id = id
        self.timestamp = timestamp
        self.payload = payload
        self.signature = signature
    }

    /// Nil where the payload is no text, which an event's JSON always is.
    init?(
        _ event: ToldEvent, network: Digest, key: SigningKey, at timestamp: UInt64
    ) {
        id = "drec_\(network.hex.prefix(16))_\(event.place.text)"
        self.timestamp = timestamp
        payload =
            Array(#"{"data":"#.utf8) + event.json
            + Array(#","type":"drec.\#(event.kind.rawValue)"}"#.utf8)
        let text = "\(id).\(timestamp).\(String(decoding: payload, as: UTF8.self))"
        guard let made = key.sign(note: text) else { return nil }
        signature = "v1a," + Data(made.bytes).base64EncodedString()
    }

    /// The header fields beside the content's type.
    var fields: [(String, String)] {
        [
            ("webhook-id", id), ("webhook-timestamp", String(timestamp)),
            ("webhook-signature", signature),
        ]
    }

    /// A public key as receivers' libraries take it.
    package static func text(_ key: PublicKey) -> String {
        "whpk_" + Data(key.bytes).base64EncodedString()
    }
}
