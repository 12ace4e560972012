import Foundation
import Primitives
package import Wire

extension GenesisDocument {
    /// The leaves of the state after genesis, which is height 0.
    ///
    /// The initiative is A1; operators of authorities follow in the document's order.
    package var state: StateOverlay {
        var state = StateOverlay(over: EmptyState())
        write(initiative, kind: .initiative, as: .initiative, into: &state)
        let accounts = authorityAccounts
        for (authority, account) in zip(authorities, accounts) {
            if let organisation = authority.operatedBy {
                write(organisation, kind: .authority, as: account, into: &state)
            }
        }
        var set = ProtoAuthoritySetValue()
        set.authorities = authoritySet.members
        state.set(set.canonicalBytes, for: .authorities(Epoch(0)))
        state.set(parameters.canonicalBytes, for: .parameters(effective: 0))
        for yield in yields {
            state.set(yield.value.canonicalBytes, for: .yield(yield.country, effective: 0))
        }
        var counters = ProtoCountersValue()
        counters.nextAccount = (accounts.max() ?? .initiative).rawValue + 1
        counters.nextDevice = 1
        counters.nextProject = ProjectID.first.rawValue
        state.set(counters.canonicalBytes, for: .counters)
        state.forgetJournal()
        return state
    }

    private func write(
        _ organisation: Organisation, kind: ProtoAccountKind, as id: AccountID,
        into state: inout StateOverlay
    ) {
        var account = ProtoAccountValue()
        account.kind = kind
        account.legalName = organisation.legalName
        account.country = organisation.country.description
        account.status = .active
        account.keys = organisation.keys.map { Data($0.publicKey.bytes) }
        state.set(account.canonicalBytes, for: .account(id))
        for key in organisation.keys {
            var value = ProtoKeyValue()
            value.account = id.rawValue
            value.roles = key.roles.rawValue
            state.set(value.canonicalBytes, for: .key(key.publicKey))
        }
    }

    /// Parameters of a network that is run on one machine: no delay, and a history limit of ten
    /// years, so that old reads can be used.
    package static var localParameters: ProtoParameters {
        var parameters = ProtoParameters()
        parameters.minimumDelaySeconds = 0
        parameters.historyLimitSeconds = 10 * 366 * 86_400
        parameters.windowFactorPpm = 1_100_000
        parameters.dayFactorPpm = 1_500_000
        parameters.monthFactorPpm = 1_000_000
        parameters.degradationPpb = 5_000_000
        parameters.scalerPpm = 1_200_000
        parameters.defaultYieldKwhPerKwp = 2_000
        parameters.blockSignatures = 20_000
        parameters.blockLeaves = 200_000
        parameters.blockLots = 50_000
        parameters.blockReads = 250_000
        parameters.minimumBlockIntervalMilliseconds = 20
        parameters.heartbeatMilliseconds = 60_000
        return parameters
    }
}
