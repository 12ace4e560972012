import Foundation
import Primitives
import Wire

extension GenesisDocument {
    /// The authorities of epoch 0: whom the first votes are checked by.
    package var authoritySet: AuthoritySet {
        var value = ProtoAuthoritySetValue()
        let accounts = authorityAccounts
        for (authority, account) in zip(authorities, accounts) {
            value.authorities.append(authority.value(of: account))
        }
        return AuthoritySet(epoch: Epoch(0), value: value)
    }
}

extension GenesisDocument.Authority {
    /// As the state keeps it.
    func value(of account: AccountID) -> ProtoAuthorityValue {
        var value = ProtoAuthorityValue()
        value.account = account.rawValue
        value.name = name
        value.voteKey = Data(voteKey.bytes)
        value.tlsKey = Data(tlsKey.bytes)
        value.logKey = Data(logKey.bytes)
        return value
    }
}
