import Foundation
import Ledger
import Primitives
import Testing
import Wire

/// L3: the names of a claim. The vectors were made with Python's `hashlib` and
/// `json.dumps(…, sort_keys=True, separators=(",", ":"))`: RFC 8785 for ASCII and integers.
struct ClaimTests {
    private static let network = Digest.sha256(Array("claim vector network".utf8))

    private static func window(
        _ device: UInt64, _ start: UInt64, _ end: UInt64, _ wattHours: UInt64,
        _ kind: ProtoReadKind
    ) -> ReadWindow {
        ReadWindow(
            device: DeviceID(device), start: Timestamp(start), end: Timestamp(end),
            energy: WattHours(wattHours), kind: kind)
    }

    static let vectors: [(window: ReadWindow, evidence: String, claim: String)] = [
        (
            window(1, 1_638_576_000, 1_638_662_400, 3_000, .history),
            "e757a095104677f2a5bae4c813f76867802378b0b8f40a723a5a9679fc14626a",
            "54ca32362668f3d4c9b9841ee8bf49ec7b943003bcfc9f1897c1c627dd16a69b"
        ),
        (
            window(2_045, 1_672_531_199, 1_672_531_200, 0, .delta),
            "b4a13b8c699278fe2175890625577d739fdc1d4654f2eb86289cfd07d062fc00",
            "0c99e89934b4fc64550b1dd66073c1407be360c889b43a5e4ae4c48f860eee34"
        ),
        (
            window(9_007_199_254_740_991, 1, 31_622_401, 9_007_199_254_740_991, .aggregate),
            "ec04696cb9763a6f0865d6af0362198737edd3c8b846e7b3415d9b1646cd7a78",
            "30afda92440f4916bd9157c1b5a2f976b2c2ed204f5a6e6e536057a933c6c3c4"
        ),
    ]

    @Test("evidenceHash and claimId are those that other programs compute")
    func golden() {
        for (window, evidence, claim) in ClaimTests.vectors {
            #expect(window.evidenceHash(network: ClaimTests.network).hex == evidence)
            #expect(window.claimID(network: ClaimTests.network).hex == claim)
        }
    }

    @Test("each part of a claim, and the network, changes both names")
    func everyPart() {
        let windows = [
            ClaimTests.window(1, 10, 20, 30, .history), ClaimTests.window(2, 10, 20, 30, .history),
            ClaimTests.window(1, 11, 20, 30, .history), ClaimTests.window(1, 10, 21, 30, .history),
            ClaimTests.window(1, 10, 20, 31, .history), ClaimTests.window(1, 10, 20, 30, .delta),
            ClaimTests.window(1, 10, 20, 30, .aggregate),
            ClaimTests.window(1, 10, 20, 30, .unspecified),
            // Values that would collide if the members were only put one after the other.
            ClaimTests.window(11, 0, 20, 30, .history), ClaimTests.window(1, 1, 2, 30, .history),
            ClaimTests.window(.max, .max, .max, .max, .history),
        ]
        let networks = [ClaimTests.network, .zero]
        var evidence: Set<Digest> = []
        var claims: Set<Digest> = []
        for network in networks {
            for window in windows {
                evidence.insert(window.evidenceHash(network: network))
                claims.insert(window.claimID(network: network))
            }
        }
        #expect(evidence.count == windows.count * networks.count)
        #expect(claims.count == windows.count * networks.count)
        #expect(evidence.isDisjoint(with: claims))
    }
}
