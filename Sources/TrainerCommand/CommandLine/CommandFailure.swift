import ArgumentParser
import SwiftTrainer

/// A command line or a file that a command can't work with.
enum CommandFailure: Error, CustomStringConvertible {
    /// The command line is wrong: exit code 64.
    case usage(String)
    /// Something else is: exit code 1.
    case failed(String)

    var description: String {
        switch self {
        case .usage(let text), .failed(let text): text
        }
    }
}

/// What the process answers: 0 done, 1 failed, 64 wrong usage, 130 interrupted.
enum ExitStatus {
    static let done: Int32 = 0
    static let failed: Int32 = 1
    static let usage: Int32 = 64
    static let interrupted: Int32 = 130

    static func of(_ error: any Error) -> Int32 {
        switch error {
        case CommandFailure.usage: usage
        case TrainingError.interrupted: interrupted
        case is TrainingArgumentsError: usage
        default: failed
        }
    }
}
