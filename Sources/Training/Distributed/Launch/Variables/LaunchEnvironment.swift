/// The place of this process among the ranks of a run, as a launcher's variables say it.
///
/// Launchers start the same program several times and tell each process who it is through variables: torchrun and
/// `trainer launch` (`RANK`, `WORLD_SIZE`, …), Kubeflow's PyTorchJob, Slurm's `srun`, `mpirun` of Open MPI, MPICH and
/// its kin (PMI), and MVAPICH. ``detect(in:)`` reads them; nothing else is looked at, so that the same variables always give
/// the same place.
public struct LaunchEnvironment: Hashable, Sendable {
    /// What started the ranks.
    public enum Launcher: String, Sendable, CaseIterable {
        /// The program itself, one rank per device of its machine.
        case ranks
        /// torchrun, or `trainer launch`, which sets the same variables.
        case torchrun
        /// Kubeflow's PyTorchJob: one process per pod.
        case kubeflow
        /// `RANK`, `WORLD_SIZE`, `MASTER_ADDR` and `MASTER_PORT`, set by hand or by something unknown.
        case variables
        case slurm
        case openMPI
        /// MPICH, Intel MPI and other MPIs whose processes get `PMI_RANK`.
        case mpich
        case mvapich
    }

    public var launcher: Launcher
    /// The number of this process among all, from 0.
    public var rank: Int
    /// How many processes there are on all machines.
    public var worldSize: Int
    /// The number of this process among those of its machine, from 0; the device to use.
    public var localRank: Int
    /// How many processes there are on this machine.
    public var localWorldSize: Int
    /// The number of this machine, from 0; nil where the launcher does not say.
    public var nodeRank: Int?
    /// The host where the ranks meet: that of rank 0, or of the agent that serves the store.
    public var masterAddress: String
    public var masterPort: Int
    /// How often the ranks have been started again after a failure; 0 at first.
    public var restartCount = 0
    /// What the launcher calls the run, the same however often its ranks are started; nil where it starts them once.
    public var runID: String?
    /// Whether the launcher serves the store, so that rank 0 too connects to it as a client.
    public var isStoreServedByAgent = false
    /// A bound, listening socket that this process inherited and serves the store on; nil in most.
    public var listenSocket: Int32?

    public var isMain: Bool { rank == 0 }
    public var isLocalMain: Bool { localRank == 0 }

    /// Reads a launcher's variables.
    ///
    /// - Parameter variables: The process's environment.
    /// - Returns: nil where no launcher started this process.
    /// - Throws: ``LaunchError`` where the variables are incomplete, contradict each other or are no numbers; it names the
    ///   variable.
    public static func detect(in variables: [String: String]) throws -> LaunchEnvironment? {
        let variables = LaunchVariables(variables)
        if variables["RANK"] != nil { return try explicit(variables) }
        guard let found = try detectCluster(variables) else {
            guard let size = variables["WORLD_SIZE"] else { return nil }
            throw LaunchError.missingVariable(
                name: "RANK", remedy: "WORLD_SIZE=\(size) is; set both, or neither to run alone")
        }
        // A batch script may have set it for programs that need it.
        if let size = try variables.number("WORLD_SIZE"), size != found.worldSize {
            throw LaunchError.contradiction(
                "WORLD_SIZE=\(size), but \(found.launcher.rawValue) started \(found.worldSize) processes; unset it")
        }
        return found
    }

    /// Slurm's own PMI gives MPI's variables too; `mpirun` in a Slurm job starts its ranks by itself, or through one Slurm
    /// task per machine.
    private static func detectCluster(_ variables: LaunchVariables) throws -> LaunchEnvironment? {
        if let found = try mpi(variables, .openMPI, .openMPI) { return found }
        if let found = try mpi(variables, .mvapich, .mvapich) { return found }
        guard let found = try slurm(variables) else { return try mpi(variables, .mpich, .mpich) }
        guard variables["PMI_RANK"] != nil else { return found }
        let isSame = variables["PMI_RANK"] == "\(found.rank)" && variables["PMI_SIZE"] == "\(found.worldSize)"
        return isSame ? found : try mpi(variables, .mpich, .mpich)
    }

    /// `RANK` and its companions.
    private static func explicit(_ variables: LaunchVariables) throws -> LaunchEnvironment {
        let launcher = launcher(variables)
        let size = try variables.required(
            "WORLD_SIZE", atLeast: 1, remedy: "RANK is; set both, or neither to run alone")
        let rank = try variables.rank("RANK", below: size, "WORLD_SIZE", remedy: "")
        guard let address = variables["MASTER_ADDR"] else {
            throw LaunchError.missingVariable(name: "MASTER_ADDR", remedy: "set it to the host of rank 0")
        }
        guard let port = try variables.port("MASTER_PORT") else {
            throw LaunchError.missingVariable(
                name: "MASTER_PORT", remedy: "set it to the same free port on every rank, such as \(standardPort)")
        }
        let place = try localPlace(variables, launcher, rank: rank, size: size, address: address)
        var found = LaunchEnvironment(
            launcher: launcher, rank: rank, worldSize: size, localRank: place.rank, localWorldSize: place.size,
            nodeRank: try variables.number("GROUP_RANK") ?? variables.number("NODE_RANK") ?? place.node,
            masterAddress: address, masterPort: port)
        found.restartCount = try variables.number("TORCHELASTIC_RESTART_COUNT") ?? 0
        if try variables.number("TORCHELASTIC_MAX_RESTARTS") ?? 0 > 0 {
            found.runID = variables[runVariable] ?? variables["TORCHELASTIC_RUN_ID"]
        }
        found.isStoreServedByAgent = variables["TORCHELASTIC_USE_AGENT_STORE"] == "True"
        if launcher == .ranks, rank == 0 { found.listenSocket = try variables.number(socketVariable).map(Int32.init) }
        return found
    }

    /// Holds ``Launcher/ranks`` in processes that the program started itself.
    static let launcherVariable = "SWIFT_TRAINER_LAUNCHER"
    /// What tells a run of `trainer launch` from others, which may have the same ID.
    static let runVariable = "SWIFT_TRAINER_RUN"
    /// The file descriptor of the socket that rank 0 serves the store on.
    static let socketVariable = "SWIFT_TRAINER_STORE_SOCKET"
    /// PyTorch's.
    static let standardPort = 29_500

    private static func launcher(_ variables: LaunchVariables) -> Launcher {
        if variables[launcherVariable] == Launcher.ranks.rawValue { return .ranks }
        if variables["GROUP_RANK"] != nil, variables["LOCAL_RANK"] != nil, variables["LOCAL_WORLD_SIZE"] != nil {
            return .torchrun
        }
        return variables["KUBERNETES_PORT"] != nil ? .kubeflow : .variables
    }

    /// What the launcher says of the machine; where it says nothing, only what must be so.
    private static func localPlace(
        _ variables: LaunchVariables, _ launcher: Launcher, rank: Int, size: Int, address: String
    ) throws -> (rank: Int, size: Int, node: Int?) {
        let isPod = launcher == .kubeflow
        let isOneMachine = size == 1 || ["127.0.0.1", "::1", "localhost"].contains(address)
        func missing(_ name: String, _ meaning: String) -> LaunchError {
            .missingVariable(name: name, remedy: "RANK is; set it to \(meaning)")
        }
        let known = try variables.number("LOCAL_WORLD_SIZE", atLeast: 1)
        guard let localSize = known ?? (isPod ? 1 : isOneMachine ? size : nil) else {
            throw missing("LOCAL_WORLD_SIZE", "the number of processes on each machine")
        }
        guard localSize <= size else {
            throw LaunchError.invalidVariable(
                name: "LOCAL_WORLD_SIZE", value: "\(localSize)", reason: "it must be at most WORLD_SIZE=\(size)")
        }
        guard let local = try variables.number("LOCAL_RANK") ?? (isPod ? 0 : isOneMachine ? rank : nil) else {
            throw missing("LOCAL_RANK", "the number of the process on its machine, 0 where each has one")
        }
        guard local < localSize else {
            throw LaunchError.invalidVariable(
                name: "LOCAL_RANK", value: "\(local)", reason: "it must be below LOCAL_WORLD_SIZE=\(localSize)")
        }
        guard local <= rank else {
            throw LaunchError.invalidVariable(
                name: "LOCAL_RANK", value: "\(local)", reason: "it must be at most RANK=\(rank)")
        }
        let node: Int? = isPod ? rank : localSize == size ? 0 : nil
        return (local, localSize, node)
    }
}
