// swift-tools-version: 6.2
import PackageDescription

// Every target of ours: Swift 6 mode, no warnings, explicit existentials, imports that say what
// they show.
let house: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbirdTesting = Target.Dependency.product(
    name: "HummingbirdTesting", package: "hummingbird")
let lifecycle = Target.Dependency.product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")

let package = Package(
    name: "drec",
    products: [
        .executable(name: "drec", targets: ["drec"]),
        .executable(name: "simulate", targets: ["simulate"]),
    ],
    dependencies: [
        // SHA-256.
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.0"),
        // The public formats.
        .package(url: "https://github.com/apple/swift-protobuf.git", from: "1.39.0"),
        // Structured logs.
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
        // Counters and timers of a node.
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
        // The command line.
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
        // Configuration from flags, environment and a file.
        .package(
            url: "https://github.com/apple/swift-configuration.git", from: "1.4.0",
            traits: ["JSON"]),
        // Start, graceful stop and signals.
        .package(
            url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        // The verbs' connection to a node, and a node's to those whom it tells of events.
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        // SQLite.
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        // The HTTP servers.
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0"),
        // Byte buffers of the HTTP servers and clients, sockets of the peers.
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
        // Parts of requests and answers, where connections of the HTTP servers are watched.
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.34.0"),
        // Peers' connections: TLS 1.3 with keys of our own.
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.0"),
        // The certificate around a node's TLS key, made when it starts.
        .package(url: "https://github.com/apple/swift-certificates.git", from: "1.21.0"),
        // That certificate's bytes (DER).
        .package(url: "https://github.com/apple/swift-asn1.git", from: "1.7.0"),
        // Methods, statuses and fields of HTTP.
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        // QR codes of printed statements.
        .systemLibrary(
            name: "CQRCode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .target(
            name: "Wire", dependencies: [protobuf],
            exclude: [
                "transaction.proto", "receipt.proto", "state.proto", "block.proto",
                "consensus.proto", "snapshot.proto", "profile.proto", "generate.sh",
            ]),
        .target(
            name: "Primitives", dependencies: ["CSodium", "Wire", crypto, protobuf],
            swiftSettings: house),
        .target(name: "Merkle", dependencies: ["Primitives"], swiftSettings: house),
        .target(
            name: "Consensus", dependencies: ["Primitives", "Wire", protobuf],
            swiftSettings: house),
        .target(
            name: "Ledger", dependencies: ["Primitives", "Wire", "Merkle", protobuf],
            swiftSettings: house),
        // Checks proof files with no store, network, node or ledger in it.
        .target(
            name: "Verifier", dependencies: ["Primitives", "Wire", "Merkle", protobuf],
            swiftSettings: house),
        .target(
            name: "Replica",
            dependencies: ["Primitives", "Wire", "Merkle", "Consensus", "Ledger", protobuf],
            swiftSettings: house),
        .target(
            name: "Store",
            dependencies: [
                "Primitives", "Wire", "Merkle", "Ledger", "Verifier", grdb, sqlite, protobuf,
            ],
            swiftSettings: house),
        .target(
            name: "Registry", dependencies: ["Primitives", grdb], swiftSettings: house),
        .target(
            name: "Peering",
            dependencies: [
                "Primitives", nioCore, nioPosix, nioSSL, x509, asn1, lifecycle, logging, metrics,
                .product(name: "NIOFoundationCompat", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
            ], swiftSettings: house),
        .target(
            name: "Node",
            dependencies: [
                "Primitives", "Wire", "Merkle", "Consensus", "Ledger", "Verifier", "Replica",
                "Store", "Registry", "Peering", "Gateway", lifecycle, logging, metrics,
            ], swiftSettings: house),
        .target(
            name: "Intake",
            dependencies: ["Primitives", "Wire", protobuf],
            swiftSettings: house),
        .target(
            name: "Pages",
            dependencies: [
                "Primitives", "Wire", "Merkle", "Ledger", "Verifier", "Gateway", "CQRCode",
                hummingbird, httpTypes, nioCore,
            ],
            exclude: ["Map/make-world.py"],
            resources: [
                .embedInCode("Map/world.txt"),
                .embedInCode("Verification/bytes.js"),
                .embedInCode("Verification/strict-json.js"),
                .embedInCode("Verification/messages.js"),
                .embedInCode("Verification/trees.js"),
                .embedInCode("Verification/proof-file.js"),
                .embedInCode("Verification/authorities.js"),
                .embedInCode("Verification/entries.js"),
                .embedInCode("Verification/lineage.js"),
                .embedInCode("Verification/origins.js"),
                .embedInCode("Verification/energy.js"),
                .embedInCode("Verification/statement.js"),
                .embedInCode("Verification/proof-check.js"),
                .embedInCode("Verification/page-parts.js"),
                .embedInCode("Verification/page.js"),
                .embedInCode("Verification/verify.css"),
                .embedInCode("Verification/verify.html"),
            ],
            swiftSettings: house),
        .target(
            name: "API",
            dependencies: [
                "Primitives", "Wire", "Merkle", "Ledger", "Verifier", "Gateway", hummingbird,
                httpTypes, nioHTTPTypes, nioCore, nioHTTP1, logging, protobuf,
            ], swiftSettings: house),
        // Tells others of events: messages of Standard Webhooks.
        .target(
            name: "Webhooks",
            dependencies: [
                "Primitives", "Gateway", "API", lifecycle, logging, nioCore, nioPosix,
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
            ], swiftSettings: house),
        .target(
            name: "Commands",
            dependencies: [
                "Primitives", "Wire", "Merkle", "Ledger", "Verifier", "Replica", "Store",
                "Registry", "Gateway", "Intake", "Peering", "Node", "API", "Pages", "Webhooks",
                hummingbird, httpTypes, lifecycle, logging, metrics, protobuf, nioCore, nioPosix,
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Configuration", package: "swift-configuration"),
            ], swiftSettings: house),
        .executableTarget(name: "drec", dependencies: ["Commands"], swiftSettings: house),
        // Not a part of drec: whole networks in one thread, from seeds.
        .target(
            name: "Simulator",
            dependencies: [
                "Primitives", "Wire", "Merkle", "Consensus", "Ledger", "Verifier", "Replica",
                protobuf,
            ], swiftSettings: house),
        .executableTarget(
            name: "simulate",
            dependencies: [
                "Simulator", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: house),
        .target(
            name: "Gateway",
            dependencies: ["Primitives", "Wire", "Merkle", "Ledger", "Verifier"],
            swiftSettings: house),

        // What several test targets need; no product contains them.
        .target(
            name: "SampleNetworks",
            dependencies: ["Ledger", "Primitives", "Wire", protobuf],
            path: "Tests/SampleNetworks", swiftSettings: house),
        .target(
            name: "ListedGateway", dependencies: ["Gateway", "Ledger", "Primitives", "Wire"],
            path: "Tests/ListedGateway", swiftSettings: house),
        .target(name: "Mutations", path: "Tests/Mutations", swiftSettings: house),
        .testTarget(
            name: "PrimitivesTests", dependencies: ["Primitives", "Mutations"],
            exclude: ["make-signature-vectors.py"], swiftSettings: house),
        .testTarget(
            name: "MerkleTests", dependencies: ["Merkle", "Primitives"], swiftSettings: house),
        .testTarget(
            name: "ConsensusTests", dependencies: ["Consensus", "Primitives", "Wire", protobuf],
            swiftSettings: house),
        .testTarget(
            name: "LedgerTests",
            dependencies: [
                "Ledger", "Merkle", "Primitives", "Wire", "SampleNetworks", "Mutations", protobuf,
            ], swiftSettings: house),
        .testTarget(
            name: "IntakeTests", dependencies: ["Intake", "Primitives", "Wire", "Mutations"],
            swiftSettings: house),
        .testTarget(
            name: "PagesTests",
            dependencies: [
                "Pages", "Gateway", "Ledger", "Merkle", "Verifier", "Primitives", "Wire",
                "ListedGateway", "Mutations", hummingbird, httpTypes, nioCore,
                hummingbirdTesting, protobuf,
            ], swiftSettings: house),
        .testTarget(
            name: "APITests",
            dependencies: [
                "API", "Webhooks", "Gateway", "Ledger", "Merkle", "Verifier", "Primitives", "Wire",
                hummingbird, httpTypes, nioCore, hummingbirdTesting, protobuf, "Mutations",
                "ListedGateway", logging, lifecycle,
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ], swiftSettings: house),
        .testTarget(
            name: "ReplicaTests",
            dependencies: [
                "Replica", "Consensus", "Ledger", "Merkle", "Primitives", "Wire",
                "SampleNetworks", "Mutations", protobuf,
            ], swiftSettings: house),
        .testTarget(
            name: "SimulatorTests", dependencies: ["Simulator"],
            resources: [.copy("Seeds.txt")], swiftSettings: house),
        .testTarget(
            name: "StoreTests",
            dependencies: [
                "Store", "Replica", "Ledger", "Merkle", "Verifier", "Primitives", "Wire",
                "SampleNetworks", grdb,
                protobuf,
            ], swiftSettings: house),
        .testTarget(
            name: "VerifierTests",
            dependencies: [
                "Verifier", "Merkle", "Primitives", "Wire", "Ledger", "Replica", "Store",
                "SampleNetworks", "Mutations", protobuf, crypto,
            ], swiftSettings: house),
        .testTarget(
            name: "RegistryTests", dependencies: ["Registry", "Primitives", grdb],
            swiftSettings: house),
        .testTarget(
            name: "PeeringTests",
            dependencies: [
                "Peering", "Primitives", nioCore, nioPosix, nioSSL, x509, asn1, lifecycle,
                logging,
            ], swiftSettings: house),
        .testTarget(
            name: "NodeTests",
            dependencies: [
                "Node", "Gateway", "Store", "Registry", "Peering", "Replica", "Consensus",
                "Ledger", "Merkle", "Verifier", "Primitives", "Wire", "SampleNetworks",
                lifecycle, logging, protobuf,
            ], swiftSettings: house),
        .testTarget(
            name: "CommandsTests",
            dependencies: [
                "API", "Commands", "Ledger", "Pages", "Peering", "Primitives", "SampleNetworks",
                logging,
            ],
            swiftSettings: house),
        .testTarget(
            name: "TidyTests", dependencies: ["Ledger", "Primitives"], swiftSettings: house),
    ],
    swiftLanguageModes: [.v6]
)
