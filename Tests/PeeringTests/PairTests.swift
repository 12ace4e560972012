import Peering
import Primitives
import Testing

/// Which of several connections with one key survives.
@Suite struct PairTests {
    @Test("of two crossing connections the one survives that the smaller key dialled")
    func crossingSmaller() throws {
        // Own key 0 is smaller: what it dials wins over what it accepted.
        var test = MachineUnderTest(own: 0, members: [0, 1])
        let (accepted, first) = try test.accept(1)
        #expect(first == [.admit(accepted, .authority)])
        #expect(try test.dial(1) == nil)

        var crossing = MachineUnderTest(own: 0, members: [0, 1])
        guard case .dial(let dialed, _, _)? = crossing.tick().first else {
            Issue.record("no dial")
            return
        }
        let (other, _) = try crossing.accept(1)
        try crossing.machine.secured(dialed, Keys[1], now: crossing.now)
        #expect(crossing.greet(dialed, 1) == [.close(other, .replaced)])
        #expect(crossing.end(other, .replaced) == [.admit(dialed, .authority)])
    }

    @Test("the greater key gives its own connection up")
    func crossingGreater() throws {
        var test = MachineUnderTest(own: 1, members: [0, 1]) { $0.politenessMilliseconds = 0 }
        guard case .dial(let dialed, _, _)? = test.tick().first else {
            Issue.record("no dial")
            return
        }
        let (accepted, first) = try test.accept(0)
        #expect(first == [.admit(accepted, .authority)])
        try test.machine.secured(dialed, Keys[0], now: test.now)
        #expect(test.greet(dialed, 1) == [.close(dialed, .duplicate)])
    }

    @Test("a process that connects again replaces its old connection")
    func again() throws {
        var test = MachineUnderTest()
        let (old, _) = try test.accept(0)
        let (new, instructions) = try test.accept(0)
        #expect(instructions == [.close(old, .replaced)])
        #expect(test.end(old, .replaced) == [.admit(new, .authority)])
    }

    @Test("another process with a living one's key is refused and counted")
    func copied() throws {
        var test = MachineUnderTest()
        let (old, _) = try test.accept(0, instance: 1, from: "a")
        let (new, instructions) = try test.accept(0, instance: 2, from: "b")
        #expect(instructions.isEmpty)
        #expect(test.machine.place(of: Keys[0]) == "a")
        _ = test.run(5_000)
        test.hear(old)
        #expect(MachineUnderTest.closed(test.run(1_000)) == [.copiedKey])
        #expect(test.end(new, .copiedKey).isEmpty)
        let status = test.machine.status(now: test.now, time: 0) { _ in LinkReading() }
        #expect(status.first { $0.key == Keys[0] }?.copiesSeen == 1)
    }

    @Test("another process takes over from one that is not heard any more")
    func restarted() throws {
        var test = MachineUnderTest()
        let (old, _) = try test.accept(0, instance: 1)
        // Under way before the second one came.
        test.hear(old)
        let (new, instructions) = try test.accept(0, instance: 2)
        #expect(instructions.isEmpty)
        let closed = test.run(13_000).filter { if case .close = $0 { true } else { false } }
        #expect(closed == [.close(old, .silent)])
        #expect(test.end(old, .silent) == [.admit(new, .authority)])
    }

    @Test("another process takes over as soon as the first one's connection ends")
    func ended() throws {
        var test = MachineUnderTest()
        let (old, _) = try test.accept(0, instance: 1)
        let (new, _) = try test.accept(0, instance: 2)
        #expect(test.end(old) == [.admit(new, .authority)])
    }

    @Test("a third one is refused while the second one waits")
    func third() throws {
        var test = MachineUnderTest()
        _ = try test.accept(0, instance: 1)
        _ = try test.accept(0, instance: 2)
        let (third, instructions) = try test.accept(0, instance: 3)
        #expect(instructions == [.close(third, .duplicate)])
    }

    @Test("a waiting connection that ends leaves room for another one")
    func waitingEnds() throws {
        var test = MachineUnderTest()
        let (old, _) = try test.accept(0, instance: 1)
        let (second, _) = try test.accept(0, instance: 2)
        #expect(test.end(second).isEmpty)
        let (third, instructions) = try test.accept(0, instance: 3)
        #expect(instructions.isEmpty)
        #expect(test.end(old) == [.admit(third, .authority)])
    }

    @Test("a foreign network is refused")
    func foreign() throws {
        var test = MachineUnderTest()
        let id = try test.machine.accept(from: "a", now: test.now)
        try test.machine.secured(id, Keys[0], now: test.now)
        #expect(test.greet(id, 1, network: .zero) == [.close(id, .otherNetwork)])
    }

    @Test("the own key, an unlisted key and a key that was not dialled are refused")
    func keys() throws {
        var test = MachineUnderTest(own: 0, members: [0, 1])
        let own = try test.machine.accept(from: "a", now: test.now)
        #expect(throws: LinkEnd.ownKey) { try test.machine.secured(own, Keys[0], now: test.now) }
        let other = try test.machine.accept(from: "a", now: test.now)
        #expect(throws: LinkEnd.removed) {
            try test.machine.secured(other, Keys[5], now: test.now)
        }
        guard case .dial(let dialed, _, _)? = test.tick().first else {
            Issue.record("no dial")
            return
        }
        #expect(throws: LinkEnd.handshake("not the dialled key")) {
            try test.machine.secured(dialed, Keys[5], now: test.now)
        }
    }
}
