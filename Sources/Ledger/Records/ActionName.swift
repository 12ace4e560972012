package import Wire

/// What a transaction does, by the number of its field in the body.
package enum ActionName: UInt64, CaseIterable, Sendable {
    case setParameters = 16
    case setYield = 17
    case approveAccount = 18
    case suspendAccount = 19
    case cancelPending = 20
    case proposeAuthorityChange = 21
    case approveAuthorityChange = 22
    case withdrawAuthorityChange = 23
    case joinAuthorities = 24
    case reportDoubleVote = 25
    case registerAccount = 40
    case changeKeys = 41
    case changeDelegation = 42
    case takeOver = 43
    case commitProfile = 44
    case registerDevices = 45
    case updateDevice = 46
    case closeDevice = 47
    case handOverMeter = 48
    case submitReads = 70
    case mint = 90
    case trade = 91
    case redeem = 92
    case retire = 93

    package init(_ action: ProtoTransactionBody.OneOf_Action) {
        self =
            switch action {
            case .setParameters: .setParameters
            case .setYield: .setYield
            case .approveAccount: .approveAccount
            case .suspendAccount: .suspendAccount
            case .cancelPending: .cancelPending
            case .proposeAuthorityChange: .proposeAuthorityChange
            case .approveAuthorityChange: .approveAuthorityChange
            case .withdrawAuthorityChange: .withdrawAuthorityChange
            case .joinAuthorities: .joinAuthorities
            case .reportDoubleVote: .reportDoubleVote
            case .registerAccount: .registerAccount
            case .changeKeys: .changeKeys
            case .changeDelegation: .changeDelegation
            case .takeOver: .takeOver
            case .commitProfile: .commitProfile
            case .registerDevices: .registerDevices
            case .updateDevice: .updateDevice
            case .closeDevice: .closeDevice
            case .handOverMeter: .handOverMeter
            case .submitReads: .submitReads
            case .mint: .mint
            case .trade: .trade
            case .redeem: .redeem
            case .retire: .retire
            }
    }
}
