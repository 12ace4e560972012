// swift-tools-version: 6.2
import PackageDescription

// Coverage-guided fuzzing of everything that decodes bytes from outside; see the script `run`.
//
// A package of its own, because each target is compiled with libFuzzer's instrumentation. `package`
// access does not cross packages, so the sources are the product's own, by links. Crypto is a
// stand-in with the same SHA-256 over libsodium: swift-crypto takes minutes to compile.
let fuzzed: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .unsafeFlags(["-sanitize=fuzzer,address"]),
]
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")

let package = Package(
    name: "fuzz",
    dependencies: [
        .package(url: "https://github.com/apple/swift-protobuf.git", from: "1.39.0")
    ],
    targets: [
        .systemLibrary(name: "CSodium", path: "Sources/CSodium", pkgConfig: "libsodium"),
        .target(name: "Crypto", dependencies: ["CSodium"]),
        .target(
            name: "Wire", dependencies: [protobuf],
            exclude: [
                "transaction.proto", "receipt.proto", "state.proto", "block.proto", "generate.sh",
            ], swiftSettings: fuzzed),
        .target(
            name: "Primitives", dependencies: ["CSodium", "Crypto", "Wire", protobuf],
            swiftSettings: fuzzed),
        .target(name: "Merkle", dependencies: ["Primitives"], swiftSettings: fuzzed),
        .target(
            name: "Ledger", dependencies: ["Primitives", "Wire", "Merkle", protobuf],
            swiftSettings: fuzzed),
        .target(
            name: "Verifier", dependencies: ["Primitives", "Wire", "Merkle", protobuf],
            swiftSettings: fuzzed),
        .target(
            name: "Intake", dependencies: ["Primitives", "Wire", protobuf], swiftSettings: fuzzed),
        .target(
            name: "SampleNetworks", dependencies: ["Ledger", "Primitives", "Wire", protobuf],
            swiftSettings: fuzzed),
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "Intake", "Ledger", "Merkle", "Primitives", "SampleNetworks", "Verifier", "Wire",
                protobuf,
            ],
            swiftSettings: fuzzed + [.unsafeFlags(["-parse-as-library"])],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address"])]),
    ],
    swiftLanguageModes: [.v6]
)
