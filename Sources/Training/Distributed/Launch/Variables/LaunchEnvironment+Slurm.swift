extension LaunchEnvironment {
    /// The place that `srun` gave; nil where it did not start this process.
    ///
    /// A batch script and a shell for interactive work have Slurm's variables too, but are no launch: there the program
    /// uses the devices of its machine itself.
    static func slurm(_ variables: LaunchVariables) throws -> LaunchEnvironment? {
        guard variables["SLURM_PROCID"] != nil, isStep(variables), !isInteractive(variables) else { return nil }
        let remedy = "SLURM_PROCID is; start the program with srun"
        let sizeName = variables.first(of: "SLURM_STEP_NUM_TASKS", "SLURM_NTASKS", "SLURM_NPROCS") ?? "SLURM_NTASKS"
        let size = try variables.required(sizeName, atLeast: 1, remedy: remedy)
        let rank = try variables.rank("SLURM_PROCID", below: size, sizeName, remedy: remedy)
        let node = size == 1 ? 0 : try variables.required("SLURM_NODEID", remedy: remedy)
        let localSize = try slurmTasks(variables, onNode: node, of: size)
        let localRank =
            size == 1
            ? 0 : try variables.rank("SLURM_LOCALID", below: localSize, "the tasks of its machine", remedy: remedy)
        let job = "\(variables["SLURM_JOB_ID"] ?? "").\(variables["SLURM_STEP_ID"] ?? "")"
        return LaunchEnvironment(
            launcher: .slurm, rank: rank, worldSize: size, localRank: localRank, localWorldSize: localSize,
            nodeRank: node, masterAddress: try slurmAddress(variables, isOneMachine: localSize == size),
            masterPort: try variables.port("MASTER_PORT") ?? derivedPort(job),
            restartCount: try variables.number("SLURM_RESTART_COUNT") ?? 0)
    }

    /// What to tell a person whose batch script asks for several tasks and does not start them; nil in most cases.
    public static func hint(about variables: [String: String]) -> String? {
        let variables = LaunchVariables(variables)
        guard variables["SLURM_JOB_ID"] != nil, variables["RANK"] == nil, !isStep(variables), !isInteractive(variables),
            let tasks = variables["SLURM_NTASKS"].flatMap({ Int($0) }), tasks > 1
        else { return nil }
        return "the Slurm job has \(tasks) tasks, but this process runs alone; start the program with srun to use them"
    }

    /// Whether `srun` started this process, or one above it.
    private static func isStep(_ variables: LaunchVariables) -> Bool {
        variables.first(of: "SLURM_STEP_ID", "SLURM_STEPID", "SLURM_STEP_NUM_TASKS") != nil
    }

    private static func isInteractive(_ variables: LaunchVariables) -> Bool {
        ["bash", "interactive"].contains(variables["SLURM_JOB_NAME"] ?? "")
    }

    private static func slurmTasks(_ variables: LaunchVariables, onNode node: Int, of size: Int) throws -> Int {
        guard size > 1 else { return 1 }
        let name = variables.first(of: "SLURM_STEP_TASKS_PER_NODE", "SLURM_TASKS_PER_NODE", "SLURM_NTASKS_PER_NODE")
        guard let name, let text = variables[name] else {
            throw LaunchError.missingVariable(
                name: "SLURM_TASKS_PER_NODE", remedy: "SLURM_PROCID is; start the program with srun")
        }
        // The last one holds a number for every machine.
        let counts = try SlurmNodeList.tasksPerNode(
            name == "SLURM_NTASKS_PER_NODE" ? text + "(x\(node + 1))" : text, name)
        guard counts.indices.contains(node) else {
            throw LaunchError.contradiction("SLURM_NODEID=\(node), but \(name)=\(text) names \(counts.count) machines")
        }
        guard counts[node] <= size else {
            throw LaunchError.contradiction("\(name)=\(text), but there are \(size) tasks in all")
        }
        return counts[node]
    }

    private static func slurmAddress(_ variables: LaunchVariables, isOneMachine: Bool) throws -> String {
        if let address = variables["MASTER_ADDR"] { return address }
        if isOneMachine { return "127.0.0.1" }
        guard let name = variables.first(of: "SLURM_STEP_NODELIST", "SLURM_JOB_NODELIST", "SLURM_NODELIST"),
            let list = variables[name], let first = try SlurmNodeList.expand(list).first
        else {
            throw LaunchError.missingVariable(
                name: "SLURM_JOB_NODELIST", remedy: "set MASTER_ADDR to the host of rank 0 instead")
        }
        return first
    }
}
