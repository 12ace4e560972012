package import Ledger
package import Primitives

/// How a node and its network are, for those who operate it: what ``NodeStatus`` does not say.
package struct OperationStatus: Sendable {
    /// Where the agreement stands; nil before the chain is loaded.
    package var agreement: Agreement?
    package var authorities: [Authority] = []
    /// Views that were given up lately, the newest first.
    package var lostViews: [LostView] = []
    /// Authorities that this node caught signing twice, the newest first, kept for ever.
    package var evidence: [Evidence] = []
    package var finality = Finality()
    package var disk = Disk()
    /// Connected peers that are no authorities.
    package var observerCount = 0
    /// How far the last leader's clock was ahead of this node's, in milliseconds: the time of its
    /// proposal less the time of its arrival. Nil before the first one of another authority.
    package var clockOffsetMilliseconds: Int64?
    package var uptimeMilliseconds: UInt64 = 0
    /// Whom this node tells of events, by id.
    package var webhooks: [Webhook] = []
    /// Why nothing becomes final although there is work, in one line; nil while it does.
    package var stalledBecause: String?

    package init() {}

    /// Where the agreement stands.
    package struct Agreement: Sendable {
        package let epoch: Epoch
        package let view: View
        /// Index of the authority whose turn it is.
        package let leader: Int
        /// Index of this node's authority; nil for an observer.
        package let ownIndex: Int?
        /// There is work, and the view's timers run.
        package let isBusy: Bool
        /// Final blocks are known that are not here yet.
        package let isBehind: Bool
        /// Why this authority signs nothing, or nil.
        package let silentBecause: String?

        package init(
            epoch: Epoch, view: View, leader: Int, ownIndex: Int?, isBusy: Bool, isBehind: Bool,
            silentBecause: String?
        ) {
            self.epoch = epoch
            self.view = view
            self.leader = leader
            self.ownIndex = ownIndex
            self.isBusy = isBusy
            self.isBehind = isBehind
            self.silentBecause = silentBecause
        }
    }

    /// One authority, as this node sees it.
    package struct Authority: Sendable {
        package let name: String
        package let isSelf: Bool
        /// Whether there is a connection; true for this node itself.
        package let isConnected: Bool
        /// Where it is dialled, as `host:port`; nil where it is waited for.
        package let address: String?
        /// Epoch and view of its newest vote that was seen; nil before the first one.
        package let lastVote: (epoch: Epoch, view: View)?
        /// When that was, in milliseconds since 1970.
        package let lastVoteMilliseconds: UInt64?
        /// Whether the agreement takes it for dead and passes its turns over.
        package let isSilent: Bool
        /// Why the last connection ended or did not come about; nil without one.
        package let lastFailure: String?

        package init(
            name: String, isSelf: Bool, isConnected: Bool, address: String?,
            lastVote: (epoch: Epoch, view: View)?, lastVoteMilliseconds: UInt64?, isSilent: Bool,
            lastFailure: String?
        ) {
            self.name = name
            self.isSelf = isSelf
            self.isConnected = isConnected
            self.address = address
            self.lastVote = lastVote
            self.lastVoteMilliseconds = lastVoteMilliseconds
            self.isSilent = isSilent
            self.lastFailure = lastFailure
        }
    }

    /// A view that was given up.
    package struct LostView: Sendable {
        package let epoch: Epoch
        package let view: View
        /// Name of the authority whose turn it was.
        package let leader: String
        /// Such as `leaderTimeout`.
        package let reason: String
        package let milliseconds: UInt64

        package init(
            epoch: Epoch, view: View, leader: String, reason: String, milliseconds: UInt64
        ) {
            self.epoch = epoch
            self.view = view
            self.leader = leader
            self.reason = reason
            self.milliseconds = milliseconds
        }
    }

    /// An authority that signed two things where it may sign one.
    package struct Evidence: Sendable {
        package let authority: String
        package let votes: DoubleVote
        /// When it was seen, in milliseconds since 1970.
        package let milliseconds: UInt64
        /// The entry that put a double vote of that seat and epoch on record; nil while none did.
        package let reportedBy: LogIndex?

        package init(
            authority: String, votes: DoubleVote, milliseconds: UInt64, reportedBy: LogIndex?
        ) {
            self.authority = authority
            self.votes = votes
            self.milliseconds = milliseconds
            self.reportedBy = reportedBy
        }
    }

    /// From a submission to this node until its block is final, over the latest ones.
    package struct Finality: Sendable {
        /// How many submissions the figures are of.
        package var count = 0
        package var medianMilliseconds: Double?
        /// 99 of 100 were faster.
        package var p99Milliseconds: Double?

        package init() {}
    }

    /// Somebody whom the node tells of events.
    package struct Webhook: Equatable, Sendable {
        package let id: String
        /// The address may hold a secret, the host does not.
        package let host: String
        /// How far it was told, as `Last-Event-ID` has it; nil before the first start.
        package let place: String?
        /// Attempts that failed since the last one that did not.
        package let failures: UInt64
        package let lastFailure: String?
        /// In milliseconds since 1970.
        package let lastSuccess: UInt64?
        /// Why nothing is sent any more; nil while it is.
        package let givenUpBecause: String?

        package init(
            id: String, host: String, place: String?, failures: UInt64, lastFailure: String?,
            lastSuccess: UInt64?, givenUpBecause: String?
        ) {
            self.id = id
            self.host = host
            self.place = place
            self.failures = failures
            self.lastFailure = lastFailure
            self.lastSuccess = lastSuccess
            self.givenUpBecause = givenUpBecause
        }
    }

    /// Room on the disk.
    package struct Disk: Sendable {
        /// Bytes of the chain's files.
        package var chainBytes: UInt64 = 0
        /// Bytes that are free for the node; nil where the system does not say.
        package var freeBytes: UInt64?

        package init() {}
    }
}
