package import Primitives

/// What a proof is about.
package enum ProofSubject: Hashable, Sendable {
    /// Where D-RECs came from, who owned them, and what they are now.
    case drecs(DRECRange)
    /// The same of all D-RECs that an entry redeemed, and for whom it did.
    case redemption(LogIndex)
    /// A revision of a device, by when it takes effect, and the entry that made it.
    case device(DeviceID, effective: Timestamp)
    /// An account as it is now, and the entry that registered it.
    case account(AccountID)

    /// The name in a file.
    package var kind: String {
        switch self {
        case .drecs: "drecs"
        case .redemption: "redemption"
        case .device: "device"
        case .account: "account"
        }
    }

    /// The id in a file: `DREC101-2021-42..99`, `#1234`, `D5@1546300800`, `A17`.
    package var id: String {
        switch self {
        case .drecs(let range): range.description
        case .redemption(let entry): entry.description
        case .device(let id, let effective): "\(id)@\(effective.rawValue)"
        case .account(let id): id.description
        }
    }

    /// Nil unless the two spell a subject as ``kind`` and ``id`` do.
    init?(kind: String, id: String) {
        switch (kind, kind == "device" ? nil : Identifier(id)) {
        case ("drecs", .drecs(let range)): self = .drecs(range)
        case ("redemption", .logEntry(let entry)): self = .redemption(entry)
        case ("account", .account(let account)): self = .account(account)
        case ("device", nil):
            let parts = id.split(separator: "@", omittingEmptySubsequences: false)
            guard parts.count == 2, case .device(let device)? = Identifier(parts[0]),
                let effective = UInt64(decimal: parts[1])
            else { return nil }
            self = .device(device, effective: Timestamp(effective))
        default: return nil
        }
        guard self.id == id else { return nil }
    }
}
