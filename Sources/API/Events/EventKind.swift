import Wire

/// What an event of the stream is about.
package enum EventKind: String, CaseIterable, Sendable {
    /// A block is final, and all its events have been told.
    case block
    /// An account, devices or a project came into being.
    case registration
    /// A key, a delegation, a profile, or a status of an account or a device changed.
    case change
    /// Reads were accepted.
    case reads
    /// Energy became D-RECs.
    case mint
    case trade
    case redemption
    case retirement
    /// Parameters, yields, or who the authorities are.
    case governance

    init(_ event: ProtoEvent.OneOf_Event) {
        self =
            switch event {
            case .accountRegistered, .devicesRegistered, .projectCreated: .registration
            case .accountStatusChanged, .keyChanged, .delegationChanged, .profileCommitted,
                .deviceChanged:
                .change
            case .readsAccepted: .reads
            case .energyPlaced: .mint
            case .lotsMoved(let moved): EventKind(moved.action)
            case .governanceChanged, .authorityChangeMoved, .authorityJoined, .doubleVoteReported:
                .governance
            }
    }

    private init(_ action: ProtoLotsAction) {
        self =
            switch action {
            case .redeem: .redemption
            case .retire: .retirement
            case .trade, .unspecified, .UNRECOGNIZED: .trade
            }
    }
}
