import Foundation
import Intake
import Ledger
import Primitives

/// How owners' own ids of devices are found on the chain, which knows only their hashes.
enum DeviceNaming {
    /// SHA-256(0x00 ‖ "drec/external-id/v1" ‖ 0x00 ‖ owner as 8 bytes ‖ id in lower case).
    static func hash(of id: ExternalID, owner: AccountID) -> Digest {
        var payload: [UInt8] = []
        payload.append(bigEndian: owner.rawValue)
        payload += Array(id.folded.utf8)
        return Digest.tagged(.externalID, payload)
    }

    /// SHA-256(0x00 ‖ "drec/meter-serial/v1" ‖ 0x00 ‖ serial number in upper case, without blanks),
    /// nil unless 1 to 64 printable ASCII characters are left.
    static func hash(ofMeter serial: String) -> Digest? {
        let shown = serial.filter { $0 != " " }
        // Judged before the case is changed: some letters outside of ASCII become ASCII by it.
        guard (1...64).contains(shown.utf8.count),
            shown.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else { return nil }
        return Digest.tagged(.meterSerial, Array(shown.uppercased().utf8))
    }

    static func device(_ hash: Digest, _ client: NodeClient) async throws -> DeviceID? {
        guard let bytes = try await client.find("/v1/devices?externalIdHash=\(hash)") else {
            return nil
        }
        let items = NodeClient.Answer(status: 200, bytes: bytes).object["items"]
        guard let text = (items as? [[String: Any]])?.first?["id"] as? String,
            case .device(let device) = Identifier(text)
        else { return nil }
        return device
    }
}

/// The row that a refusal's field names: `devices[12].details.capacity_watts`.
enum RowPath {
    static func index(in reason: String, of list: String) -> Int? {
        for opening in ["\(list)[", "/\(list)/"] {
            guard let start = reason.range(of: opening) else { continue }
            let digits = reason[start.upperBound...].prefix { $0.isNumber }
            if let index = Int(digits) { return index }
        }
        return nil
    }
}
