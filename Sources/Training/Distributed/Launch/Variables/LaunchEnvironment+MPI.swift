extension LaunchEnvironment {
    /// The names under which an MPI tells a process its place.
    struct MPIVariables {
        let rank: String
        let size: String
        let localRank: String
        let localSize: String
        /// How to give all ranks a variable.
        let export: String

        static let openMPI = MPIVariables(
            rank: "OMPI_COMM_WORLD_RANK", size: "OMPI_COMM_WORLD_SIZE", localRank: "OMPI_COMM_WORLD_LOCAL_RANK",
            localSize: "OMPI_COMM_WORLD_LOCAL_SIZE", export: "mpirun -x MASTER_ADDR=HOST")
        static let mpich = MPIVariables(
            rank: "PMI_RANK", size: "PMI_SIZE", localRank: "MPI_LOCALRANKID", localSize: "MPI_LOCALNRANKS",
            export: "mpiexec -genv MASTER_ADDR HOST")
        static let mvapich = MPIVariables(
            rank: "MV2_COMM_WORLD_RANK", size: "MV2_COMM_WORLD_SIZE", localRank: "MV2_COMM_WORLD_LOCAL_RANK",
            localSize: "MV2_COMM_WORLD_LOCAL_SIZE", export: "mpirun_rsh … MASTER_ADDR=HOST")
    }

    /// The place that an MPI gave; nil where it did not start this process.
    ///
    /// MPI does not say where rank 0 is, so that ranks on several machines need `MASTER_ADDR`. The port, unless
    /// `MASTER_PORT` is set, is a function of the job, so that two jobs on one machine keep apart.
    static func mpi(
        _ variables: LaunchVariables, _ launcher: Launcher, _ names: MPIVariables
    ) throws -> LaunchEnvironment? {
        guard variables[names.rank] != nil else { return nil }
        func remedy(_ name: String) -> String { "\(names.rank) is; start the program with mpirun, or unset both" }
        let size = try variables.required(names.size, atLeast: 1, remedy: remedy(names.size))
        let rank = try variables.rank(names.rank, below: size, names.size, remedy: "")
        let localSize =
            size == 1 ? 1 : try variables.required(names.localSize, atLeast: 1, remedy: remedy(names.localSize))
        guard localSize <= size else {
            throw LaunchError.invalidVariable(
                name: names.localSize, value: "\(localSize)", reason: "it must be at most \(names.size)=\(size)")
        }
        let localRank =
            size == 1
            ? 0
            : try variables.rank(names.localRank, below: localSize, names.localSize, remedy: remedy(names.localRank))
        guard let address = variables["MASTER_ADDR"] ?? (localSize == size ? "127.0.0.1" : nil) else {
            throw LaunchError.missingVariable(
                name: "MASTER_ADDR",
                remedy:
                    "the \(size) ranks are on several machines; give all of them the host of rank 0 (\(names.export))"
            )
        }
        let job = variables.first(
            of: "PMIX_NAMESPACE", "OMPI_MCA_ess_base_jobid", "SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID")
        return LaunchEnvironment(
            launcher: launcher, rank: rank, worldSize: size, localRank: localRank, localWorldSize: localSize,
            nodeRank: localSize == size ? 0 : nil, masterAddress: address,
            masterPort: try variables.port("MASTER_PORT") ?? derivedPort(job.flatMap { variables[$0] }))
    }

    /// A port between 15000 and 24999, below those that systems give away themselves; the same for the same job.
    static func derivedPort(_ job: String?) -> Int {
        guard let job else { return standardPort }
        // FNV-1a: Swift's own hashes differ from process to process.
        let hash = job.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return 15_000 + Int(hash % 10_000)
    }
}
