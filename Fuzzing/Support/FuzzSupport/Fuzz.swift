public import Foundation

/// libFuzzer's own loop, which takes the command line.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

// Set once, before the loop begins; libFuzzer calls from one thread.
nonisolated(unsafe) private var body: ([UInt8]) -> Void = { _ in }

/// What libFuzzer's own `main` would call; it is linked, but does not run.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    body(Array(UnsafeBufferPointer(start: data, count: count)))
    return 0
}

/// Calls `test` with one made-up input after the other, until time is up or it crashes.
///
/// A test passes unless it crashes: it catches errors itself, and calls `require` for what must hold.
public func fuzz(_ test: @escaping ([UInt8]) -> Void) -> Never {
    body = test
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    exit(runDriver(&count, &arguments, testOneInput))
}

/// Crashes where something does not hold, so that libFuzzer keeps the input.
public func require(_ condition: Bool, _ message: @autoclosure () -> String) {
    if !condition { fatalError(message()) }
}

/// A folder in memory for parsers that read files.
public func makeFolder() -> URL {
    let base = FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
    let folder = URL(fileURLWithPath: base).appendingPathComponent("fuzz-\(ProcessInfo.processInfo.processIdentifier)")
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
}
