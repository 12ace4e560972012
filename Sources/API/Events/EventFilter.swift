package import Primitives

/// Which events a listener wants.
package struct EventFilter: Equatable, Sendable {
    /// Nil for all; blocks are then left out where an account or a device is asked for.
    package var kinds: Set<EventKind>?
    package var account: AccountID?
    package var device: DeviceID?

    package init(
        kinds: Set<EventKind>? = nil, account: AccountID? = nil, device: DeviceID? = nil
    ) {
        self.kinds = kinds
        self.account = account
        self.device = device
    }

    package func passes(_ event: ToldEvent) -> Bool {
        if let kinds, !kinds.contains(event.kind) { return false }
        if event.kind == .block { return kinds != nil || account == nil && device == nil }
        if let account, !event.accounts.contains(account) { return false }
        if let device, !event.devices.contains(device) { return false }
        return true
    }

    /// `mint,trade`; nil for a word that is no kind, or one that comes twice.
    package static func kinds(_ text: String) -> Set<EventKind>? {
        let words = text.split(separator: ",", omittingEmptySubsequences: false)
        let kinds = Set(words.compactMap { EventKind(rawValue: String($0)) })
        return kinds.count == words.count ? kinds : nil
    }
}
