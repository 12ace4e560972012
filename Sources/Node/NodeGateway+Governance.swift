package import Ledger
package import Primitives
import Store

extension NodeGateway {
    package func parameters(before: Timestamp?, limit: Int) async throws -> [ParametersRecord] {
        let time = now
        return try await read {
            try $0.parametersHistory(before: before, limit: limit, at: time)
        }
    }

    package func yields(
        of country: CountryCode?, after: YieldRecord.Position?, limit: Int
    ) async throws -> [YieldRecord] {
        let time = now
        return try await read {
            try $0.yields(of: country, after: after, limit: limit, at: time)
        }
    }

    package func delegations(
        of account: AccountID, after: AccountID?, limit: Int
    ) async throws -> [DelegationRecord] {
        try await read { try $0.delegations(of: account, after: after, limit: limit) }
    }

    package func revisions(
        of device: DeviceID, before: Timestamp?, limit: Int
    ) async throws -> [DeviceRecord] {
        let time = now
        return try await read {
            try $0.revisions(of: device, before: before, limit: limit, at: time)
        }
    }

    package func evidence(_ entry: LogIndex) async throws -> EvidenceRecord? {
        try await read { try $0.evidence(entry) }
    }

    package func evidence(before: LogIndex?, limit: Int) async throws -> [EvidenceRecord] {
        try await read { try $0.evidence(before: before, limit: limit) }
    }
}
