import Foundation

/// This process's program, to start it again.
enum RunningProgram {
    /// The same program with the same words.
    static func call(environment: [String: String]) -> ProgramCall {
        var call = ProgramCall(path, [], environment: environment)
        let words = words
        call.name = words.first
        call.arguments = Array(words.dropFirst())
        return call
    }

    /// Where the program is.
    static var path: String {
        #if canImport(Darwin)
            var size: UInt32 = 0
            _NSGetExecutablePath(nil, &size)
            var buffer = [CChar](repeating: 0, count: Int(size))
            _NSGetExecutablePath(&buffer, &size)
            return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        #else
            let link = "/proc/self/exe"
            guard let path = try? FileManager.default.destinationOfSymbolicLink(atPath: link),
                access(path, X_OK) == 0
            else {
                // The file has been replaced or removed; the link still leads to what runs.
                return link
            }
            return path
        #endif
    }

    /// The command line as bytes.
    private static var words: [[CChar]] {
        (0..<Int(CommandLine.argc)).compactMap { index in
            CommandLine.unsafeArgv[index].map { Array(UnsafeBufferPointer(start: $0, count: strlen($0) + 1)) }
        }
    }
}
