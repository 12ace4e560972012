package import Wire

/// A value for the off-chain profile of a device.
package struct ProfileField: Hashable, Sendable {
    /// The column's name as the platform spells it.
    package let name: String
    package let value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// A device as a file describes it, ready for registration.
package struct DeviceRow: Hashable, Sendable {
    /// Line in the file, from 1.
    package let line: Int
    package let externalID: ExternalID
    /// What goes on the chain, without meter and profile root.
    package let details: ProtoDeviceDetails
    /// What stays beside the chain: the columns that ``details`` has not, or has only rounded or
    /// mapped, in the platform's order and without blank ones.
    package let profile: [ProfileField]
}
