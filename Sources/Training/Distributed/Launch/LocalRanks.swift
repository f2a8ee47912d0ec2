import Foundation

/// Ranks on this machine: the running program, started again once for each.
enum LocalRanks {
    /// Starts the ranks and stays until all have ended.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - variables: This process's environment, which the ranks get, with their place in it.
    /// - Returns: The exit code for this process.
    /// - Throws: ``LaunchError`` where they cannot be started.
    static func run(_ count: Int, variables: [String: String]) throws -> Int32 {
        let signals = try SignalWatch()
        let socket = try ListeningSocket(address: "127.0.0.1", port: 0)
        let ranks = calls(count, variables: variables, socket: socket)
        let supervisor = try RankSupervisor(ranks, signals: signals)
        socket.close()
        let result = supervisor.run()
        if let text = FailureReport.text(result, worldSize: count) {
            Descriptors.write(Array(text.utf8)[...], to: STDERR_FILENO)
        }
        return result.code
    }

    static func calls(_ count: Int, variables: [String: String], socket: ListeningSocket) -> [RankCall] {
        (0..<count).map { rank in
            var call = RunningProgram.call(environment: variables)
            call.environment.merge(place(rank, of: count, port: socket.port)) { $1 }
            // Each would otherwise take all processors for itself.
            if variables["OMP_NUM_THREADS"] == nil {
                call.environment["OMP_NUM_THREADS"] = "\(threads(forEachOf: count))"
            }
            guard rank == 0 else { return RankCall(rank: rank, call: call) }
            // The socket is open already, so that no other program can take the port, nor a rank come too early.
            call.environment[LaunchEnvironment.socketVariable] = "\(socket.descriptor)"
            return RankCall(rank: rank, call: call, inherited: [socket.descriptor])
        }
    }

    private static func place(_ rank: Int, of count: Int, port: Int) -> [String: String] {
        [
            "RANK": "\(rank)", "LOCAL_RANK": "\(rank)", "WORLD_SIZE": "\(count)", "LOCAL_WORLD_SIZE": "\(count)",
            "GROUP_RANK": "0", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "\(port)",
            LaunchEnvironment.launcherVariable: LaunchEnvironment.Launcher.ranks.rawValue,
        ]
    }

    /// The processors that this process may use, shared out.
    static func threads(forEachOf ranks: Int) -> Int { max(1, ProcessInfo.processInfo.activeProcessorCount / ranks) }
}
