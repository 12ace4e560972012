import Logging
import NIOCore
import Primitives

/// One connection, from its handshake to its end.
extension PeeringService {
    func serve(_ link: Link) async {
        let joined = await withTaskCancellationHandler {
            await converse(link)
        } onCancel: {
            link.close(.stopping)
        }
        link.close(.closed(""))
        try? await link.channel.closeFuture.get()
        let end = link.end ?? .closed("")
        if let joined { await inbox(.disconnected(joined, end)) }
        PeeringMetrics.ended(end)
        logger.debug(
            "connection ended",
            metadata: [
                "peer": "\(joined?.hex ?? "unknown")", "code": "\(end.code)",
                "place": "\(link.channel.remoteAddress?.ipAddress ?? "")",
            ])
        table.ended(link.id, end)
    }

    /// Greets, and then carries messages until the connection ends. The peer's key, if it came as
    /// far as being connected.
    private func converse(_ link: Link) async -> PublicKey? {
        guard case .secured(let key) = await link.next() else { return nil }
        do {
            try table.secured(link.id, key)
        } catch {
            link.close(error)
            if error == .ownKey { await report(key, link) }
            return nil
        }
        let hello = Hello(network: configuration.network, instance: instance)
        if link.isDialed { link.write(.hello(hello)) }
        guard case .frame(.hello(let theirs)) = await link.next() else {
            link.close(.malformed("no hello"))
            return nil
        }
        table.step { machine, now, reading in
            machine.greeted(link.id, theirs, now: now, reading: reading)
        }
        guard let role = await verdict(link) else {
            if link.end == .copiedKey { await report(key, link) }
            return nil
        }
        if !link.isDialed {
            // In this order on the event loop: nothing comes before the other side has the hello.
            let limit = role == .authority ? FrameLimits.fromAuthority : FrameLimits.fromObserver
            link.channel.triggerUserOutboundEvent(LinkCommand.open(limit: limit), promise: nil)
            link.write(.hello(hello))
        }
        logger.info("peer connected", metadata: ["peer": "\(key)", "role": "\(role)"])
        await inbox(.connected(key, role))
        await carry(link, key)
        return key
    }

    private func verdict(_ link: Link) async -> PeerRole? {
        for await verdict in link.verdict {
            if case .admitted(let role) = verdict { return role }
        }
        return nil
    }

    private func report(_ key: PublicKey, _ link: Link) async {
        let other = link.channel.remoteAddress?.ipAddress ?? "unknown"
        let known = table.read { machine, _ in machine.place(of: key) }
        logger.error("a key is used twice", metadata: ["peer": "\(key)", "place": "\(other)"])
        await inbox(.copiedKey(key, known: known ?? "this node", other: other))
    }

    private func carry(_ link: Link, _ key: PublicKey) async {
        await withDiscardingTaskGroup { tasks in
            tasks.addTask {
                await write(link)
                link.close(.closed(""))
            }
            await read(link, key)
            link.close(.closed(""))
        }
    }

    private func read(_ link: Link, _ key: PublicKey) async {
        while let item = await link.next() {
            switch item {
            case .frame(.message(let bytes)): await inbox(.received(key, bytes))
            case .frame(.heartbeat): break
            case .frame(.hello), .frame(.goodbye), .secured:
                return link.close(.malformed("out of turn"))
            }
        }
    }

    /// One batch at a time is under way, so that what a slow peer has not taken stays in the
    /// bounded queue.
    private func write(_ link: Link) async {
        while let (frames, messages) = await link.outbox.next() {
            do {
                let size = frames.readableBytes
                try await link.channel.writeAndFlush(frames)
                link.meter.sent(bytes: size, messages: messages)
            } catch {
                return link.close(.closed("\(error)"))
            }
        }
    }
}
