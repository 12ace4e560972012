import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Peering
import Primitives
import SwiftASN1
import Synchronization
import Testing
import X509

/// A socket in a test's hands, with TLS of the test's choice or without.
final class RawPeer: Sendable {
    struct Heard {
        var bytes: [UInt8] = []
        var errors: [String] = []
        /// The negotiated protocol, once TLS is done on this side.
        var secured: String??
    }

    let channel: any Channel
    private let heard: Recorder

    private init(channel: any Channel, heard: Recorder) {
        self.channel = channel
        self.heard = heard
    }

    /// Without TLS.
    static func plain(port: Int?) async throws -> RawPeer {
        try await connect(port) { _ in }
    }

    /// With TLS 1.3 and the certificate of a key, or as a test changes it.
    static func connect(
        port: Int?, key: Int, validity: ClosedRange<Date>? = nil,
        change: @escaping @Sendable (inout TLSConfiguration) -> Void = { _ in }
    ) async throws -> RawPeer {
        let range = validity ?? Date(timeIntervalSince1970: 0)...Date(timeIntervalSinceNow: 9_999)
        var configuration = TLSConfiguration.makeClientConfiguration()
        let (certificate, secret) = try certificate(Keys.sorted[key], range)
        configuration.certificateChain = [.certificate(certificate)]
        configuration.privateKey = .privateKey(secret)
        configuration.trustRoots = .certificates([])
        configuration.signingSignatureAlgorithms = [.ed25519]
        configuration.verifySignatureAlgorithms = [.ed25519]
        configuration.certificateVerification = .noHostnameVerification
        configuration.applicationProtocols = ["drec-peer/1"]
        change(&configuration)
        let context = try NIOSSLContext(configuration: configuration)
        return try await connect(port) { channel in
            try channel.pipeline.syncOperations.addHandler(
                try NIOSSLClientHandler(
                    context: context, serverHostname: nil,
                    customVerificationCallback: { $1.succeed(.certificateVerified) }))
        }
    }

    private static func connect(
        _ port: Int?, _ equip: @escaping @Sendable (any Channel) throws -> Void
    ) async throws -> RawPeer {
        let heard = Recorder()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try equip(channel)
                    try channel.pipeline.syncOperations.addHandler(Listener(heard))
                }
            }
            .connect(host: "127.0.0.1", port: try #require(port)).get()
        return RawPeer(channel: channel, heard: heard)
    }

    /// Bytes, as they are; whether they arrive does not matter here.
    func send(_ bytes: [UInt8]) {
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }

    func send(_ frames: [Frame]) { send(FrameTests.bytes(frames)) }

    func closed() async { try? await channel.closeFuture.get() }
    func close() { channel.close(promise: nil) }
    var soFar: Heard { heard.heard.withLock { $0 } }

    /// The frames that came, as far as they are whole.
    var frames: [Frame] {
        (try? FrameTests.parse(soFar.bytes, pieces: .max, limit: FrameLimits.blockRun)) ?? []
    }

    /// Waits until some frame is there, for as long as the test has time.
    func wait(for isWanted: (Frame) -> Bool) async throws {
        while !frames.contains(where: isWanted) {
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    func stopReading() async throws {
        try await channel.setOption(ChannelOptions.autoRead, value: false).get()
    }

    private static func certificate(
        _ key: SigningKey, _ validity: ClosedRange<Date>
    ) throws -> (NIOSSLCertificate, NIOSSLPrivateKey) {
        let prefix = try #require([UInt8](hex: "302e020100300506032b657004220420"))
        let secret = try Certificate.PrivateKey(derBytes: prefix + key.seed)
        let name = try DistinguishedName { CommonName("anything") }
        let certificate = try Certificate(
            version: .v3, serialNumber: .init(77 as UInt8), publicKey: secret.publicKey,
            notValidBefore: validity.lowerBound, notValidAfter: validity.upperBound, issuer: name,
            subject: name, signatureAlgorithm: .ed25519, extensions: .init([]),
            issuerPrivateKey: secret)
        var serializer = DER.Serializer()
        try certificate.serialize(into: &serializer)
        return (
            try NIOSSLCertificate(bytes: serializer.serializedBytes, format: .der),
            try NIOSSLPrivateKey(bytes: prefix + key.seed, format: .der)
        )
    }
}

private final class Recorder: Sendable {
    let heard = Mutex(RawPeer.Heard())
}

private final class Listener: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let recorder: Recorder

    init(_ recorder: Recorder) { self.recorder = recorder }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = Array(unwrapInboundIn(data).readableBytesView)
        recorder.heard.withLock { $0.bytes += bytes }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        recorder.heard.withLock { $0.errors.append("\(error)") }
        context.close(promise: nil)
    }
}
