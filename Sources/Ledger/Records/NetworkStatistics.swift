package import Primitives
package import Wire

/// The network's numbers by kind, country and month, as they are kept with each block.
package struct NetworkStatistics: Sendable {
    /// How many accounts there are of a kind.
    package var accountsByKind: [(kind: ProtoAccountKind, count: UInt64)] = []
    /// By the last revision of each device, also of those that are closed.
    package var devicesByKind: [(kind: ProtoDeviceKind, count: UInt64)] = []
    package var devicesByCountry: [(country: CountryCode, count: UInt64)] = []
    /// Ascending; months in which nothing happened are left out.
    package var months: [Month] = []
    /// Wh that were issued before the history that the node holds: it does not know when.
    package var issuedBefore = WattHours.zero
    /// Ascending by code; of projects that have energy.
    package var countries: [Country] = []

    package init() {}

    /// What was issued, redeemed and retired in a month (UTC) of block time.
    package struct Month: Equatable, Sendable {
        package let month: CivilMonth
        package var issued = WattHours.zero
        /// kWh.
        package var redeemed: UInt64 = 0
        package var retired: UInt64 = 0

        package init(_ month: CivilMonth) { self.month = month }
    }

    /// What was issued in a country, and what has become of it, in kWh.
    package struct Country: Equatable, Sendable {
        package let country: CountryCode
        package var issued = WattHours.zero
        package var active: UInt64 = 0
        package var redeemed: UInt64 = 0
        package var retired: UInt64 = 0

        package init(_ country: CountryCode) { self.country = country }
    }
}
