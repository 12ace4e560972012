package import Foundation
package import Primitives

/// The anti-replay window of one key (RFC 4303 §3.4.3): the highest nonce that was used, and which
/// of the 1 024 nonces that end there were. Requests may be in flight and arrive in any order.
package struct ReplayWindow: Equatable, Sendable {
    package private(set) var highest: UInt64
    /// Bit *i* of byte *i*/8, least significant first: nonce `highest − i` was used.
    private var bits: [UInt8]

    /// - Parameter bitmap: as ``bitmap`` gave it; empty for a key that was never used.
    package init(highest: UInt64, bitmap: Data) {
        self.highest = highest
        bits = Array(bitmap.prefix(Int(LedgerLimits.nonceWindow / 8)))
    }

    /// The bits without trailing zero bytes.
    package var bitmap: Data {
        var trimmed = bits
        while trimmed.last == 0 { trimmed.removeLast() }
        return Data(trimmed)
    }

    private var isUnused: Bool { bits.allSatisfy { $0 == 0 } }

    /// Marks a nonce as used.
    ///
    /// - Throws: ``RefusalCode/nonceUsed``, ``RefusalCode/nonceTooOld``.
    package mutating func use(_ nonce: Nonce) throws(Refusal) {
        let value = nonce.rawValue
        if isUnused {
            highest = value
            bits = [1]
            return
        }
        if value > highest {
            shift(by: value - highest)
            highest = value
            setBit(0)
            return
        }
        let age = highest - value
        guard age < LedgerLimits.nonceWindow else {
            throw Refusal(
                .nonceTooOld, "nonce", "The highest one is \(highest).", limit: highest)
        }
        guard !isSet(Int(age)) else {
            throw Refusal(.nonceUsed, "nonce", "The highest one is \(highest).", limit: highest)
        }
        setBit(Int(age))
    }

    private func isSet(_ bit: Int) -> Bool {
        bit / 8 < bits.count && bits[bit / 8] >> UInt8(bit % 8) & 1 == 1
    }

    private mutating func setBit(_ bit: Int) {
        while bits.count <= bit / 8 { bits.append(0) }
        bits[bit / 8] |= 1 << UInt8(bit % 8)
    }

    /// Makes room for newer nonces: every bit moves up, those beyond the window fall out.
    private mutating func shift(by distance: UInt64) {
        guard distance < LedgerLimits.nonceWindow else {
            bits = []
            return
        }
        let bytes = Int(distance / 8)
        let rest = UInt8(distance % 8)
        var shifted = [UInt8](repeating: 0, count: bytes)
        shifted.reserveCapacity(bits.count + bytes + 1)
        var carry: UInt8 = 0
        for byte in bits {
            shifted.append(rest == 0 ? byte : byte << rest | carry)
            carry = rest == 0 ? 0 : byte >> (8 - rest)
        }
        if carry != 0 { shifted.append(carry) }
        bits = Array(shifted.prefix(Int(LedgerLimits.nonceWindow / 8)))
    }
}
