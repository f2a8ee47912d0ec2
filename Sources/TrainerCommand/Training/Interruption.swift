import Foundation

/// SIGINT outside the training loop, which has a handler of its own where the state is to be saved.
enum Interruption {
    /// Lets SIGINT and SIGTERM in: a parent may have started this process from a thread that holds them back, and the mask
    /// is inherited.
    static func unblock() {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM] { sigaddset(&signals, number) }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

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
