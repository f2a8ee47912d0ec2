import Foundation

/// Ranks of any program on one machine or several, started again when one fails: what `trainer launch` does.
///
/// On each machine runs an agent, this type. Agents meet at an address, agree on who takes part and in which order, start
/// their ranks with torchrun's variables, and watch them and each other. When a rank fails or a machine is lost, all ranks
/// are stopped, and the machines that are left begin anew, up to ``maxRestarts`` times. A program that is started again finds
/// the number of restarts in `TORCHELASTIC_RESTART_COUNT`; it should go on from the last checkpoint that it has written, as
/// Trainer does.
public struct ElasticLaunch: Sendable {
    /// The program, a path or a name in `PATH`, and its arguments.
    public var program: [String]
    /// How many ranks this machine has.
    public var ranksPerNode = 1
    /// How many machines take part at least and at most.
    public var nodes = 1...1
    /// The place of this machine; nil leaves it to the order in which they come. Number 0 serves the rendezvous.
    public var nodeRank: Int?
    /// Where machines meet; nil only for one machine.
    public var endpoint: LaunchEndpoint?
    /// Tells runs at one address apart.
    public var runID = "none"
    /// How often ranks are started again after a failure, or after a machine is lost or comes.
    public var maxRestarts = 0
    /// How long to wait for the address to answer, and for enough machines to come.
    public var timeout = Duration.seconds(600)
    /// Where the number of machines is not fixed: how long to wait for another after the last one came.
    public var lastCall = Duration.seconds(10)
    /// How often an agent looks for news of the others.
    public var monitorInterval = Duration.milliseconds(500)
    /// How often an agent shows that it lives.
    public var keepAliveInterval = Duration.seconds(1)
    /// After so many intervals without a sign, a machine is lost.
    public var keepAliveMaxAttempts = 10
    /// The address of this machine for the others; nil: the one that leads to ``endpoint``.
    public var localAddress: String?
    /// The network interface for all traffic between machines; nil leaves it to the system.
    public var interface: String?
    /// Whether this machine serves the rendezvous; nil: if the address is one of its own.
    public var isHost: Bool?

    public init(program: [String]) { self.program = program }

    /// The path of the running program.
    public static var thisProgram: String { RunningProgram.path }

    /// Runs the program's ranks until they have ended for good.
    ///
    /// Signals to this process go to the ranks. SIGINT ends the run on all machines; another signal takes this machine out of
    /// it, and the others go on as far as they may.
    ///
    /// - Parameter variables: The environment that ranks get, with their places added; nil: this process's.
    /// - Returns: The exit code: 0, or that of the rank that failed, 128 and the signal's number for one that was killed.
    /// - Throws: ``LaunchError`` where ranks cannot be started, or machines do not come together.
    public func run(variables: [String: String]? = nil) throws -> Int32 {
        try check()
        let signals = try SignalWatch()
        do {
            let agent = ElasticAgent(
                self, try Meeting(self, signals: signals),
                variables: variables ?? ProcessInfo.processInfo.environment, signals: signals)
            return try agent.run()
        } catch let interruption as LaunchInterruption {
            return 128 + interruption.signal
        }
    }

    private func check() throws {
        guard !program.isEmpty else { throw LaunchError.contradiction("there is no program to start") }
        guard (1...RankRequest.most).contains(ranksPerNode) else {
            throw LaunchError.contradiction("1 to \(RankRequest.most) ranks can be started, not \(ranksPerNode)")
        }
        guard nodes.lowerBound >= 1 else { throw LaunchError.contradiction("there must be at least one machine") }
        guard nodes.upperBound == 1 || endpoint != nil else {
            throw LaunchError.contradiction("several machines need the address where they meet, host:port")
        }
        if let nodeRank, !(0..<nodes.upperBound).contains(nodeRank) {
            throw LaunchError.contradiction(
                "the place \(nodeRank) of this machine must be below their number, \(nodes.upperBound)")
        }
        guard maxRestarts >= 0 else { throw LaunchError.contradiction("the number of restarts can't be negative") }
    }

    var rules: RendezvousState.Rules {
        .init(fewest: nodes.lowerBound, most: nodes.upperBound, maxRestarts: maxRestarts)
    }
}
