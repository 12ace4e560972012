import Ledger
import Wire

extension Words {
    /// What a transaction does, in two or three words.
    static func name(_ action: ProtoTransactionBody.OneOf_Action?) -> String {
        action.map { name(ActionName($0)) } ?? "Unknown action"
    }

    static func name(_ action: ActionName) -> String {
        switch action {
        case .setParameters: "Set parameters"
        case .setYield: "Set a country’s yield"
        case .approveAccount: "Approve account"
        case .suspendAccount: "Suspend account"
        case .cancelPending: "Cancel a pending change"
        case .proposeAuthorityChange: "Propose other authorities"
        case .approveAuthorityChange: "Approve other authorities"
        case .withdrawAuthorityChange: "Withdraw an authority change"
        case .joinAuthorities: "Show an authority’s keys"
        case .reportDoubleVote: "Report a double vote"
        case .registerAccount: "Register account"
        case .changeKeys: "Change keys"
        case .changeDelegation: "Change delegation"
        case .takeOver: "Take over account"
        case .commitProfile: "Commit to a profile"
        case .registerDevices: "Register devices"
        case .updateDevice: "Update device"
        case .closeDevice: "Close device"
        case .handOverMeter: "Hand over meter"
        case .submitReads: "Submit reads"
        case .mint: "Mint"
        case .trade: "Trade"
        case .redeem: "Redeem"
        case .retire: "Retire"
        }
    }
}
