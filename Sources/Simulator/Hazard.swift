/// What breaks in the course of a run, and is mended after a while.
package enum Hazard: String, CaseIterable, Sendable {
    case crash
    case crashLoop
    case crashAll
    case pause
    case isolate
    case split
    case cutOneWay
    case clog
    case flap
    case clockJump
    case clockFreeze
    case clockDrift
    case diskError
    case diskFull
    case flippedBit
    case wipeObserver
    case upgrade
}

/// How a member lies.
package enum LiarRole: String, CaseIterable, Sendable {
    /// Votes for and against everything.
    case conflicter
    /// Proposes two blocks in a view.
    case equivocator
    /// Gives every view up, besides what it votes otherwise.
    case nuller
    /// Votes for nothing and gives every view up.
    case nullifyOnly
    /// Says again what it said long ago.
    case outdated
    /// Votes in the name of others.
    case impersonator
    /// Votes in epochs that are not.
    case wrongEpoch
    case silent
    case late
    /// Votes for its blocks and shows them to nobody.
    case withholder
    /// Proposes blocks that do not execute to what their headers say.
    case invalidBlock
    /// Claims blocks that it has not.
    case lyingHeight
    /// Builds on old blocks as if the views since then had been given up.
    case parentSkipper
    /// Shows certificates that too few have signed, or nobody.
    case certificateSpammer
    /// Votes in views that nobody will reach.
    case farFutureSpammer
    /// Answers with what it has, never with what was asked for.
    case staleServer
    /// Sends other transactions under the headers of blocks.
    case falseServer
    /// Signs and sends whatever comes to its mind.
    case random
}

/// What a harness node breaks on purpose, each one the invariant of its name.
package enum Defect: String, CaseIterable, Sendable {
    case anotherBlock = "S1"
    case missingBlock = "S2"
    case finalAndNullified = "S3"
    case twoVotes = "S4"
    case unwrittenVote = "S5"
    case tooFewSigners = "S6"
    case damagedState = "S7"
    case appliedTwice = "S8"
    case epochTooEarly = "S9"
    case blindVerifier = "S10"
    case noProgress = "L1"
    case lostTransaction = "L2"
    case chatter = "L3"
    case starvedObserver = "L4"
    case hoarder = "L5"
}
