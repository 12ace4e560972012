import Consensus
import Primitives

/// D5: an authority whose own votes may have been lost signs nothing until it knows a view that it
/// cannot have voted in, or in which its votes can do no harm.
struct SigningPause: Sendable {
    /// The operator has said that it may sign again.
    let hasWord: Bool
    /// Authorities that must be heard besides this one: all of a small set; of a larger one as
    /// many as make a quorum with it.
    private var needed: Int
    /// Every vote is needed to leave a view, so that nobody else's could have been misled by two
    /// of this one: where a single liar could not be stood, he could not harm either.
    private var needsEveryVote: Bool
    /// The highest view that is proven of each one heard, by index.
    private var heard: [Int: View] = [:]

    init(hasWord: Bool, authorities: Int) {
        self.hasWord = hasWord
        needed = SigningPause.needed(authorities)
        needsEveryVote = Quorum.size(among: authorities) == authorities
    }

    private static func needed(_ authorities: Int) -> Int {
        (authorities <= 4 ? authorities : Quorum.size(among: authorities)) - 1
    }

    mutating func forgetHeard(authorities: Int) {
        heard.removeAll()
        needed = SigningPause.needed(authorities)
        needsEveryVote = Quorum.size(among: authorities) == authorities
    }

    mutating func hear(_ index: Int, at view: View) {
        heard[index] = max(heard[index] ?? View(0), view)
    }

    /// Above which view it may sign again; nil while that is not known.
    ///
    /// An authority alone has sent its votes to nobody, and one of two or three misleads nobody:
    /// there the view that the others are in is good enough. It has to be, for they cannot leave
    /// it without this one.
    func resumption(above own: View) -> View? {
        guard hasWord, heard.count >= needed else { return nil }
        let highest = heard.values.max().map { max($0, own) } ?? own
        if needsEveryVote { return View(highest.rawValue &- 1) }
        return View(highest.rawValue &+ ReplicaLimits.viewsAfterLoss)
    }

    var notice: ReplicaMachine.Notice {
        .signsNothing(heard: heard.count, needed: needed, hasWord: hasWord)
    }
}

extension ReplicaMachine {
    /// A checked hello of another authority: its certificates prove how far it is.
    mutating func hear(_ hello: Hello, from peer: Peer) {
        guard var pause = silence, case .authority(let index) = peer,
            index != consensus.ownIndex, hello.epoch == consensus.epoch
        else { return }
        let proven = [hello.entry, hello.finalization].compactMap { $0?.view.rawValue }.max()
        pause.hear(index, at: View((proven ?? 0) &+ 1))
        silence = pause
        resumeSigning()
    }

    mutating func resumeSigning() {
        guard let pause = silence, isAuthority else { return }
        guard let view = pause.resumption(above: consensus.current) else {
            effects.append(.report(pause.notice))
            return
        }
        silence = nil
        let position = Position(epoch: consensus.epoch, view: view)
        effects.append(.report(.signsAbove(position)))
        tell(.maySign(above: position))
    }
}
