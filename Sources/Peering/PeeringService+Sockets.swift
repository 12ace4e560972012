import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Primitives
import Synchronization

/// Sockets: listening, accepting, dialling, and the clock's ticks.
extension PeeringService {
    func serveAll() async throws {
        let (accepted, arrivals) = AsyncStream.makeStream(of: Link.self)
        let listener = try await listen(arrivals)
        await inbox(.listening(table.listening ?? configuration.listen))
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { tasks in
                tasks.addTask { await acceptAll(accepted) }
                tasks.addTask { await tickAlong() }
            }
        } onCancel: {
            table.stop()
        }
        // Connections that were accepted but not served any more are closed by the table.
        table.stop()
        arrivals.finish()
        try? await listener.close()
    }

    private func listen(_ arrivals: AsyncStream<Link>.Continuation) async throws -> any Channel {
        let address = configuration.listen
        do {
            let channel = try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 256)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .serverChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(AcceptRest())
                    }
                }
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try welcome(channel, arrivals)
                    }
                }
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .bind(host: address.host, port: address.port).get()
            table.listening = PeerAddress(
                host: address.host, port: channel.localAddress?.port ?? address.port)
            logger.info("listening for peers", metadata: ["port": "\(table.listening?.port ?? 0)"])
            return channel
        } catch {
            throw PeeringError.listen(address, "\(error)")
        }
    }

    /// Fails for a connection that is not wanted, which is then closed; nothing was made for it.
    private func welcome(
        _ channel: any Channel, _ arrivals: AsyncStream<Link>.Continuation
    ) throws {
        let id: LinkID
        do {
            id = try table.accept(from: channel.remoteAddress?.ipAddress ?? "unknown")
        } catch {
            PeeringMetrics.refused()
            throw error
        }
        let link = Link(
            id: id, isDialed: false, channel: channel, limits: configuration.limits)
        do {
            let table = table
            try equip(
                link, expecting: { key in table.read { machine, _ in machine.listens(to: key) } })
        } catch {
            table.ended(id, .closed("\(error)"))
            throw error
        }
        table.add(link)
        arrivals.yield(link)
    }

    private func equip(
        _ link: Link, expecting accepts: @escaping @Sendable (PublicKey) -> Bool
    ) throws {
        let shown = ShownKey()
        let tls = try identity.makeHandler(
            isClient: link.isDialed, shown: shown, accepts: accepts)
        let handler = LinkHandler(
            link, shown: shown,
            limitAfterHello: link.isDialed ? FrameLimits.fromAuthority : nil)
        try link.channel.pipeline.syncOperations.addHandlers([tls, handler])
    }

    private func acceptAll(_ accepted: AsyncStream<Link>) async {
        await withDiscardingTaskGroup { tasks in
            for await link in accepted {
                tasks.addTask { await serve(link) }
            }
        }
    }

    private func tickAlong() async {
        await withDiscardingTaskGroup { tasks in
            while !Task.isCancelled {
                let dials = table.step { machine, now, reading in
                    machine.tick(now: now, reading: reading)
                }
                for dial in dials {
                    tasks.addTask { await make(dial) }
                }
                PeeringMetrics.show(peers)
                do {
                    try await environment.sleep(configuration.limits.tickMilliseconds)
                } catch {
                    return
                }
            }
        }
    }

    /// Makes a connection and serves it.
    private func make(_ dial: LinkTable.Dial) async {
        do {
            let link = try await connect(dial)
            table.add(link)
            await serve(link)
        } catch {
            let text = Task.isCancelled ? "cancelled" : String("\(error)".prefix(200))
            table.ended(dial.id, .unreachable(text))
            logger.debug(
                "peer unreachable",
                metadata: ["peer": "\(dial.key)", "address": "\(dial.address)", "why": "\(text)"])
        }
    }

    private func connect(_ dial: LinkTable.Dial) async throws -> Link {
        // A name may have several addresses, each tried on a channel of its own.
        let attempts = Attempts()
        return try await withTaskCancellationHandler {
            try await ClientBootstrap(group: group)
                .connectTimeout(
                    .milliseconds(Int64(configuration.limits.connectMilliseconds))
                )
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .connect(host: dial.address.host, port: dial.address.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        guard attempts.add(channel) else { throw LinkEnd.stopping }
                        let link = Link(
                            id: dial.id, isDialed: true, channel: channel,
                            limits: configuration.limits)
                        try equip(link, expecting: { $0 == dial.key })
                        return link
                    }
                }
        } onCancel: {
            attempts.cancel()
        }
    }
}

/// The channels on which one address is being tried.
private final class Attempts: Sendable {
    private let channels = Mutex<[any Channel]?>([])

    /// False when it is too late.
    func add(_ channel: any Channel) -> Bool {
        channels.withLock { channels in
            channels?.append(channel)
            return channels != nil
        }
    }

    func cancel() {
        let open = channels.withLock { channels in
            defer { channels = nil }
            return channels ?? []
        }
        for channel in open { channel.close(promise: nil) }
    }
}
