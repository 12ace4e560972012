/// A device's decentralised identifier: `did:drec:<network>:<number>`.
package struct DeviceDID: Hashable, Sendable, CustomStringConvertible {
    /// The first 16 hexadecimal digits of the network's hash, in lower case.
    package let network: String
    package let device: DeviceID

    private static let networkDigits = 16

    package init(_ device: DeviceID, network: Digest) {
        self.device = device
        self.network = String(network.hex.prefix(DeviceDID.networkDigits))
    }

    /// Reads what ``description`` gives; nil for anything else.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "did", parts[1] == "drec",
            parts[2].utf8.count == DeviceDID.networkDigits,
            let bytes = [UInt8](hex: parts[2]), bytes.hex == parts[2],
            let number = UInt64(decimal: parts[3]), number > 0
        else { return nil }
        network = String(parts[2])
        device = DeviceID(number)
    }

    package var description: String { "did:drec:\(network):\(device.rawValue)" }

    /// Whether the device is one of the network with this hash.
    package func isOf(_ network: Digest) -> Bool { network.hex.hasPrefix(self.network) }
}
