import Foundation
import Synchronization

/// A program to start: what runs, and with what.
struct ProgramCall: Sendable {
    /// A path, or a name that is looked for in `PATH`.
    var executable: String
    /// The words of its command line without the program's own, as bytes: file names need not be UTF-8.
    var arguments: [[CChar]]
    /// How the program names itself, in place of `executable`.
    var name: [CChar]?
    var environment: [String: String]

    init(_ executable: String, _ arguments: [String], environment: [String: String]) {
        self.executable = executable
        self.arguments = arguments.map { Array($0.utf8CString) }
        self.environment = environment
    }
}

/// A process that `posix_spawn` started.
struct SpawnedProcess {
    let id: pid_t

    /// Which group the process is in.
    enum Group {
        /// One of its own, with the number of the process.
        case own
        case of(pid_t)
    }

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - descriptors: What its descriptors are: number in the program, number here. All others are closed, as far as
    ///     they are marked so.
    ///   - blocksSignals: Whether signals are held back in it for ever, except SIGKILL.
    /// - Throws: ``LaunchError/unstartable(program:reason:)``
    init(
        _ call: ProgramCall, descriptors: [(theirs: Int32, ours: Int32)], group: Group, blocksSignals: Bool = false
    ) throws {
        var actions = Self.makeActions()
        defer { posix_spawn_file_actions_destroy(&actions) }
        // The same number twice stands for one that stays open.
        for pair in descriptors { posix_spawn_file_actions_adddup2(&actions, pair.ours, pair.theirs) }

        var attributes = Self.makeAttributes()
        defer { posix_spawnattr_destroy(&attributes) }
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        posix_spawnattr_setflags(&attributes, Int16(flags))
        switch group {
        case .own: posix_spawnattr_setpgroup(&attributes, 0)
        case .of(let leader): posix_spawnattr_setpgroup(&attributes, leader)
        }
        var mask = sigset_t()
        if blocksSignals { sigfillset(&mask) } else { sigemptyset(&mask) }
        posix_spawnattr_setsigmask(&attributes, &mask)
        // Libraries of this process may ignore it, which would be inherited; what the person ignores (nohup) stays.
        var standard = sigset_t()
        sigemptyset(&standard)
        sigaddset(&standard, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &standard)

        let words = [call.name ?? Array(call.executable.utf8CString)] + call.arguments
        let variables = call.environment.map { Array("\($0.key)=\($0.value)".utf8CString) }
        var id: pid_t = 0
        let failure = Self.withPointers(words) { words in
            Self.withPointers(variables) { variables in
                Descriptors.spawning.withLock { _ in
                    posix_spawnp(&id, call.executable, &actions, &attributes, words, variables)
                }
            }
        }
        guard failure == 0 else {
            throw LaunchError.unstartable(program: call.executable, reason: String(cString: strerror(failure)))
        }
        self.id = id
    }

    /// How it ended; nil while it runs.
    func endIfEnded() -> ProcessEnd? {
        var status: Int32 = 0
        return waitpid(id, &status, WNOHANG) == id ? ProcessEnd(waitStatus: status) : nil
    }

    /// Waits until it has ended.
    func wait() {
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
    }

    /// Calls `body` with what C's `argv` and `envp` are: pointers to texts, and nil at the end.
    private static func withPointers<Result>(
        _ texts: [[CChar]], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers: [UnsafeMutablePointer<CChar>?] = texts.map { text in
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: text.count)
            copy.initialize(from: text, count: text.count)
            return copy
        }
        defer { for pointer in pointers { pointer?.deallocate() } }
        pointers.append(nil)
        return pointers.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
    }

    #if canImport(Darwin)
        private static func makeActions() -> posix_spawn_file_actions_t? {
            var actions: posix_spawn_file_actions_t?
            posix_spawn_file_actions_init(&actions)
            return actions
        }

        private static func makeAttributes() -> posix_spawnattr_t? {
            var attributes: posix_spawnattr_t?
            posix_spawnattr_init(&attributes)
            return attributes
        }
    #else
        private static func makeActions() -> posix_spawn_file_actions_t {
            var actions = posix_spawn_file_actions_t()
            posix_spawn_file_actions_init(&actions)
            return actions
        }

        private static func makeAttributes() -> posix_spawnattr_t {
            var attributes = posix_spawnattr_t()
            posix_spawnattr_init(&attributes)
            return attributes
        }
    #endif
}
