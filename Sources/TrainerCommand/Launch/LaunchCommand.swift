import ArgumentParser
import Foundation
import SwiftTrainer

/// `trainer launch`
struct LaunchCommand: TrainerSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "launch",
        abstract: "Starts a program's ranks on this machine and others, and again when one fails.",
        discussion: """
            Takes torchrun's flags and sets torchrun's variables (RANK, LOCAL_RANK, WORLD_SIZE, MASTER_ADDR, …). The \
            program is a command of trainer, a Python file, or anything that can be started:
              trainer launch --nproc-per-node 4 train --model MODEL --train-file train.csv --output-dir out
              trainer launch --nproc-per-node gpu ./my-program --its-own-flags

            On several machines run the same line on each; the first one's address is where they meet:
              trainer launch --nnodes 2 --nproc-per-node 4 --rdzv-endpoint first.example:29400 train …

            With --max-restarts a failed rank or a lost machine ends the attempt on all machines, and those that are left \
            (--nnodes 1:4 allows fewer) begin anew. trainer train then goes on from its newest checkpoint, and so does every program with a \
            Trainer; others find the number of restarts in TORCHELASTIC_RESTART_COUNT.

            Flags stand before the program; a variable PET_… (PET_NNODES) takes the place of one that is missing.
            """)

    @Option(
        help: ArgumentHelp(
            "Ranks on this machine: a number, gpu, cpu, or auto (default: one for each GPU, one without).",
            valueName: "N"))
    var nprocPerNode: String?

    @Option(help: ArgumentHelp("Machines: a number, or least:most.", valueName: "N|MIN:MAX"))
    var nnodes = "1"

    @Option(help: ArgumentHelp("The place of this machine (default: by order of arrival).", valueName: "N"))
    var nodeRank: Int?

    @Option(help: ArgumentHelp("The host of machine 0, in place of --rdzv-endpoint.", valueName: "HOST"))
    var masterAddr: String?

    @Option(help: ArgumentHelp("The port on machine 0 (default: 29500).", valueName: "PORT"))
    var masterPort: Int?

    @Option(help: ArgumentHelp("Where machines meet (default port: 29400).", valueName: "HOST:PORT"))
    var rdzvEndpoint: String?

    @Option(help: ArgumentHelp("Tells runs that meet at one place apart.", valueName: "ID"))
    var rdzvId = "none"

    @Option(help: ArgumentHelp("c10d or static, torchrun's names; both work alike here.", valueName: "NAME"))
    var rdzvBackend: String?

    @Option(
        help: ArgumentHelp(
            "Settings by torchrun's names: \(RendezvousSettings.names.joined(separator: ", ")).",
            valueName: "NAME=VALUE,…"))
    var rdzvConf: String?

    @Option(help: ArgumentHelp("How long to wait for the address and for enough machines.", valueName: "SECONDS"))
    var rdzvTimeout: Double = 600

    @Option(help: ArgumentHelp("How often all begin anew after a failure or a change of machines.", valueName: "N"))
    var maxRestarts = 0

    @Option(help: ArgumentHelp("How often to look for news of other machines.", valueName: "SECONDS"))
    var monitorInterval = 0.5

    @Option(help: ArgumentHelp("This machine's address for the others.", valueName: "ADDRESS"))
    var localAddr: String?

    @Option(help: ArgumentHelp("The network interface for traffic between machines.", valueName: "NAME"))
    var interface: String?

    @Option(help: "This machine alone, whatever else runs on it.")
    var standalone = false

    @Option(help: "Start a .py file by itself, not with python3 (or $PYTHON_EXEC).")
    var noPython = false

    @Argument(parsing: .postTerminator, help: ArgumentHelp("The program and its arguments.", valueName: "PROGRAM …"))
    var program: [String] = []

    static let switches: Set<String> = ["standalone", "no-python"]
    static let ownFlags: Set<String> = [
        "nproc-per-node", "nnodes", "node-rank", "master-addr", "master-port", "rdzv-endpoint", "rdzv-id",
        "rdzv-backend",
        "rdzv-conf", "rdzv-timeout", "max-restarts", "monitor-interval", "local-addr", "interface", "standalone",
        "no-python",
    ]

    static func prepared(_ words: [String]) -> [String] {
        LaunchWords.prepared(words, environment: ProcessInfo.processInfo.environment)
    }

    func perform(_ arguments: TrainingArguments) throws {
        let code = try launch(environment: ProcessInfo.processInfo.environment).run()
        // The ranks' own code is the answer; what there is to say has been said.
        if code != ExitStatus.done { Foundation.exit(code) }
    }

    /// What the flags mean.
    func launch(environment: [String: String]) throws -> ElasticLaunch {
        guard let first = program.first else {
            throw CommandFailure.usage(
                "trainer launch needs a program, such as: trainer launch --nproc-per-node 2 train …")
        }
        var launch = ElasticLaunch(program: command(first, environment: environment))
        launch.ranksPerNode = try RanksPerNode.number(nprocPerNode, environment: environment)
        launch.nodes = try machines()
        launch.endpoint = try endpoint()
        launch.nodeRank = nodeRank
        launch.runID = rdzvId
        launch.maxRestarts = maxRestarts
        launch.localAddress = localAddr
        launch.interface = interface
        launch.timeout = try RendezvousSettings.seconds(rdzvTimeout, "--rdzv-timeout")
        launch.monitorInterval = try RendezvousSettings.seconds(monitorInterval, "--monitor-interval")
        if let rdzvConf { try RendezvousSettings.apply(rdzvConf, to: &launch) }
        if let rdzvBackend, !["c10d", "static"].contains(rdzvBackend) {
            throw CommandFailure.usage("--rdzv-backend \(rdzvBackend): machines meet by c10d (or static) only")
        }
        return launch
    }

    private func command(_ first: String, environment: [String: String]) -> [String] {
        if TrainerTool.commands.contains(where: { $0.name == first }) { return [ElasticLaunch.thisProgram] + program }
        guard first.hasSuffix(".py"), !noPython else { return program }
        return [environment["PYTHON_EXEC"] ?? "python3", "-u"] + program
    }

    private func machines() throws -> ClosedRange<Int> {
        let ends = nnodes.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        guard (1...2).contains(ends.count), let fewest = ends[0], let most = ends[ends.count - 1], fewest >= 1,
            most >= fewest
        else {
            throw CommandFailure.usage(
                "--nnodes \(nnodes): it must be a number of machines, or least:most, such as 1:4")
        }
        return fewest...most
    }

    private func endpoint() throws -> LaunchEndpoint? {
        let isAlone = try standalone || (machines().upperBound == 1 && rdzvEndpoint == nil && masterAddr == nil)
        guard !isAlone else {
            for (flag, isGiven) in [("--rdzv-endpoint", rdzvEndpoint != nil), ("--master-addr", masterAddr != nil)]
            where isGiven { throw CommandFailure.usage("--standalone and \(flag) exclude each other") }
            guard try machines().upperBound == 1 else {
                throw CommandFailure.usage("--standalone is for one machine, but --nnodes is \(nnodes)")
            }
            return nil
        }
        if let rdzvEndpoint {
            guard masterAddr == nil else {
                throw CommandFailure.usage("--rdzv-endpoint and --master-addr exclude each other")
            }
            return try LaunchEndpoint(rdzvEndpoint)
        }
        guard let masterAddr else {
            throw CommandFailure.usage(
                "--nnodes \(nnodes) needs --rdzv-endpoint, the host:port where the machines meet")
        }
        guard let port = masterPort else { return LaunchEndpoint(host: masterAddr, port: 29_500) }
        guard (1...65_535).contains(port) else {
            throw CommandFailure.usage("--master-port \(port): it must be a number from 1 to 65535")
        }
        return LaunchEndpoint(host: masterAddr, port: port)
    }
}
