import Foundation
import Ledger
import Primitives
import Wire

extension LedgerOracle {
    /// No proposed change is lost or counted twice, and each set follows from the one before by the
    /// change that says so.
    func auditAuthorities() {
        let ended = all(.authorityChange, ProtoAuthorityChangeValue.self)
        let open = all(.pending, ProtoAuthorityChangeValue.self, where: { $0.word0 == 1 })
        let numbers = open.map(\.key.word1) + ended.map(\.key.word0)
        let proposed = history.compactMap { applied -> UInt64? in
            guard case .proposeAuthorityChange = applied.transaction.body.action else {
                return nil
            }
            return applied.index.rawValue
        }
        expect(
            numbers.sorted() == proposed,
            "proposed are the authority changes \(proposed), in the state \(numbers.sorted())")
        for (_, value) in open {
            expect([.proposed, .approved, .fixed].contains(value.status))
            expect((value.status == .fixed) == (value.boundary > 0))
        }
        expect(open.count { $0.value.status == .fixed } <= 1, "two boundaries are fixed")
        for (_, value) in ended {
            expect([.inForce, .withdrawn, .lapsed].contains(value.status))
            expect((value.status == .lapsed) == (value.refusal > 0))
        }
        auditSets(ended.map(\.value).filter { $0.status == .inForce })
    }

    private func auditSets(_ changes: [ProtoAuthorityChangeValue]) {
        let sets = all(.authorities, ProtoAuthoritySetValue.self)
        expect(
            sets.map(\.key.word0) == Array(0..<UInt64(sets.count)), "an epoch is left out")
        expect(changes.map(\.epoch).sorted() == Array(sets.map(\.key.word0).dropFirst()))
        for (before, after) in zip(sets, sets.dropFirst()) {
            guard let change = changes.first(where: { $0.epoch == after.key.word0 }) else {
                continue
            }
            let old = before.value.authorities
            expect(change.changes.count <= max(1, (old.count - 1) / 3))
            var expected: [ProtoAuthorityValue] = []
            for seat in old {
                guard let move = change.changes.first(where: { $0.seat == seat.name }) else {
                    expected.append(seat)
                    continue
                }
                if move.hasTo { expected.append(move.to) }
            }
            expected += change.changes.filter(\.seat.isEmpty).map(\.to)
            expect(after.value.authorities == expected, "epoch \(change.epoch) has another set")
            expect(Set(expected.map(\.name)).count == expected.count && !expected.isEmpty)
        }
    }
}
