import Foundation

/// SIGINT outside the training loop, which has a handler of its own where the state is to be saved.
enum Interruption {
    /// From now on Ctrl-C and SIGTERM end the process with the exit code of an interruption.
    static func exitAtOnce() {
        for number in [SIGINT, SIGTERM] {
            signal(number) { _ in
                let line: StaticString = "error: interrupted\n"
                _ = write(STDERR_FILENO, line.utf8Start, line.utf8CodeUnitCount)
                _exit(130)
            }
        }
    }
}
