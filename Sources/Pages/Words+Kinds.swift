import Ledger
import Wire

/// What the ledger's enumerations are called.
extension Words {
    static func name(_ status: ProtoLotStatus) -> String {
        switch status {
        case .active: "Active"
        case .listed: "Listed for sale"
        case .registryLocked: "Locked for another registry"
        case .redeemed: "Redeemed"
        case .retired: "Retired"
        default: "Unknown"
        }
    }

    static func tone(_ status: ProtoLotStatus) -> HTML.Tone {
        switch status {
        case .active, .listed: .good
        case .redeemed, .retired: .spent
        default: .waiting
        }
    }

    static func name(_ kind: ProtoAccountKind) -> String {
        switch kind {
        case .initiative: "Initiative"
        case .authority: "Authority"
        case .developer: "Developer"
        case .aggregator: "Aggregator"
        case .buyer: "Buyer"
        case .intermediary: "Intermediary"
        case .onSiteGenerator: "On-site generator"
        case .auditor: "Auditor"
        case .meteringOperator: "Metering operator"
        case .gridOperator: "Grid operator"
        case .registry: "Registry"
        default: "Unknown"
        }
    }

    static func name(_ status: ProtoAccountStatus) -> String {
        switch status {
        case .active: "Active"
        case .pending: "Waiting for approval"
        case .suspended: "Suspended"
        default: "Unknown"
        }
    }

    static func badge(_ status: ProtoAccountStatus) -> HTML {
        let tone: HTML.Tone =
            switch status {
            case .active: .good
            case .suspended: .bad
            default: .waiting
            }
        return .badge(name(status), tone)
    }

    static func name(_ status: ProtoDeviceStatus) -> String {
        switch status {
        case .active: "Active"
        case .closed: "Closed"
        default: "Unknown"
        }
    }

    static func badge(_ status: ProtoDeviceStatus) -> HTML {
        let tone: HTML.Tone =
            switch status {
            case .active: .good
            case .closed: .spent
            default: .waiting
            }
        return .badge(name(status), tone)
    }

    static func badge(_ status: ProtoLotStatus) -> HTML { .badge(name(status), tone(status)) }

    static func name(_ kind: ProtoDeviceKind) -> String {
        switch kind {
        case .solarHomeSystem: "Solar home system"
        case .miniGrid: "Mini-grid"
        case .microGrid: "Micro-grid"
        case .irrigationPump: "Irrigation pump"
        case .standAloneBattery: "Stand-alone battery"
        case .rooftop: "Rooftop"
        case .behindTheMeter: "Behind the meter"
        case .gridWithExport: "Grid-connected with export"
        case .lantern: "Solar lantern"
        case .other: "Other"
        default: "Unknown"
        }
    }

    static func name(_ grid: ProtoGridConnection) -> String {
        switch grid {
        case .offGrid: "Off-grid"
        case .captive: "Captive"
        case .exportAllowed: "Export to the grid allowed"
        default: "Unknown"
        }
    }

    static func name(_ offTaker: ProtoOffTaker) -> String {
        switch offTaker {
        case .school: "School"
        case .education: "Education"
        case .healthFacility: "Health facility"
        case .residential: "Homes"
        case .commercial: "Commercial"
        case .industrial: "Industrial"
        case .publicSector: "Public sector"
        case .agriculture: "Agriculture"
        case .utility: "Utility"
        case .community: "Community"
        default: ""
        }
    }

    static func name(_ source: ProtoDataSource) -> String {
        switch source {
        case .platform: "Monitoring platform"
        case .smartMeter: "Smart meter"
        case .inverter: "Inverter"
        case .chargeController: "Charge controller"
        case .manual: "Read by hand"
        case .paymentEvent: "Payment events"
        default: ""
        }
    }

    static func name(_ kind: ProtoReadKind) -> String {
        switch kind {
        case .history: "History"
        case .delta: "Delta"
        case .aggregate: "Counter"
        default: "Unknown"
        }
    }

    static func name(_ channel: ProtoChannel) -> String {
        switch channel {
        case .api: "API"
        case .web: "Web form"
        case .csv: "CSV file"
        case .cli: "Command line"
        case .paymentEvent: "Payment event"
        default: "Unknown"
        }
    }

    static func name(_ kind: ProtoProjectKind) -> String {
        switch kind {
        case .default: "Default project of its owner and country"
        case .reservation: "Reservation"
        case .attested: "Attested"
        default: "Unknown"
        }
    }

    static func name(_ reason: ProtoRetirementReason) -> String {
        switch reason {
        case .voluntary: "voluntary"
        case .expired: "expired"
        case .externalRegistry: "converted to another registry"
        case .correction: "correction"
        default: "unknown"
        }
    }

    static func name(_ kind: ProvenanceStep.Kind) -> String {
        switch kind {
        case .mint: "Minted"
        case .trade: "Traded"
        case .redeem: "Redeemed"
        case .retire: "Retired"
        }
    }

    static func name(_ status: ProtoAuthorityChangeStatus) -> String {
        switch status {
        case .proposed: "Waiting for approvals"
        case .approved: "Approved"
        case .fixed: "About to take effect"
        case .inForce: "In force"
        case .withdrawn: "Withdrawn"
        case .lapsed: "Lapsed"
        default: "Unknown"
        }
    }

    /// The roles that a key's or a delegate's bits name.
    static func roles(_ bits: UInt32) -> String {
        let names = ["admin", "devices", "metering", "trading", "attesting"]
        return names.enumerated().filter { bits & (1 << UInt32($0.offset)) != 0 }
            .map(\.element).joined(separator: ", ")
    }

    static func name(_ fault: DoubleVote.Fault) -> String {
        switch fault {
        case .conflictingNotarize: "Notarized two blocks"
        case .conflictingFinalize: "Finalized two blocks"
        case .nullifyFinalize: "Gave a view up and finalized its block"
        }
    }
}
