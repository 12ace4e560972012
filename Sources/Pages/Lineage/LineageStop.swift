package import Primitives

/// A station on the way of a watt-hour.
package enum LineageStop: Hashable, Sendable {
    case device(DeviceID)
    /// The answer does not tell the device.
    case untoldDevice
    /// The entry that minted the D-REC, and who got it.
    case mint(LogIndex, to: AccountID)
    /// The answer does not tell the mint.
    case untoldMint
    case trade(LogIndex, to: AccountID)
    /// Trades between the first and the last one of a way that has too many.
    case furtherTrades
    /// Where it is now: status, owner, and for spent D-RECs the entry that spent them.
    case now(LotStatus, AccountID, LogIndex?)

    /// What became of a D-REC, as far as a picture tells it.
    package enum LotStatus: Hashable, Sendable {
        case held, redeemed, retired
    }

    /// The account that has the energy here.
    var account: AccountID? {
        switch self {
        case .mint(_, let owner), .trade(_, let owner), .now(_, let owner, _): owner
        case .device, .untoldDevice, .untoldMint, .furtherTrades: nil
        }
    }
}
