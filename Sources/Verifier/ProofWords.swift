import Wire

/// Words for the enumerations of accounts and devices.
enum ProofWords {
    static func account(_ kind: ProtoAccountKind) -> String {
        switch kind {
        case .initiative: "initiative"
        case .authority: "authority"
        case .developer: "developer"
        case .aggregator: "aggregator"
        case .buyer: "buyer"
        case .intermediary: "intermediary"
        case .onSiteGenerator: "on-site generator"
        case .auditor: "auditor"
        case .meteringOperator: "metering operator"
        case .gridOperator: "grid operator"
        case .registry: "registry"
        default: "unknown"
        }
    }

    static func device(_ kind: ProtoDeviceKind) -> String {
        switch kind {
        case .solarHomeSystem: "solar home system"
        case .miniGrid: "mini-grid"
        case .microGrid: "micro-grid"
        case .irrigationPump: "irrigation pump"
        case .standAloneBattery: "stand-alone battery"
        case .rooftop: "rooftop"
        case .behindTheMeter: "behind the meter"
        case .gridWithExport: "grid with export"
        case .lantern: "lantern"
        case .other: "other"
        default: "unknown"
        }
    }

    static func status(_ status: ProtoAccountStatus) -> String {
        switch status {
        case .pending: "pending"
        case .active: "active"
        case .suspended: "suspended"
        default: "unknown"
        }
    }

    static func status(_ status: ProtoDeviceStatus) -> String {
        switch status {
        case .active: "active"
        case .closed: "closed"
        default: "unknown"
        }
    }
}
