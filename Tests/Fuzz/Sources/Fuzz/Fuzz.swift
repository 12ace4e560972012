import Foundation

/// What is fuzzed: the decoder that the environment names in `FUZZ_DECODER`.
private let chosen: Decoder = {
    let name = ProcessInfo.processInfo.environment["FUZZ_DECODER"] ?? ""
    guard let decoder = Decoder.all.first(where: { $0.name == name }) else {
        preconditionFailure("FUZZ_DECODER must be one of \(Decoder.all.map(\.name))")
    }
    return decoder
}()

/// One input. A trap, a broken expectation or a fault of memory is a finding.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    chosen.check(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}

/// With `FUZZ_CORPUS` in the environment: writes valid inputs of every decoder into folders there,
/// prints the decoders' names and ends.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
    _: UnsafeMutablePointer<CInt>?,
    _: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?
) -> CInt {
    guard let folder = ProcessInfo.processInfo.environment["FUZZ_CORPUS"] else { return 0 }
    for decoder in Decoder.all {
        let path = URL(fileURLWithPath: folder).appending(path: decoder.name)
        do {
            try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
            for (index, bytes) in decoder.corpus().enumerated() {
                try Data(bytes).write(to: path.appending(path: "valid-\(index)"))
            }
        } catch {
            preconditionFailure("cannot write to \(path): \(error)")
        }
        print(decoder.name)
    }
    fflush(nil)
    exit(0)
}

private typealias TestOneInput = @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _: UnsafeMutablePointer<CInt>?,
    _: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?,
    _: TestOneInput
) -> CInt

/// Where SwiftPM lets an executable begin; libFuzzer's own `main` is not asked for.
@_cdecl("Fuzz_main")
public func start(
    _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    var count = count
    var arguments = arguments
    return runDriver(&count, &arguments) { testOneInput($0, $1) }
}
