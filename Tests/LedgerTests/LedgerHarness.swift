import Foundation
import Ledger
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

/// A network of one thread: founds a genesis, builds transactions as a client does, applies them in
/// blocks, and audits the state after each block.
struct LedgerHarness {
    let genesis: GenesisDocument
    let network: Digest
    private(set) var finalised = SortedState()
    /// Blocks that are not finalised yet, each over the one before.
    private var overlays: [StateOverlay] = []
    private(set) var execution: BlockExecution
    private(set) var height: UInt64 = 0
    private var nonces: [PublicKey: UInt64] = [:]
    /// What was accepted since genesis, kept apart from the state.
    private(set) var history: [AppliedTransaction] = []
    var now: Timestamp
    /// Of the last block that was sealed, or of the founding.
    private var parentTime: Timestamp
    /// Audits each block on sealing.
    var isAudited = true

    init(
        now: Timestamp = time("2023-06-15T12:00:00Z"),
        parameters: ProtoParameters = GenesisDocument.localParameters,
        yields: [GenesisDocument.CountryYield] = [], document: GenesisDocument? = nil
    ) throws {
        genesis = document ?? LedgerHarness.document(parameters: parameters, yields: yields)
        parentTime = genesis.founded
        network = genesis.hash
        self.now = now
        let state = genesis.state
        finalised.write(state.changes)
        execution = BlockExecution(
            context: BlockContext(
                network: network, height: Height(0), time: now, parameters: parameters,
                logSize: 0), over: finalised)
        try openBlock()
    }

    static func document(
        parameters: ProtoParameters = GenesisDocument.localParameters,
        yields: [GenesisDocument.CountryYield] = []
    ) -> GenesisDocument {
        SampleNetwork.document(
            authorities: [("north", nil), ("south", "authority")], parameters: parameters,
            yields: yields)
    }

    // MARK: Blocks

    /// The state as the next transaction finds it.
    var state: StateOverlay { execution.state }

    /// Every leaf of the state.
    var leaves: [StateKey: Data] {
        var leaves = finalised.values
        for overlay in overlays + [execution.state] {
            for (key, value) in overlay.changes { leaves[key] = value }
        }
        return leaves
    }

    /// Ends the block, audits it and begins the next one.
    mutating func seal(at time: Timestamp? = nil) throws {
        try execution.end(parentTime: parentTime)
        parentTime = execution.context.time
        if isAudited {
            for fault in LedgerOracle(leaves: leaves, history: history).audit() {
                Issue.record("\(fault)")
            }
        }
        for applied in execution.applied {
            for window in applied.windows { finalised.record(window, entry: applied.index) }
        }
        overlays.append(execution.state)
        if overlays.count == 3 { writeOverlays() }
        if let time { now = time }
        try openBlock()
    }

    /// Ends the block and makes it and all before it final.
    mutating func finalise() throws {
        try seal()
        writeOverlays()
        height -= 1
        try openBlock()
    }

    private mutating func writeOverlays() {
        for overlay in overlays { finalised.write(overlay.changes) }
        overlays.removeAll()
    }

    private mutating func openBlock() throws {
        height += 1
        let base: any StateReader = overlays.last ?? finalised
        let parameters = try #require(try base.parameters(at: now))
        execution = BlockExecution(
            context: BlockContext(
                network: network, height: Height(height), time: now, parameters: parameters,
                logSize: UInt64(history.count)), over: base)
    }

    // MARK: Transactions

    /// Everything of a body but what the signing fills in.
    func body(
        _ action: Action?, as account: UInt64, notAfter: UInt64? = nil,
        channel: ProtoChannel = .api
    ) -> ProtoTransactionBody {
        var body = ProtoTransactionBody()
        body.network = Data(network.bytes)
        body.account = account
        body.notAfter = notAfter ?? (now.rawValue + 3_600)
        body.channel = channel
        body.action = action
        return body
    }

    /// Signs with the next nonces of the named keys.
    func signed(
        _ body: ProtoTransactionBody, by names: [String], reads: [ReadRow] = []
    ) -> Data {
        Transaction.sign(
            body, reads: reads,
            keys: names.map { name in
                let signer = key(name)
                return (signer, Nonce((nonces[signer.publicKey] ?? 0) + 1))
            })
    }

    /// Takes bytes through decoding, signatures and rules.
    @discardableResult
    mutating func apply(bytes: Data) throws -> AppliedTransaction {
        let transaction = try Transaction(decoding: bytes, network: network)
        try transaction.checkSignatures()
        let before = execution.state.changes
        let count = execution.applied.count
        let work = execution.work
        do {
            let applied = try execution.apply(transaction)
            #expect(applied.index == LogIndex(UInt64(history.count)))
            history.append(applied)
            for signer in transaction.signers {
                nonces[signer.key] = max(nonces[signer.key] ?? 0, signer.nonce.rawValue)
            }
            return applied
        } catch let refusal as Refusal {
            let after = execution.state.changes
            #expect(
                before.elementsEqual(after) { $0.key == $1.key && $0.value == $1.value },
                "\(refusal) left a trace")
            #expect(execution.applied.count == count && execution.work == work)
            throw refusal
        }
    }

    @discardableResult
    mutating func apply(
        _ action: Action, as account: UInt64, by names: String..., reads: [ReadRow] = [],
        channel: ProtoChannel = .api
    ) throws -> AppliedTransaction {
        try apply(
            bytes: signed(body(action, as: account, channel: channel), by: names, reads: reads))
    }

    /// The refusal that an action gets, or nil where it is applied.
    mutating func refusal(
        _ action: Action, as account: UInt64, by names: [String], reads: [ReadRow] = []
    ) throws -> Refusal? {
        do {
            try apply(bytes: signed(body(action, as: account), by: names, reads: reads))
            return nil
        } catch let refusal as Refusal {
            return refusal
        }
    }

    /// Submits reads for an account.
    @discardableResult
    mutating func submit(
        _ rows: [ReadRow], as account: UInt64 = Inhabited.developer, by names: String = "developer",
        deferred: Bool = false
    ) throws -> AppliedTransaction {
        try apply(
            .submitReads(.with { $0.deferMint = deferred }), as: account, by: names, reads: rows)
    }

    /// The refusal that some reads get, or nil where they are accepted.
    mutating func refusal(
        of rows: [ReadRow], as account: UInt64 = Inhabited.developer, by name: String = "developer",
        deferred: Bool = false
    ) throws -> Refusal? {
        try refusal(
            .submitReads(.with { $0.deferMint = deferred }), as: account, by: [name], reads: rows)
    }
}

/// Expects that an operation is refused with a code and at a field.
func expectRefused(
    _ code: RefusalCode, _ field: String? = nil, _ name: String = "",
    at location: SourceLocation = #_sourceLocation, _ operation: () throws -> Void
) {
    do {
        try operation()
        Issue.record("not refused: \(name), expected \(code)", sourceLocation: location)
    } catch let refusal as Refusal {
        #expect(refusal.code == code, "\(name): \(refusal)", sourceLocation: location)
        if let field {
            #expect(refusal.field == field, "\(name): \(refusal)", sourceLocation: location)
        }
    } catch {
        Issue.record("\(name): \(error)", sourceLocation: location)
    }
}
