import Foundation
import NIOCore
import NIOSSL
import Primitives
import SwiftASN1
import Synchronization
import X509

/// The node's certificate, made of its key when it starts, and the TLS settings around it.
///
/// TLS 1.3, Ed25519 and X25519 alone. What counts in a certificate is its key: there is no issuer
/// to trust, and dates are never looked at, so that no date can stop a network.
struct TLSIdentity {
    /// The version of what is spoken inside, agreed upon by ALPN.
    static let applicationProtocol = "drec-peer/1"

    /// PKCS #8 around the 32 bytes of an Ed25519 key (RFC 8410 §7).
    private static let privateKeyPrefix: [UInt8] = [
        0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04,
        0x20,
    ]
    /// SubjectPublicKeyInfo around the 32 bytes of an Ed25519 key (RFC 8410 §4).
    private static let publicKeyPrefix: [UInt8] = [
        0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00,
    ]
    /// 2000-01-01, and 9999-12-31T23:59:59Z, which means no end (RFC 5280 §4.1.2.5).
    private static let validity = (first: 946_684_800.0, last: 253_402_300_799.0)

    let client: NIOSSLContext
    let server: NIOSSLContext

    init(key: SigningKey, farewellMilliseconds: UInt64) throws(PeeringError) {
        do {
            let certificate = try Self.certificate(of: key)
            let secret = try NIOSSLPrivateKey(
                bytes: Self.privateKeyPrefix + key.seed, format: .der)
            var client = TLSConfiguration.makeClientConfiguration()
            var server = TLSConfiguration.makeServerConfigurationWithMTLS(
                certificateChain: [.certificate(certificate)], privateKey: .privateKey(secret),
                trustRoots: .certificates([]))
            Self.restrict(&client, certificate, secret, farewellMilliseconds)
            Self.restrict(&server, certificate, secret, farewellMilliseconds)
            self.client = try NIOSSLContext(configuration: client)
            self.server = try NIOSSLContext(configuration: server)
        } catch {
            throw .identity("\(error)")
        }
    }

    /// Self-signed, and always the same for the same key.
    private static func certificate(of key: SigningKey) throws -> NIOSSLCertificate {
        let secret = try Certificate.PrivateKey(derBytes: privateKeyPrefix + key.seed)
        let name = try DistinguishedName { CommonName(key.publicKey.hex) }
        let certificate = try Certificate(
            version: .v3, serialNumber: .init(1 as UInt8), publicKey: secret.publicKey,
            notValidBefore: Date(timeIntervalSince1970: validity.first),
            notValidAfter: Date(timeIntervalSince1970: validity.last),
            issuer: name, subject: name, signatureAlgorithm: .ed25519,
            extensions: try .init { Critical(BasicConstraints.notCertificateAuthority) },
            issuerPrivateKey: secret)
        var serializer = DER.Serializer()
        try certificate.serialize(into: &serializer)
        return try NIOSSLCertificate(bytes: serializer.serializedBytes, format: .der)
    }

    private static func restrict(
        _ configuration: inout TLSConfiguration, _ certificate: NIOSSLCertificate,
        _ secret: NIOSSLPrivateKey, _ farewellMilliseconds: UInt64
    ) {
        configuration.certificateChain = [.certificate(certificate)]
        configuration.privateKey = .privateKey(secret)
        // Otherwise the system's roots are read for each context.
        configuration.trustRoots = .certificates([])
        configuration.minimumTLSVersion = .tlsv13
        configuration.maximumTLSVersion = .tlsv13
        configuration.curves = [.x25519]
        configuration.verifySignatureAlgorithms = [.ed25519]
        configuration.signingSignatureAlgorithms = [.ed25519]
        // Not `.none`: that would skip the check of the key, which replaces the library's own.
        configuration.certificateVerification = .noHostnameVerification
        configuration.applicationProtocols = [applicationProtocol]
        configuration.shutdownTimeout = .milliseconds(Int64(farewellMilliseconds))
    }

    /// The handler of one connection.
    ///
    /// - Parameters:
    ///   - shown: gets the key that the other side proved to have.
    ///   - accepts: whether a key may connect at all.
    func makeHandler(
        isClient: Bool, shown: ShownKey, accepts: @escaping @Sendable (PublicKey) -> Bool
    ) throws -> any ChannelHandler {
        let verify: NIOSSLCustomVerificationCallback = { chain, promise in
            guard chain.count == 1, let key = Self.key(of: chain[0]), accepts(key) else {
                return promise.succeed(.failed)
            }
            shown.key.withLock { $0 = key }
            promise.succeed(.certificateVerified)
        }
        guard isClient else {
            return NIOSSLServerHandler(context: server, customVerificationCallback: verify)
        }
        return try NIOSSLClientHandler(
            context: client, serverHostname: nil, customVerificationCallback: verify)
    }

    private static func key(of certificate: NIOSSLCertificate) -> PublicKey? {
        guard let info = try? certificate.extractPublicKey().toSPKIBytes(),
            info.starts(with: publicKeyPrefix)
        else { return nil }
        return PublicKey(bytes: info.dropFirst(publicKeyPrefix.count))
    }
}

/// The key of the other side's certificate. It stays empty without a full handshake: a resumed
/// session shows nothing.
final class ShownKey: Sendable {
    let key = Mutex<PublicKey?>(nil)
}
