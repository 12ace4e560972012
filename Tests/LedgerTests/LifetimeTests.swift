import Foundation
import Ledger
import Mutations
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

/// How long a transaction is good, and that it is good once.
struct LifetimeTests {
    private func commit(_ ledger: LedgerHarness, _ root: String) -> Action {
        .commitProfile(.with { $0.root = hash(root) })
    }

    @Test("a transaction is good until its time and for at most 24 hours")
    func validity() throws {
        var ledger = try Inhabited.network()
        let now = ledger.now.rawValue
        let cases: [(UInt64, RefusalCode?)] = [
            (now, nil), (now + 1, nil), (now + 86_400, nil), (now - 1, .expired), (1, .expired),
            (0, .expired), (now + 86_401, .expiresTooLate), (.max, .expiresTooLate),
        ]
        for (notAfter, code) in cases {
            let body = ledger.body(commit(ledger, "\(notAfter)"), as: 3, notAfter: notAfter)
            let bytes = ledger.signed(body, by: ["developer"])
            if let code {
                expectRefused(code, "not_after") { try ledger.apply(bytes: bytes) }
            } else {
                try ledger.apply(bytes: bytes)
            }
        }
        try ledger.seal(at: Timestamp(now + 10))
        let body = ledger.body(commit(ledger, "late"), as: 3, notAfter: now + 9)
        expectRefused(.expired, "not_after") {
            try ledger.apply(bytes: ledger.signed(body, by: ["developer"]))
        }
    }

    private func send(
        _ nonce: UInt64, to ledger: inout LedgerHarness, more: [(String, UInt64)] = []
    ) throws {
        var body = ledger.body(commit(ledger, "profile"), as: 3)
        body.channel = .cli
        try ledger.apply(
            bytes: Transaction.sign(
                body,
                keys: [(key("developer"), Nonce(nonce))]
                    + more.map { (key($0.0), Nonce($0.1)) }))
    }

    @Test("nonces come in any order within 1024, each once")
    func window() throws {
        var ledger = try Inhabited.network()
        // Nonces 1 and 2 were spent on registrations.
        let steps: [(UInt64, RefusalCode?)] = [
            (2, .nonceUsed), (1, .nonceUsed), (0, nil), (0, .nonceUsed), (10, nil), (5, nil),
            (5, .nonceUsed), (10, .nonceUsed), (9, nil), (1_033, nil), (9, .nonceTooOld),
            (10, .nonceUsed), (11, nil), (11, .nonceUsed), (0, .nonceTooOld), (1_034, nil),
            (10, .nonceTooOld), (11, .nonceUsed), (12, nil), (2_058, nil), (1_034, .nonceTooOld),
            (1_035, nil), (2_058, .nonceUsed), (1 << 40, nil), (2_059, .nonceTooOld),
            ((1 << 40) - 1_023, nil), ((1 << 40) - 1_024, .nonceTooOld), (.max, nil),
            (.max, .nonceUsed), (.max - 1_023, nil), (.max - 1_024, .nonceTooOld),
            (.max - 1, nil), (0, .nonceTooOld),
        ]
        for (index, (nonce, code)) in steps.enumerated() {
            if let code {
                expectRefused(code, "signers[0].nonce", "step \(index)") {
                    try send(nonce, to: &ledger)
                }
            } else {
                try send(nonce, to: &ledger)
            }
            if index.isMultiple(of: 5) { try ledger.seal() }
        }
    }

    @Test("the very same bytes are refused the second time")
    func replay() throws {
        var ledger = try Inhabited.network()
        let bytes = ledger.signed(ledger.body(commit(ledger, "x"), as: 3), by: ["developer"])
        try ledger.apply(bytes: bytes)
        expectRefused(.nonceUsed, "signers[0].nonce") { try ledger.apply(bytes: bytes) }
        try ledger.seal()
        expectRefused(.nonceUsed, "signers[0].nonce") { try ledger.apply(bytes: bytes) }
    }

    @Test("every signer's nonce counts, and a refused transaction spends none")
    func everySigner() throws {
        var ledger = try Inhabited.network()
        try send(50, to: &ledger, more: [("buyer", 70)])
        expectRefused(.nonceUsed, "signers[1].nonce") {
            try send(51, to: &ledger, more: [("buyer", 70)])
        }
        try send(51, to: &ledger, more: [("buyer", 71)])
        expectRefused(.unknownKey, "signers[1].public_key") {
            try send(52, to: &ledger, more: [("stranger", 1)])
        }
        try send(52, to: &ledger)
    }

    @Test("the window answers as a set of used nonces would", arguments: 1...6)
    func model(seed: UInt64) throws {
        var random = SmallRandom(seed: seed)
        var window = ReplayWindow(highest: 0, bitmap: Data())
        var used: Set<UInt64> = []
        for _ in 0..<4_000 {
            let highest = used.max() ?? 0
            let low = highest - min(highest, 1_100)
            let jump = [1, 2, 8, 9, 100, 1_023, 1_024, 1_025, 3_000][Int(random.below(9))]
            let nonce =
                random.below(10) == 0
                ? highest + UInt64(jump) : low + random.below(highest - low + 3)
            let expected: RefusalCode? =
                used.isEmpty || nonce > highest
                ? nil
                : highest - nonce >= 1_024
                    ? .nonceTooOld : used.contains(nonce) ? .nonceUsed : nil
            do {
                try window.use(Nonce(nonce))
                #expect(expected == nil)
                used.insert(nonce)
            } catch {
                #expect(error.code == expected)
            }
            // What is stored is all there is to know.
            let stored = ReplayWindow(highest: window.highest, bitmap: window.bitmap)
            #expect(stored.bitmap == window.bitmap && stored.bitmap.count <= 128)
            #expect(stored.bitmap.last != 0)
            window = stored
        }
    }
}
