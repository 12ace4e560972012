import Consensus
import Primitives
import Testing

/// C1: timers that grow while views are lost, and come back.
@Suite struct PatienceTests {
    /// How long the node's current view waits for a proposal, in milliseconds.
    private func wait(_ node: DrivenMachine) -> UInt64? {
        node.timer.map { $0.milliseconds - node.now }
    }

    /// A busy node that saw so many views nullified, one after the other.
    private func bereaved(
        _ count: Int, of members: Int, deviations: Deviations = []
    ) throws -> DrivenMachine {
        let members = Members(members, deviations: deviations)
        var node = DrivenMachine(members, 0)
        node.handle(.workChanged(isPending: true))
        for view in 0..<UInt64(count) { try lose(View(view + 1), &node) }
        return node
    }

    private func lose(_ view: View, _ node: inout DrivenMachine) throws {
        let certificate = node.members.certificate(node.members.nullify(view.rawValue))
        try node.show(certificate, from: 1)
    }

    /// The current view's block, certified after a while.
    private func certify(_ node: inout DrivenMachine, after milliseconds: UInt64) throws {
        let view = node.machine.current.rawValue
        let subject = node.members.subject(view, on: view - 1, "block \(view)")
        node.now += milliseconds
        try node.certify(subject, from: 1)
    }

    @Test(
        "f views lost in a row leave the timers alone, each further one doubles them, to a limit",
        arguments: [
            (4, 0, 2_000), (4, 1, 2_000), (4, 2, 4_000), (4, 3, 8_000), (4, 4, 16_000),
            (4, 5, 32_000), (4, 6, 32_000), (4, 100, 32_000), (2, 1, 4_000), (3, 1, 4_000),
            (3, 4, 32_000), (7, 2, 2_000), (7, 3, 4_000), (13, 4, 2_000), (13, 5, 4_000),
        ] as [(Int, Int, UInt64)])
    func growth(_ members: Int, _ lost: Int, _ milliseconds: UInt64) throws {
        let node = try bereaved(lost, of: members)
        #expect(node.machine.current == View(UInt64(lost) + 1))
        #expect(wait(node) == milliseconds)
    }

    @Test("Both timers grow: with a proposal it is the certified block that is waited for")
    func certificationTimer() throws {
        var node = try bereaved(3, of: 4)
        node.handle(.workChanged(isPending: false))
        try lose(View(4), &node)
        // View 5 is led by 1.
        try node.hear(1, .notarize(node.members.subject(5, on: 0, "a")))
        #expect(wait(node) == 32_000)
    }

    @Test("A network that loses one view now and then keeps its base timers")
    func nowAndThen() throws {
        var node = try bereaved(1, of: 4)
        for _ in 0..<8 {
            try certify(&node, after: 10)
            try lose(node.machine.current, &node)
        }
        #expect(wait(node) == 2_000)
    }

    @Test("A final block begins the count anew, and a certified one too")
    func newCount() throws {
        var node = try bereaved(1, of: 4)
        try node.finalise(node.members.subject(2, on: 0, "a"), height: 1, from: 1)
        node.handle(.workChanged(isPending: true))
        try lose(View(3), &node)
        #expect(wait(node) == 2_000)
        try lose(View(4), &node)
        #expect(wait(node) == 4_000)
    }

    @Test("A view that was given up is lost, though its block is certified")
    func givenUp() throws {
        var node = try bereaved(1, of: 4)
        node.wait(2_000)
        #expect(node.signed(node.members.nullify(2)))
        try certify(&node, after: 500)
        #expect(node.machine.current == View(3) && wait(node) == 4_000)
    }

    @Test("Views that this node passed by do not count: it was away, the network is not slow")
    func passedBy() throws {
        var node = try bereaved(0, of: 4)
        try lose(View(1), &node)
        try lose(View(40), &node)
        #expect(node.machine.current == View(41) && wait(node) == 2_000)
    }

    /// The current view's proposal, and its block certified after a while.
    private func keep(_ node: inout DrivenMachine, after milliseconds: UInt64) throws {
        // None of them seems dead.
        for index in 1..<4 { node.handle(.heard(.authority(index), nil)) }
        let view = node.machine.current.rawValue
        let leader = node.machine.leader
        if leader != 0 {
            let subject = node.members.subject(view, on: view - 1, "block \(view)")
            try node.hear(leader, .notarize(subject))
        }
        try certify(&node, after: milliseconds)
    }

    @Test(
        "Views that are certified quickly take the doublings back, one at a time",
        arguments: [
            // Each doubling is taken back when the leader's timer without it would do: 16 s, 8 s,
            // 4 s, 2 s.
            (0, 0, 32_000), (0, 1, 16_000), (0, 2, 8_000), (0, 3, 4_000), (0, 4, 2_000),
            (0, 40, 2_000), (2_000, 4, 2_000), (2_001, 3, 4_000), (2_001, 40, 4_000),
            (9_000, 1, 16_000), (9_000, 40, 16_000), (16_001, 40, 32_000), (20_000, 40, 32_000),
        ] as [(UInt64, Int, UInt64)])
    func comesBack(_ elapsed: UInt64, _ views: Int, _ expected: UInt64) throws {
        var node = try bereaved(5, of: 4)
        for _ in 0..<views { try keep(&node, after: elapsed) }
        #expect(2_000 << UInt64(node.machine.timerDoublings) == expected)
    }

    @Test("One quick view among slow ones says little: the slowest of the latest counts")
    func slowest() throws {
        var node = try bereaved(5, of: 4)
        for _ in 0..<20 {
            try keep(&node, after: 17_000)
            try keep(&node, after: 0)
        }
        // 12 750 ms are counted after a quick one, which 8 s are not enough for.
        #expect(node.machine.timerDoublings == 3)
        for _ in 0..<6 { try keep(&node, after: 0) }
        #expect(node.machine.timerDoublings == 1)
    }

    @Test("A leader without transactions waits longer for finality where views take longer")
    func settling() throws {
        var node = DrivenMachine(Members(4), 2)
        let subject = node.members.subject(1, on: 0, "a")
        node.handle(.workChanged(isPending: true))
        try node.hear(1, .notarize(subject))
        node.handle(.workChanged(isPending: false))
        node.now += 900
        try node.certify(subject, from: 1)
        #expect(node.wait(1_799).builds.isEmpty)
        #expect(node.wait(1).builds.map(\.mayBeEmpty) == [true])
    }

    @Test("A view whose block is final before it is certified here brings the timers back too")
    func finalFirst() throws {
        var node = try bereaved(3, of: 4)
        #expect(node.machine.timerDoublings == 2)
        try node.finalise(node.members.subject(4, on: 0, "a"), height: 1, from: 1)
        #expect(node.machine.timerDoublings == 1)
        try node.finalise(node.members.subject(9, on: 4, "b"), height: 2, from: 1)
        #expect(node.machine.timerDoublings == 1, "it was not there")
    }

    @Test("A dead leader costs the base timer, and nothing after that")
    func deadLeader() throws {
        var node = DrivenMachine(Members(4), 0)
        node.handle(.workChanged(isPending: true))
        for turn in 0..<4 as Range<UInt64> {
            // 1 leads views 1, 5, 9 and 13, and is dead.
            if turn == 0 { node.wait(2_000) }
            #expect(node.signed(node.members.nullify(4 * turn + 1)))
            let dead = node.members.certificate(
                node.members.nullify(4 * turn + 1), by: [0, 2, 3])
            try node.show(dead, from: 2)
            #expect(node.machine.timerDoublings == 0)
            for view in 4 * turn + 2...4 * turn + 4 {
                let parent = view == 4 * turn + 2 ? (turn == 0 ? 0 : view - 2) : view - 1
                let subject = node.members.subject(view, on: parent, "block \(view)")
                node.handle(.heard(.authority(2), nil))
                node.handle(.heard(.authority(3), nil))
                try node.finalise(subject, height: view - turn - 1, from: 2)
            }
            node.handle(.workChanged(isPending: true))
        }
    }

    @Test("An outage in which no view ends doubles nothing, however long")
    func outage() throws {
        var node = try bereaved(0, of: 4)
        node.wait(3_600_000)
        #expect(node.ownVotes == [node.members.nullify(1)])
        try lose(View(1), &node)
        #expect(wait(node) == 2_000)
    }

    @Test("A restart finds the doublings in the records that are left, and none where none is")
    func restart() throws {
        let node = try bereaved(4, of: 4)
        var again = DrivenMachine(node.members, 0, records: node.journal)
        #expect(again.machine.timerDoublings == 3)
        again.handle(.workChanged(isPending: true))
        #expect(wait(again) == 16_000)
        #expect(DrivenMachine(node.members, 0).machine.timerDoublings == 0)
    }

    @Test("Base timers beyond any clock stay there instead of going round")
    func overflow() throws {
        var parameters = ConsensusParameters.quiet
        parameters.leaderTimeoutMilliseconds = .max / 2
        parameters.certificationTimeoutMilliseconds = .max
        var node = DrivenMachine(Members(4), 0, parameters: parameters)
        node.handle(.workChanged(isPending: true))
        for view in 1...6 as ClosedRange<UInt64> { try lose(View(view), &node) }
        #expect(node.timer == Instant(milliseconds: .max))
        node.handle(.timerFired)
        #expect(node.ownVotes.isEmpty)
    }

    @Test("Timers that stay as they are, the defect, are noticed")
    func fixed() throws {
        let node = try bereaved(6, of: 4, deviations: .keepsTimersFixed)
        #expect(wait(node) == 2_000)
    }
}
