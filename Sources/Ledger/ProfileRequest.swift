package import Primitives

/// A signed request to be shown an off-chain profile: roots are public, profiles are not.
///
/// The signature covers ``Primitives/HashTag/profileReading`` and the network's hash ‖ the root ‖
/// the time in seconds as 8 bytes, big-endian. In HTTP it is the header
/// `Authorization: DREC key=<64 hex digits>, time=<seconds>, signature=<128 hex digits>`.
package struct ProfileRequest: Equatable, Sendable {
    /// The scheme's name in HTTP.
    package static let scheme = "DREC"
    /// How far a request's time may lie from the node's, before or after.
    package static let validitySeconds: UInt64 = 300

    package let root: Digest
    package let key: PublicKey
    package let time: Timestamp
    package let signature: Signature

    /// Signs a request, as a client does.
    package init(root: Digest, time: Timestamp, network: Digest, signedBy key: SigningKey) {
        self.root = root
        self.key = key.publicKey
        self.time = time
        signature = key.sign(
            .profileReading, ProfileRequest.payload(network: network, root: root, time: time))
    }

    /// Whether the key signed the request for this network, not long ago.
    package func isValid(network: Digest, at now: Timestamp) -> Bool {
        let distance = max(time, now).rawValue - min(time, now).rawValue
        return distance <= ProfileRequest.validitySeconds
            && key.verifies(
                signature, .profileReading,
                ProfileRequest.payload(network: network, root: root, time: time))
    }

    private static func payload(network: Digest, root: Digest, time: Timestamp) -> [UInt8] {
        var payload = network.bytes + root.bytes
        payload.append(bigEndian: time.rawValue)
        return payload
    }

    // MARK: HTTP

    /// The value of the header.
    package var authorization: String {
        "\(ProfileRequest.scheme) key=\(key.hex), time=\(time.rawValue), "
            + "signature=\(signature.bytes.hex)"
    }

    /// Reads the header's value; nil unless it has the three parameters, each once, and no other.
    package init?(authorization: String, root: Digest) {
        let head = authorization.prefix { $0 != " " }
        guard authorization.utf8.count <= 400,
            head.lowercased() == ProfileRequest.scheme.lowercased()
        else { return nil }
        var values: [String: Substring] = [:]
        for part in authorization.dropFirst(head.count).split(
            separator: ",", omittingEmptySubsequences: false)
        {
            let pair = part.split(separator: "=", omittingEmptySubsequences: false)
            guard pair.count == 2, let name = pair.first?.drop(while: { $0 == " " }),
                let value = pair.last, values[String(name)] == nil
            else { return nil }
            values[String(name)] = value
        }
        guard values.count == 3, let keyText = values["key"], let key = PublicKey(hex: keyText),
            let timeText = values["time"], let time = UInt64(decimal: timeText),
            let bytes = values["signature"].flatMap({ [UInt8](hex: $0) }),
            let signature = Signature(bytes: bytes)
        else { return nil }
        self.root = root
        self.key = key
        self.time = Timestamp(time)
        self.signature = signature
    }
}
