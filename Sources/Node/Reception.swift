import Consensus
import Foundation
import Ledger
import Logging
import Peering
import Primitives
import Replica
import Store
import Synchronization

/// What peers send, on its way to the driver: decoded on the peer's own task, and no faster than
/// the driver takes it.
final class Reception: Sendable {
    private struct Sender {
        let window = PeerWindow()
        let role: PeerRole
    }

    private let network: Digest
    private let inbox: Inbox
    private let checked: CheckedTransactions
    private let store: ChainStore
    private let questions: ProfileQuestions
    private let shelf: CosignatureShelf
    private let erasures: ErasureMailbox
    private let audience: ProfileAudience
    private let logger: Logger
    private let senders = Mutex<[PublicKey: Sender]>([:])

    init(
        network: Digest, inbox: Inbox, checked: CheckedTransactions, store: ChainStore,
        questions: ProfileQuestions, shelf: CosignatureShelf,
        erasures: ErasureMailbox, audience: ProfileAudience, logger: Logger
    ) {
        self.network = network
        self.inbox = inbox
        self.checked = checked
        self.store = store
        self.questions = questions
        self.shelf = shelf
        self.erasures = erasures
        self.audience = audience
        self.logger = logger
    }

    func take(_ event: PeerEvent) async {
        switch event {
        case .listening: break
        case .connected(let key, let role):
            senders.withLock { $0[key] = Sender(role: role) }
            inbox.put(.connected(key))
            shelf.greet(key)
        case .disconnected(let key, _):
            senders.withLock { $0[key] = nil }
            inbox.put(.disconnected(key))
        case .copiedKey(let key, let known, let other):
            logger.critical(
                "two processes use one key",
                metadata: ["key": "\(key)", "known": "\(known)", "other": "\(other)"])
        case .received(let key, let bytes): await receive(bytes, from: key)
        }
    }

    private func receive(_ bytes: Data, from key: PublicKey) async {
        guard let sender = senders.withLock({ $0[key] }) else { return }
        do throws(PeerMessageError) {
            let message = try PeerMessage(
                decoding: bytes, memberCount: ConsensusLimits.authorities)
            switch message {
            case .transactions(let list):
                await pass(list, bytes.count, from: key, as: sender)
            case .profileQuestion(let question):
                // An observer may be anyone, and a profile is for members.
                guard isMember(key, sender) else { return }
                guard case .fetch(let root)? = try? ProfileMessage(question: question) else {
                    inbox.put(.misbehaved(key, "asked for no profile"))
                    return
                }
                let share = await sender.window.enter(bytes.count)
                inbox.put(.profileAsked(root, from: key, share))
            case .profileAnswer(let answer): questions.deliver(answer, from: key)
            case .erasureQuestion, .erasures, .erase: take(message, of: key, sender)
            case .cosign(let cosignature):
                // Only authorities cosign, and send those of others to who has just come.
                if sender.role == .authority { shelf.put(cosignature, from: key) }
            default:
                let share = await sender.window.enter(bytes.count)
                inbox.put(.message(message, from: key, share))
            }
        } catch .unknownKind {
            // A later version's.
        } catch {
            inbox.put(.misbehaved(key, "sent what is no message: \(error)"))
        }
    }

    private func isMember(_ key: PublicKey, _ sender: Sender) -> Bool {
        sender.role == .authority || audience.readers.contains(key)
    }

    /// Orders to erase prove themselves; they come from members all the same, so that nobody else
    /// fills what is bounded.
    private func take(_ message: PeerMessage, of key: PublicKey, _ sender: Sender) {
        guard isMember(key, sender) else { return }
        do throws(ProfileMessageError) {
            switch message {
            case .erasureQuestion(let bytes):
                erasures.put(.asked(try ErasureMessage.place(in: bytes), by: key))
            case .erasures(let bytes): erasures.questions.deliver(bytes, from: key)
            case .erase(let bytes):
                erasures.put(.order(try ErasureMessage.order(in: bytes), from: key))
            default: break
            }
        } catch {
            inbox.put(.misbehaved(key, "sent what is no order to erase"))
        }
    }

    /// Transactions are checked here, each once; what is known costs a hash.
    private func pass(
        _ list: [Data], _ size: Int, from key: PublicKey, as sender: Sender
    ) async {
        var passed: [CheckedTransaction] = []
        for bytes in list {
            do throws(Refusal) {
                let transaction = try Transaction(decoding: bytes, network: network)
                if let known = checked[transaction.submissionHash],
                    known.transaction.bytes == transaction.bytes
                {
                    // Perhaps it fell out of the pool, or this is a second way.
                    passed.append(known)
                    continue
                }
                if sender.role == .observer, await !hasKnownSigner(transaction) { continue }
                let new = try CheckedTransaction(checking: transaction)
                checked.remember(new)
                passed.append(new)
            } catch {
                inbox.put(.misbehaved(key, "passed a transaction on that is none: \(error)"))
                return
            }
        }
        guard !passed.isEmpty else { return }
        inbox.put(.passedOn(passed, await sender.window.enter(size)))
    }

    /// An observer may be anyone: what no member has signed is not worth a check.
    private func hasKnownSigner(_ transaction: Transaction) async -> Bool {
        (try? await store.read { access in
            try KnownSigners.require(of: transaction, access)
        }) != nil
    }
}
