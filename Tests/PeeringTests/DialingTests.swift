import Peering
import Primitives
import Testing

@Suite struct DialingTests {
    @Test("members with greater keys are dialled at once, others after a polite wait")
    func politeness() {
        var test = MachineUnderTest(own: 1)
        #expect(MachineUnderTest.dialed(test.tick()) == [Keys[2], Keys[3]])
        #expect(MachineUnderTest.dialed(test.tick(after: 499)).isEmpty)
        #expect(MachineUnderTest.dialed(test.tick(after: 1)) == [Keys[0]])
    }

    @Test("neither the node itself, nor a member without an address, nor one being dialled is")
    func notDialed() {
        var test = MachineUnderTest(own: 0, members: [0, 1])
        #expect(MachineUnderTest.dialed(test.tick()) == [Keys[1]])
        #expect(test.run(3_000).isEmpty)
        var other = MachineUnderTest(own: 0, members: [])
        _ = other.machine.setMembers([Peer(key: Keys[1], address: nil)], now: other.now)
        #expect(other.run(60_000).isEmpty)
    }

    @Test("waits double from 1 s to 30 s and stay there")
    func waits() {
        var backOff = BackOff(.init(minimum: 1_000, maximum: 30_000))
        let waits = (0..<8).map { _ in backOff.next(random: 0) }
        #expect(waits == [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
        for _ in 0..<1_000 { #expect(backOff.next(random: 0) == 30_000) }
        backOff.reset()
        #expect(backOff.next(random: 0) == 1_000)
    }

    @Test("chance shortens a wait by a quarter at most", arguments: [0, 1, 250, 251, .max])
    func chance(random: UInt64) {
        var backOff = BackOff(.init(minimum: 1_000, maximum: 30_000))
        #expect((750...1_000).contains(backOff.next(random: random)))
    }

    @Test("many failures in a row never make the wait longer than 30 s")
    func bounded() {
        var test = MachineUnderTest(own: 0, members: [0, 1])
        for _ in 0..<50 {
            guard case .dial(let id, _, _)? = test.tick().first else { return record("no dial") }
            _ = test.end(id, .unreachable(""))
            test.now += 30_000
        }
    }

    @Test("a connection that lasted makes the next attempt come soon")
    func stable() throws {
        var test = MachineUnderTest(own: 0, members: [0, 1])
        for _ in 0..<6 {
            guard case .dial(let id, _, _)? = test.tick().first else { return record("no dial") }
            _ = test.end(id, .unreachable(""))
            test.now += 30_000
        }
        let (id, admitted) = try #require(try test.dial(1))
        #expect(admitted == [.admit(id, .authority)])
        for _ in 0..<5 {
            test.hear(id)
            _ = test.run(5_000)
        }
        _ = test.end(id)
        #expect(MachineUnderTest.dialed(test.tick(after: 999)).isEmpty)
        #expect(MachineUnderTest.dialed(test.tick(after: 1)) == [Keys[1]])
    }

    @Test("a changed address is dialled at once; a removed key is not dialled any more")
    func addresses() {
        var test = MachineUnderTest(own: 0, members: [0, 1])
        guard case .dial(let id, _, _)? = test.tick().first else { return record("no dial") }
        _ = test.end(id, .unreachable(""))
        let moved = PeerAddress(host: "elsewhere", port: 9)
        _ = test.machine.setMembers([Peer(key: Keys[1], address: moved)], now: test.now)
        guard case .dial(let second, Keys[1], moved)? = test.tick().first else {
            return record("no dial")
        }
        #expect(test.machine.setMembers([], now: test.now) == [.close(second, .removed)])
        _ = test.end(second, .removed)
        #expect(test.run(120_000).isEmpty)
    }

    private func record(_ text: String) { Issue.record(Comment(rawValue: text)) }
}
