/// A counter or a quantity that is its own type, so that no two of them are ever mixed up.
///
/// Arithmetic between values stays checked: callers use `rawValue` with the overflow-reporting
/// operators and turn an overflow into a refusal.
package protocol Numbered: RawRepresentable, Hashable, Comparable, Sendable
where RawValue == UInt64 {
    init(rawValue: UInt64)
}

extension Numbered {
    @inlinable
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    package init(_ value: UInt64) { self.init(rawValue: value) }
}

/// Energy in whole watt-hours.
package struct WattHours: Numbered {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
    package static let zero = WattHours(0)
    /// One D-REC.
    package static let perDREC: UInt64 = 1_000
}

/// Capacity in watts, AC nameplate.
package struct Watts: Numbered {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// A block's number: genesis is 0, the first block 1, and no number is ever used twice.
package struct Height: Numbered {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// An attempt to make a block within an epoch, counted from 1; view 0 is the epoch's start.
package struct View: Numbered {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// The period of one authority set, counted from 0.
package struct Epoch: Numbered {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// The position of an entry in the network's log, from 0.
package struct LogIndex: Numbered {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// A number that a signing key uses once.
package struct Nonce: Numbered {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// An account's number, from 1; A1 is the initiative.
package struct AccountID: Numbered {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
    package static let initiative = AccountID(1)
}

/// A device's number, from 1.
package struct DeviceID: Numbered {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// A project's number, from 101.
package struct ProjectID: Numbered {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
    package static let first = ProjectID(101)
}

/// A D-REC's number within its series, from 1: serial *s* is the energy `[1000(s−1), 1000s)` Wh.
package struct DRECSerial: Numbered {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
}
