import Foundation
import Ledger
import Primitives
import SwiftProtobuf
import Wire

/// What clients hand in: accounts that depend on nothing, and one story of settling, reads, mints,
/// trades and redemptions, each step after the one before is final.
struct Workload {
    private var pen: Pen
    /// The first two accounts that clients found.
    private let developer: UInt64
    private let buyer: UInt64
    private var accountCount = 0
    /// Handed in, in order.
    private var sent: [(id: Digest, bytes: Data)] = []
    private var storyStep = 0
    private var storyID: Digest?
    private var day: UInt64 = 0
    /// Never handed on, where a defect says so.
    private var marked: Digest?

    /// 2021-01-01T00:00:00Z in seconds.
    private static let firstDay: UInt64 = 1_609_459_200
    /// D-RECs that each day's reads complete.
    private static let daily: UInt64 = 12

    /// - Parameter firstAccount: the one after those of the founding document.
    init(network: Digest, firstAccount: UInt64) {
        pen = Pen(network: network)
        developer = firstAccount
        buyer = firstAccount + 1
    }

    func isMarked(_ id: Digest) -> Bool { marked == id }

    /// What is not final, in the order in which it was handed in.
    func open(isFinal: (Digest) -> Bool) -> [Data] {
        sent.filter { !isFinal($0.id) }.map(\.bytes)
    }

    /// The story's accounts have their numbers, so that others may come.
    var hasFirstAccounts: Bool { storyStep > 2 }

    /// The next ones: the story's next step where it may come, and now and then an account.
    mutating func nextTransactions(isFinal: (Digest) -> Bool) -> [Data] {
        var next: [Data] = []
        if storyID.map(isFinal) ?? true {
            let bytes = nextStep()
            storyID = sent.last?.id
            next.append(bytes)
        } else {
            next += open(isFinal: isFinal)
        }
        if hasFirstAccounts { next.append(account()) }
        return next
    }

    private mutating func nextStep() -> Data {
        storyStep += 1
        switch storyStep {
        case 1: return register("developer", .developer)
        case 2: return register("buyer", .buyer)
        case 3:
            return note(
                .registerDevices(.with { $0.devices = [Workload.device("one")] }),
                as: developer, by: ["developer"])
        default: return nextOfDay()
        }
    }

    /// Reads and mint, a trade of some of it, a redemption of some of that; then the next day.
    private mutating func nextOfDay() -> Data {
        let buyer = buyer
        let first = day * Workload.daily + 1
        switch (storyStep - 4) % 3 {
        case 0:
            let start = Workload.firstDay + day * 86_400 + 9 * 3_600
            return note(
                .submitReads(ProtoSubmitReads()), as: developer, by: ["developer"],
                reads: [
                    ReadRow(
                        device: DeviceID(1), start: Timestamp(start),
                        end: Timestamp(start + 6 * 3_600), energy: WattHours(12_345),
                        kind: .history)
                ])
        case 1:
            return note(
                .trade(
                    .with {
                        $0.ranges = [Workload.range(first, first + 5)]
                        $0.to = buyer
                    }), as: developer, by: ["developer"])
        default:
            day += 1
            return note(
                .redeem(
                    .with {
                        $0.ranges = [Workload.range(first, first + 2)]
                        $0.beneficiary = "A school"
                        $0.location = "ZAF"
                        $0.purpose = "Its electricity of a year"
                        $0.periodStart = Workload.firstDay
                        $0.periodEnd = Workload.firstDay + 365 * 86_400
                    }), as: buyer, by: ["buyer"])
        }
    }

    /// An account that depends on nothing but the initiative.
    mutating func account() -> Data {
        accountCount += 1
        let bytes = register("account \(accountCount)", .buyer)
        if accountCount == 2 { marked = sent.last?.id }
        return bytes
    }

    private mutating func register(_ name: String, _ kind: ProtoAccountKind) -> Data {
        note(
            .registerAccount(
                .with {
                    $0.kind = kind
                    $0.legalName = name
                    $0.country = "ZAF"
                    $0.keys = [
                        .with {
                            $0.publicKey = Data(World.key(name).publicKey.bytes)
                            $0.roles = KeyRoles.all.rawValue
                        }
                    ]
                }), as: AccountID.initiative.rawValue, by: ["initiative", name])
    }

    /// Signs with the next nonces of the named keys, and remembers.
    private mutating func note(
        _ action: ProtoTransactionBody.OneOf_Action, as account: UInt64, by names: [String],
        reads: [ReadRow] = []
    ) -> Data {
        let bytes = pen.sign(action, as: account, by: names, reads: reads)
        if let id = try? Transaction(decoding: bytes, network: pen.network).id {
            sent.append((id, bytes))
        }
        return bytes
    }

    /// A rooftop of 100 kW in South Africa, commissioned on 2019-01-01.
    private static func device(_ name: String) -> ProtoDeviceRegistration {
        .with {
            $0.externalIDHash = Data(Digest.sha256(Array(name.utf8)).bytes)
            $0.details = .with {
                $0.kind = .rooftop
                $0.country = "ZAF"
                $0.fuelCode = 100
                $0.typeCode = 120
                $0.capacityWatts = 100_000
                $0.commissioned = 1_546_300_800
                $0.grid = .captive
                $0.offTaker = .industrial
                $0.source = .platform
                $0.latitudeE2 = -2_625
                $0.longitudeE2 = 2_810
            }
        }
    }

    private static func range(_ first: UInt64, _ last: UInt64) -> ProtoRange {
        .with {
            $0.project = 101
            $0.vintage = 2021
            $0.first = first
            $0.last = last
        }
    }
}
