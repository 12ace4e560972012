import Consensus
import Primitives

/// Questions for blocks: one of each peer is answered at a time, and the latest one waits.
struct BlockService {
    private var waiting: [PublicKey: BlockQuery?] = [:]

    /// Whether to answer it now.
    mutating func ask(_ query: BlockQuery, by key: PublicKey) -> Bool {
        guard waiting[key] != nil else {
            waiting[key] = .some(nil)
            return true
        }
        waiting[key] = query
        return false
    }

    /// What a peer that was answered asks next.
    mutating func next(of key: PublicKey) -> BlockQuery? {
        guard let query = waiting[key] ?? nil else {
            waiting[key] = nil
            return nil
        }
        waiting[key] = .some(nil)
        return query
    }
}
