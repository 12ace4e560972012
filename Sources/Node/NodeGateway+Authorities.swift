package import Ledger
package import Primitives
import Store

extension NodeGateway {
    package func authoritySets(
        before: Epoch?, limit: Int
    ) async throws -> [AuthoritySetRecord] {
        try await read { try $0.authoritySets(before: before, limit: limit) }
    }

    package func authorityChange(_ number: LogIndex) async throws -> AuthorityChange? {
        try await read { try $0.authorityChange(number) }
    }

    package func authorityChanges(
        before: LogIndex?, limit: Int
    ) async throws -> [AuthorityChange] {
        try await read { try $0.authorityChanges(before: before, limit: limit) }
    }

    package func authorityJoins(
        after: AccountID?, limit: Int
    ) async throws -> [AuthorityJoinsRecord] {
        try await read { try $0.authorityJoins(after: after, limit: limit) }
    }

    package func doubleVotes(
        before: DoubleVoteRecord.Position?, limit: Int
    ) async throws -> [DoubleVoteRecord] {
        try await read { try $0.doubleVotes(before: before, limit: limit) }
    }
}
