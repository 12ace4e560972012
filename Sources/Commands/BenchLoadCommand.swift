import ArgumentParser
import Foundation
import Ledger
import Primitives
import Wire

/// Trades against a running network, from submission to finality.
struct BenchLoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Trade on a running network, and measure until final.",
        discussion: """
            Each transaction passes one D-REC of the account to the recipient. Without --rate \
            every client sends the next one as soon as the last is final; with it, transactions \
            start at fixed times, whether or not earlier ones are final.

            Example: drec bench load --clients 64 --seconds 20 --to A3 --key developer.key \
            --account A2
            """)
    @OptionGroup var signing: SigningOptions
    @Option(help: "Clients at once.") var clients = 64
    @Option(help: "How long, in seconds, at most 600.") var seconds = 20
    @Option(help: "Transactions a second to start; as many as possible where it is 0.")
    var rate = 0.0
    @Option(help: "The account that receives them.") var to: AccountID
    @Option(help: "Member port of another node that clients use too; may be repeated.")
    var also: [String] = []
    @Option(help: "Which D-RECs; those of the account's first lots where it is left out.")
    var range: String?

    /// Transactions that a run may hold in memory.
    private static let limit = 1_000_000

    func run() async throws {
        try await Output.run {
            guard (1...1_000).contains(clients), (1...600).contains(seconds), rate >= 0 else {
                throw ValidationError("1 to 1000 clients, 1 to 600 seconds, no negative rate")
            }
            let verify = try await BenchMachine.verificationsPerSecond()
            let trades = try await BenchTrades(signing, range: range, recipient: to)
            let clients =
                [signing.client]
                + also.map {
                    NodeClient(publicURL: signing.client.publicURL, memberURL: $0)
                }
            let used = BenchMachine.processorSeconds()
            let result = try await BenchClients(clients: self.clients, seconds: seconds, rate: rate)
                .run { number in
                    guard number < BenchLoadCommand.limit,
                        let bytes = try trades.transaction(number)
                    else { return false }
                    _ = try await clients[number % clients.count].submit(bytes)
                    return true
                }
            Output.line("signature checks, two threads (V2)   \(Int(verify))/s")
            result.report("trades, submitted until final")
            guard rate == 0 else { return }
            let spent = BenchMachine.processorSeconds() - used
            let each = Int(spent / Double(max(1, result.milliseconds.count)) * 1e6)
            Output.line("processor time of the clients   \(each) µs each")
            let share = BenchMachine.ratio(result.perSecond, verify / 4)
            Output.line("share of V2/4   \(share)")
        }
    }
}

/// Signed trades of one D-REC each, out of the lots that an account has now.
struct BenchTrades: Sendable {
    private let key: SigningKey
    private let body: ProtoTransactionBody
    private let recipient: AccountID
    private let firstNonce: UInt64
    private let lots: [DRECRange]
    /// D-RECs before each lot.
    private let starts: [UInt64]

    init(_ signing: SigningOptions, range: String?, recipient: AccountID) async throws {
        key = try signing.signingKey()
        let account = try signing.account()
        let client = signing.client
        var body = ProtoTransactionBody()
        body.network = Data(try await client.network().bytes)
        body.account = account.rawValue
        body.channel = .api
        body.notAfter = SystemClock.milliseconds() / 1_000 + 3_600
        self.body = body
        self.recipient = recipient
        firstNonce = try await client.nextNonce(of: key.publicKey).rawValue
        if let range {
            guard let chosen = DRECRange(range) else {
                throw ValidationError("\(range) is no range of D-RECs")
            }
            lots = [chosen]
        } else {
            let path = "/v1/lots?owner=\(account)&status=active&limit=200"
            let page = try await client.object(path)
            lots = (page["items"] as? [[String: Any]] ?? [])
                .compactMap { ($0["range"] as? String).flatMap { DRECRange($0) } }
        }
        guard !lots.isEmpty else {
            throw CommandFailure.refused("\(account) owns no active lot")
        }
        var sum: UInt64 = 0
        starts = lots.map { lot in
            defer { sum += lot.count }
            return sum
        }
    }

    /// The trade of the account's D-REC of that number, from 0; nil where it has no more.
    func transaction(_ number: Int) throws -> Data? {
        guard let place = starts.lastIndex(where: { $0 <= UInt64(number) }) else { return nil }
        let lot = lots[place]
        let serial = lot.first.rawValue + (UInt64(number) - starts[place])
        guard
            let range = DRECRange(
                series: lot.series, first: DRECSerial(serial), last: DRECSerial(serial)),
            serial <= lot.last.rawValue
        else { return nil }
        var action = ProtoTrade()
        action.to = recipient.rawValue
        action.ranges = [ProtoRange(range)]
        var body = body
        body.action = .trade(action)
        return Transaction.sign(body, keys: [(key, Nonce(firstNonce + UInt64(number)))])
    }
}
