import API
import Foundation
import HTTPTypes
import Primitives

extension SettingReader {
    /// Limits of the ports that clients use; what is not said is as it is by default.
    mutating func limits() -> ServerLimits {
        var limits = ServerLimits()
        limits.requestsPerSecond = number(
            "limits.requestsPerSecond", in: 0...1_000_000, default: limits.requestsPerSecond)
        limits.burst = number("limits.burst", in: 1...1_000_000, default: limits.burst)
        limits.connections = number(
            "limits.connections", in: 16...1_000_000, default: limits.connections)
        limits.connectionsPerAddress = number(
            "limits.connectionsPerAddress", in: 1...1_000_000,
            default: limits.connectionsPerAddress)
        switch name("limits.loopback") {
        case nil, "exempt": limits.limitsLoopback = false
        case "limited": limits.limitsLoopback = true
        case "": break  // A problem already.
        case .some(let other):
            complain(
                "limits.loopback: '\(SettingReader.shown(other))' is neither exempt nor limited")
        }
        limits.clientHeader = name("limits.clientHeader")
        if let header = limits.clientHeader, !header.isEmpty, HTTPField.Name(header) == nil {
            complain("limits.clientHeader: '\(SettingReader.shown(header))' is no field's name")
        }
        return limits
    }
}
