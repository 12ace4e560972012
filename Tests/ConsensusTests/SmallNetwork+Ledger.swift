import Consensus
import Primitives

/// The members' ledgers: making, checking and applying blocks of numbers.
extension SmallNetwork {
    /// Another member's copy of a block, if a reachable one has it.
    private func copy(of hash: Digest, for index: Int) -> SmallBlock? {
        guard !cut.contains(processes[index].member) else { return nil }
        let holder = processes.first { other in
            other.machine != nil && !cut.contains(other.member) && other.disk.blocks[hash] != nil
        }
        return holder?.disk.blocks[hash]
    }

    /// Gets the blocks between a hash and the final chain, or tries again later.
    private mutating func hasPath(
        to hash: Digest, _ index: Int, orLater happening: Happening
    ) -> [SmallBlock]? {
        let path = processes[index].disk.path(to: hash)
        guard let missing = path.missing else { return path.blocks }
        if let block = copy(of: missing, for: index) {
            processes[index].disk.blocks[missing] = block
        }
        schedule(after: 5 + numbers.below(max(1, faults.delay)), index, happening)
        return nil
    }

    mutating func build(_ request: ConsensusMachine.BuildRequest, _ index: Int) {
        guard let path = hasPath(to: request.parentHash, index, orLater: .built(request))
        else { return }
        let disk = processes[index].disk
        if isBoundary(request.parentHash, index) {
            tell(.built(request.view, blockHash: request.parentHash), index)
            return
        }
        var done = Set(path.flatMap(\.numbers))
        for entry in disk.chain { done.formUnion(disk.blocks[entry.hash]?.numbers ?? []) }
        let numbers = submitted.filter { !done.contains($0) }
        guard request.mayBeEmpty || !numbers.isEmpty else {
            tell(.nothingToBuild(request.view), index)
            return
        }
        let block = SmallBlock(
            parent: request.parentHash, height: UInt64(disk.chain.count + path.count + 1),
            numbers: numbers)
        processes[index].disk.blocks[block.hash] = block
        tell(.built(request.view, blockHash: block.hash), index)
    }

    mutating func verify(_ subject: VoteSubject, _ parent: Digest, _ index: Int) {
        guard
            hasPath(
                to: subject.blockHash, index, orLater: .verified(subject, parent: parent)) != nil
        else { return }
        // The boundary itself is proposed until it is final, and nothing else on it.
        let isValid =
            isBoundary(parent, index)
            ? subject.blockHash == parent
            : processes[index].disk.blocks[subject.blockHash]?.parent == parent
        tell(.verified(subject, isValid: isValid), index)
    }

    /// Whether a block ends the epoch that a process is in.
    private func isBoundary(_ hash: Digest, _ index: Int) -> Bool {
        guard let boundary = faults.boundary, !hasCrossed(index) else { return false }
        return processes[index].disk.blocks[hash]?.height == boundary
    }

    mutating func certify(_ subject: VoteSubject, _ index: Int) {
        guard hasPath(to: subject.blockHash, index, orLater: .certified(subject)) != nil
        else { return }
        tell(.certified(subject, isValid: true), index)
    }

    mutating func apply(_ certificate: Certificate, _ index: Int) {
        guard let subject = certificate.subject,
            certificate.epoch == processes[index].machine?.epoch,
            let path = hasPath(to: subject.blockHash, index, orLater: .applies(certificate))
        else { return }
        for block in path {
            check.applied(
                block, on: processes[index].disk.tip, by: processes[index].member)
            processes[index].disk.chain.append(
                SmallDisk.FinalEntry(hash: block.hash, proof: certificate))
        }
        check.finalLink(subject)
        let height = Height(UInt64(processes[index].disk.chain.count))
        tell(.finalised(certificate.view, height: height), index)
        if hasCrossed(index), processes[index].machine?.epoch == Epoch(0) {
            tell(.epochStarted(nextMembers.committee), index)
        }
        tellWork(index)
    }

    /// Whether every member that is not a liar has these numbers in its final chain.
    func isFinal(_ number: Int) -> Bool {
        processes.allSatisfy { process in
            check.liars.contains(process.member)
                || process.disk.chain.contains {
                    process.disk.blocks[$0.hash]?.numbers.contains(number) == true
                }
        }
    }
}

/// Happenings by time and then by the order of scheduling: a binary heap.
struct EventHeap {
    private var entries: [SmallNetwork.Entry] = []

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        (entries[left].time, entries[left].order) < (entries[right].time, entries[right].order)
    }

    mutating func insert(_ entry: SmallNetwork.Entry) {
        entries.append(entry)
        var child = entries.count - 1
        while child > 0, isBefore(child, (child - 1) / 2) {
            entries.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// The earliest entry, unless it is later than a moment.
    mutating func popFirst(through end: UInt64) -> SmallNetwork.Entry? {
        guard let first = entries.first, first.time <= end else { return nil }
        let last = entries.removeLast()
        guard !entries.isEmpty else { return first }
        entries[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < entries.count && isBefore(child, least) {
                least = child
            }
            if least == parent { return first }
            entries.swapAt(parent, least)
            parent = least
        }
    }
}
