import Foundation
import Ledger
import Mutations
import Primitives
import SampleNetworks
import Testing

/// Overlays against a dictionary that is copied for each of them.
struct StateOverlayTests {
    /// A key among few, of kinds with two and three words, some of which an overlay remembers.
    private func key(_ random: inout SmallRandom) -> StateKey {
        let (one, two) = (random.below(3), random.below(12))
        return switch random.below(4) {
        case 0: .account(AccountID(two))
        case 1: .series(SeriesID(project: ProjectID(one), vintage: UInt32(two)))
        case 2: .device(DeviceID(one), effective: random.below(8) == 0 ? .max : two)
        default:
            .lot(
                SeriesID(project: ProjectID(one), vintage: 2_021),
                first: DRECSerial(random.below(8) == 0 ? .max : two))
        }
    }

    private func value(_ random: inout SmallRandom) -> Data? {
        random.below(3) == 0 ? nil : Data([1 + UInt8(random.below(200))])
    }

    private func check(
        _ overlay: StateOverlay, _ plain: [StateKey: Data], _ random: inout SmallRandom
    ) throws {
        for _ in 0..<12 {
            let (one, other) = (key(&random), key(&random))
            #expect(try overlay.value(for: one) == plain[one])
            guard one.kind == other.kind else { continue }
            let (low, high) = (min(one, other), max(one, other))
            let within = plain.keys.filter { $0 >= low && $0 <= high }.sorted()
            #expect(try overlay.last(atOrBefore: high, downTo: low)?.key == within.last)
            #expect(try overlay.first(atOrAfter: low, upTo: high)?.key == within.first)
            if let last = within.last {
                #expect(
                    try overlay.last(atOrBefore: high, downTo: low)?.value == plain[last])
            }
        }
    }

    @Test(
        "an overlay reads as the state after its changes, whatever is undone and stacked",
        arguments: 1...12)
    func model(seed: UInt64) throws {
        var random = SmallRandom(seed: seed)
        var plain: [StateKey: Data] = [:]
        var base = SortedState()
        for _ in 0..<40 {
            let leaf = (key: key(&random), value: value(&random))
            base.write([leaf])
            plain[leaf.key] = leaf.value
        }
        var overlay = StateOverlay(over: base)
        for step in 0..<300 {
            let (mark, before) = (overlay.mark, plain)
            for _ in 0..<random.below(6) {
                let leaf = (key: key(&random), value: value(&random))
                overlay.set(leaf.value, for: leaf.key)
                plain[leaf.key] = leaf.value
            }
            try check(overlay, plain, &random)
            switch random.below(6) {
            case 0, 1:
                overlay.rollBack(to: mark)
                plain = before
            case 2: overlay.forgetJournal()
            case 3 where step % 10 == 0:
                // The next block over this one, and now and then all of it made final.
                if random.below(2) == 0 {
                    overlay = StateOverlay(over: overlay)
                } else {
                    var final = SortedState()
                    final.write(plain.map { ($0.key, $0.value) })
                    overlay = StateOverlay(over: final)
                }
            default: break
            }
            try check(overlay, plain, &random)
        }
    }

    @Test("changes are those of the dictionary, in order, deletions included")
    func changes() throws {
        var random = SmallRandom(seed: 99)
        var overlay = StateOverlay(over: EmptyState())
        var plain: [StateKey: Data?] = [:]
        for _ in 0..<400 {
            let leaf = (key: key(&random), value: value(&random))
            overlay.set(leaf.value, for: leaf.key)
            plain[leaf.key] = .some(leaf.value)
        }
        let changes = overlay.changes
        #expect(changes.map(\.key) == plain.keys.sorted())
        #expect(changes.allSatisfy { plain[$0.key] == .some($0.value) })
        #expect(overlay.changeCount == plain.count)
        overlay.rollBack(to: 0)
        #expect(overlay.changes.isEmpty)
    }
}
