import Foundation

/// Ends all ranks when the process that watches them is killed, even by SIGKILL.
///
/// A shell that leads the ranks' process group waits on a pipe whose other end only the watching process holds: when the
/// kernel closes it, the shell kills its group, and so itself.
struct GroupGuard {
    private let process: SpawnedProcess
    private let lifeline: Int32

    /// The process group that ranks are to join.
    var group: pid_t { process.id }

    init() throws {
        let pipe = try Descriptors.pipe()
        let null = try Descriptors.null()
        defer {
            close(pipe.read)
            close(null)
        }
        do {
            // Signals to the group are meant for the ranks.
            process = try SpawnedProcess(
                ProgramCall("/bin/sh", ["-c", "read -r _; kill -KILL 0"], environment: [:]),
                descriptors: [(0, pipe.read), (1, null), (2, null)], group: .own, blocksSignals: true)
        } catch {
            close(pipe.write)
            throw error
        }
        lifeline = pipe.write
    }

    /// Sends a signal to all ranks, and to what they have started.
    func send(_ signal: Int32) { kill(-group, signal) }

    /// Ends whatever is left of the group.
    func finish() {
        send(SIGKILL)
        process.wait()
        close(lifeline)
    }
}
