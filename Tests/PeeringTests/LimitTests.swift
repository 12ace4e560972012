import Peering
import Primitives
import Testing

/// Bounds on connections, on silence and on misbehaviour.
@Suite struct LimitTests {
    @Test("half-open connections are limited, and end when the greeting takes too long")
    func halfOpen() throws {
        var test = MachineUnderTest()
        for index in 0..<64 {
            _ = try test.machine.accept(from: "host\(index)", now: test.now)
        }
        #expect(throws: LinkEnd.full) { try test.machine.accept(from: "x", now: test.now) }
        #expect(MachineUnderTest.closed(test.run(4_750)).isEmpty)
        let closed = test.tick(after: 250)
        #expect(
            MachineUnderTest.closed(closed)
                == [LinkEnd](repeating: .handshakeTimeout, count: 64))
        for case .close(let id, let end) in closed { _ = test.end(id, end) }
        _ = try test.machine.accept(from: "x", now: test.now)
    }

    @Test("connections from one host are limited, greeted authorities not counted")
    func perHost() throws {
        var test = MachineUnderTest()
        _ = try test.accept(0, from: "a")
        for _ in 0..<16 { _ = try test.machine.accept(from: "a", now: test.now) }
        #expect(throws: LinkEnd.full) { try test.machine.accept(from: "a", now: test.now) }
        _ = try test.machine.accept(from: "b", now: test.now)
    }

    @Test("observers are limited; an observer's second connection is still its own")
    func observers() throws {
        var test = MachineUnderTest(observers: .anyone) { $0.observers = 2 }
        let (first, admitted) = try test.accept(4)
        #expect(admitted == [.admit(first, .observer)])
        _ = try test.accept(5)
        let (third, refused) = try test.accept(6)
        #expect(refused == [.close(third, .full)])
        let (_, again) = try test.accept(4)
        #expect(again == [.close(first, .replaced)])
        let (authority, free) = try test.accept(0)
        #expect(free == [.admit(authority, .authority)])
    }

    @Test("an observer must be listed, and is disconnected when it is not any more")
    func listed() throws {
        var test = MachineUnderTest(observers: .listed([Keys[4]]))
        let (listed, _) = try test.accept(4)
        #expect(throws: LinkEnd.removed) { try test.accept(5) }
        #expect(
            test.machine.setObservers(.listed([]), now: test.now) == [.close(listed, .removed)])
    }

    @Test("after some quiet a word is said, and a peer that stays silent is dead")
    func silence() throws {
        var test = MachineUnderTest(members: [0, 1])
        let (id, _) = try test.accept(0)
        #expect(test.run(4_750).isEmpty)
        #expect(test.tick(after: 250) == [.heartbeat(id)])
        #expect(test.run(4_750).isEmpty)
        #expect(test.tick(after: 250) == [.heartbeat(id)])
        #expect(test.run(4_750).isEmpty)
        #expect(test.tick(after: 250) == [.close(id, .silent)])
        #expect(test.run(60_000).isEmpty, "it is told once")
    }

    @Test("a peer that is heard is not dead, and one that hears much needs no word")
    func alive() throws {
        var test = MachineUnderTest(members: [0, 1])
        let (id, _) = try test.accept(0)
        for _ in 0..<20 {
            test.hear(id, bytes: 1)
            test.readings[id]?.traffic.sentBytes += 1
            #expect(test.run(4_000).isEmpty)
        }
    }

    @Test("silence counts neither while reading rests nor after this process slept")
    func ownSilence() throws {
        var test = MachineUnderTest(members: [0, 1])
        let (id, _) = try test.accept(0)
        test.readings[id] = LinkReading(isHeld: true)
        #expect(MachineUnderTest.closed(test.run(60_000)).isEmpty)
        test.readings[id] = LinkReading()
        #expect(MachineUnderTest.closed(test.tick(after: 600_000)).isEmpty)
        #expect(MachineUnderTest.closed(test.run(15_250)) == [.silent])
    }

    @Test("a frame that trickles does not last for ever; many that come to their end may")
    func trickle() throws {
        var test = MachineUnderTest(members: [0, 1])
        let (id, _) = try test.accept(0)
        for _ in 0..<100 {
            test.hear(id, bytes: 1)
            test.readings[id]?.isInsideFrame = true
            test.readings[id]?.traffic.receivedMessages += 1
            #expect(MachineUnderTest.closed(test.run(2_000)).isEmpty)
        }
        var closed: [LinkEnd] = []
        for _ in 0..<13 {
            test.hear(id, bytes: 1)
            closed += MachineUnderTest.closed(test.run(10_000))
        }
        #expect(closed == [.slowFrame])
    }

    @Test("who misbehaves is disconnected and refused, longer each time, until it is pardoned")
    func bans() throws {
        var test = MachineUnderTest(own: 0, members: [0, 1])
        var waits: [UInt64] = []
        for round in 0..<12 {
            let (id, _) = try test.accept(1)
            let why = LinkEnd.misbehaved("bad vote")
            #expect(test.machine.punish(Keys[1], now: test.now, why) == [.close(id, why)])
            _ = test.end(id, why)
            #expect(throws: LinkEnd.banned, "round \(round)") { try test.accept(1) }
            // Neither is it dialled.
            #expect(MachineUnderTest.dialed(test.tick()).isEmpty)
            waits.append(try #require(test.status(1)).bannedMilliseconds)
            test.now += waits[round]
        }
        #expect(waits.prefix(4) == [1_000, 2_000, 4_000, 8_000])
        #expect(waits.suffix(2) == [600_000, 600_000])
        let (id, _) = try test.accept(1)
        _ = test.machine.punish(Keys[1], now: test.now, .misbehaved(""))
        _ = test.end(id, .misbehaved(""))
        test.machine.pardon(Keys[1], now: test.now)
        #expect(try #require(test.status(1)).bannedMilliseconds == 0)
        let (again, admitted) = try test.accept(1)
        #expect(admitted == [.admit(again, .authority)])
        #expect(
            test.machine.punish(Keys[1], now: test.now, .misbehaved(""))
                == [.close(again, .misbehaved(""))])
        #expect(try #require(test.status(1)).bannedMilliseconds == 1_000)
    }

    @Test(
        "a broken frame is an offence, an end of the connection is not",
        arguments: [
            (LinkEnd.oversized(length: 9, limit: 1), true), (.malformed("kind 9"), true),
            (.closed("reset"), false), (.silent, false), (.tooSlow, false),
            (.farewell(.stopping), false), (.copiedKey, false),
        ])
    func offences(end: LinkEnd, isOffence: Bool) throws {
        var test = MachineUnderTest()
        let (id, _) = try test.accept(0)
        _ = test.end(id, end)
        #expect((try #require(test.status(0)).bannedMilliseconds > 0) == isOffence)
        #expect(try #require(test.status(0)).lastEnd == end)
    }

    @Test("bans of strangers are remembered up to a limit, strangers without one not at all")
    func remembered() throws {
        var test = MachineUnderTest(members: [1], observers: .anyone) { $0.rememberedBans = 3 }
        for key in [0, 2, 3, 4, 5, 6] {
            let (id, _) = try test.accept(key)
            _ = test.end(id, key == 0 ? .closed("") : .malformed(""))
            test.now += 1
        }
        let known = test.machine.status(now: test.now, time: 0) { _ in LinkReading() }
        #expect(Set(known.map(\.key)) == Set([4, 5, 6].map { Keys[$0] }))
    }
}

extension MachineUnderTest {
    func status(_ key: Int) -> PeerStatus? {
        machine.status(now: now, time: 0) { _ in LinkReading() }.first { $0.key == Keys[key] }
    }
}
