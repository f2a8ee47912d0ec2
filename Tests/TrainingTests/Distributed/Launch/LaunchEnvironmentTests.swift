import Testing
import Training

/// Launchers' variables, as each of them sets them.
struct LaunchEnvironmentTests {
    static let torchrun = [
        "RANK": "5", "LOCAL_RANK": "1", "WORLD_SIZE": "8", "LOCAL_WORLD_SIZE": "4", "GROUP_RANK": "1",
        "GROUP_WORLD_SIZE": "2", "MASTER_ADDR": "node7", "MASTER_PORT": "29401", "TORCHELASTIC_RESTART_COUNT": "2",
        "TORCHELASTIC_MAX_RESTARTS": "3", "TORCHELASTIC_RUN_ID": "none", "TORCHELASTIC_USE_AGENT_STORE": "True",
    ]

    @Test func nothingIsNoLaunch() throws {
        #expect(try LaunchEnvironment.detect(in: ["PATH": "/bin", "MASTER_ADDR": "x", "LOCAL_RANK": "0"]) == nil)
    }

    @Test func readsTorchrun() throws {
        let found = try #require(try LaunchEnvironment.detect(in: Self.torchrun))
        #expect(found.launcher == .torchrun)
        #expect([found.rank, found.localRank, found.worldSize, found.localWorldSize] == [5, 1, 8, 4])
        #expect(found.nodeRank == 1)
        #expect(found.masterAddress == "node7" && found.masterPort == 29_401)
        #expect(found.restartCount == 2)
        #expect(found.isStoreServedByAgent)
        #expect(!found.isMain && !found.isLocalMain)
    }

    @Test func readsKubeflow() throws {
        let pod = [
            "KUBERNETES_PORT": "tcp://10.0.0.1:443", "RANK": "2", "WORLD_SIZE": "3", "MASTER_ADDR": "job-master-0",
            "MASTER_PORT": "23456",
        ]
        let found = try #require(try LaunchEnvironment.detect(in: pod))
        #expect(found.launcher == .kubeflow)
        #expect([found.rank, found.localRank, found.worldSize, found.localWorldSize] == [2, 0, 3, 1])
        #expect(found.nodeRank == 2 && !found.isStoreServedByAgent)
    }

    @Test func readsFourVariables() throws {
        let hand = ["RANK": "1", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "1234"]
        let found = try #require(try LaunchEnvironment.detect(in: hand))
        #expect(found.launcher == .variables)
        #expect([found.localRank, found.localWorldSize, found.nodeRank] == [1, 2, 0])
    }

    @Test func readsMPI() throws {
        let ompi = [
            "OMPI_COMM_WORLD_RANK": "3", "OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_LOCAL_RANK": "1",
            "OMPI_COMM_WORLD_LOCAL_SIZE": "2", "MASTER_ADDR": "h0", "PMIX_NAMESPACE": "prterun-h0-77@1",
            // mpirun in a Slurm job
            "SLURM_PROCID": "0", "SLURM_NTASKS": "2", "SLURM_STEP_ID": "0", "SLURM_JOB_ID": "9",
        ]
        let found = try #require(try LaunchEnvironment.detect(in: ompi))
        #expect(found.launcher == .openMPI)
        #expect([found.rank, found.localRank, found.worldSize, found.localWorldSize] == [3, 1, 4, 2])
        #expect(found.nodeRank == nil && found.masterAddress == "h0")
        #expect((15_000..<25_000).contains(found.masterPort))
        #expect(try LaunchEnvironment.detect(in: ompi)?.masterPort == found.masterPort)

        let pmi = ["PMI_RANK": "1", "PMI_SIZE": "2", "MPI_LOCALRANKID": "1", "MPI_LOCALNRANKS": "2"]
        let mpich = try #require(try LaunchEnvironment.detect(in: pmi))
        #expect(mpich.launcher == .mpich && mpich.masterAddress == "127.0.0.1" && mpich.masterPort == 29_500)

        let mv = [
            "MV2_COMM_WORLD_RANK": "0", "MV2_COMM_WORLD_SIZE": "2", "MV2_COMM_WORLD_LOCAL_RANK": "0",
            "MV2_COMM_WORLD_LOCAL_SIZE": "1", "MASTER_ADDR": "h0", "MASTER_PORT": "4000",
        ]
        let mvapich = try #require(try LaunchEnvironment.detect(in: mv))
        #expect(mvapich.launcher == .mvapich && mvapich.masterPort == 4000)
    }

    static let slurm = [
        "SLURM_PROCID": "3", "SLURM_LOCALID": "0", "SLURM_NTASKS": "4", "SLURM_NODEID": "1", "SLURM_STEP_ID": "0",
        "SLURM_JOB_ID": "1234", "SLURM_STEP_TASKS_PER_NODE": "3,1", "SLURM_JOB_NODELIST": "gpu[07-08]",
        "SLURM_JOB_NAME": "train",
    ]

    @Test func readsSlurm() throws {
        let found = try #require(try LaunchEnvironment.detect(in: Self.slurm))
        #expect(found.launcher == .slurm)
        #expect([found.rank, found.localRank, found.worldSize, found.localWorldSize] == [3, 0, 4, 1])
        #expect(found.nodeRank == 1 && found.masterAddress == "gpu07")
        #expect((15_000..<25_000).contains(found.masterPort))
        // Slurm's own PMI says the same of each task.
        let withPMI = Self.slurm.merging(["PMI_RANK": "3", "PMI_SIZE": "4"]) { $1 }
        #expect(try LaunchEnvironment.detect(in: withPMI) == found)
        // What a batch script sets has the last word.
        let other = Self.slurm.merging(["MASTER_ADDR": "10.0.0.9", "MASTER_PORT": "77"]) { $1 }
        let set = try #require(try LaunchEnvironment.detect(in: other))
        #expect(set.masterAddress == "10.0.0.9" && set.masterPort == 77)
    }

    @Test func shellsAndBatchScriptsOfSlurmAreNoLaunch() throws {
        for name in ["bash", "interactive"] {
            let shell = Self.slurm.merging(["SLURM_JOB_NAME": name]) { $1 }
            #expect(try LaunchEnvironment.detect(in: shell) == nil)
        }
        var batch = Self.slurm
        batch["SLURM_STEP_ID"] = nil
        batch["SLURM_STEP_TASKS_PER_NODE"] = nil
        #expect(try LaunchEnvironment.detect(in: batch) == nil)
        #expect(LaunchEnvironment.hint(about: batch)?.contains("srun") == true)
        #expect(LaunchEnvironment.hint(about: Self.slurm) == nil)
        #expect(LaunchEnvironment.hint(about: [:]) == nil)
    }

    @Test(arguments: [
        (["RANK": "0"], "the variable WORLD_SIZE is not set; RANK is; set both, or neither to run alone"),
        (["WORLD_SIZE": "2"], "the variable RANK is not set; WORLD_SIZE=2 is; set both, or neither to run alone"),
        (["RANK": "one", "WORLD_SIZE": "2"], "RANK=one: it must be a whole number"),
        (["RANK": "-1", "WORLD_SIZE": "2"], "RANK=-1: it must be at least 0"),
        (["RANK": "2", "WORLD_SIZE": "2"], "RANK=2: it must be below WORLD_SIZE=2"),
        (["RANK": "0", "WORLD_SIZE": "0"], "WORLD_SIZE=0: it must be at least 1"),
        (["RANK": "99999999999999999999", "WORLD_SIZE": "2"], "RANK=99999999999999999999: it must be a whole number"),
        (["RANK": "0", "WORLD_SIZE": "2"], "the variable MASTER_ADDR is not set; set it to the host of rank 0"),
        (
            ["RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "h"],
            "the variable MASTER_PORT is not set; set it to the same free port on every rank, such as 29500"
        ),
        (
            ["RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "h", "MASTER_PORT": "65536"],
            "MASTER_PORT=65536: ports end at 65535"
        ),
        (
            ["RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "h", "MASTER_PORT": "1"],
            "the variable LOCAL_WORLD_SIZE is not set; RANK is; set it to the number of processes on each machine"
        ),
        (
            ["RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "h", "MASTER_PORT": "1", "LOCAL_WORLD_SIZE": "1"],
            "the variable LOCAL_RANK is not set; RANK is; set it to the number of the process on its machine, 0 where "
                + "each has one"
        ),
        (torchrun.merging(["LOCAL_RANK": "4"]) { $1 }, "LOCAL_RANK=4: it must be below LOCAL_WORLD_SIZE=4"),
        (torchrun.merging(["LOCAL_WORLD_SIZE": "9"]) { $1 }, "LOCAL_WORLD_SIZE=9: it must be at most WORLD_SIZE=8"),
        (torchrun.merging(["RANK": "0"]) { $1 }, "LOCAL_RANK=1: it must be at most RANK=0"),
        (
            slurm.merging(["WORLD_SIZE": "3"]) { $1 }, "WORLD_SIZE=3, but slurm started 4 processes; unset it"
        ),
        (slurm.merging(["SLURM_PROCID": "4"]) { $1 }, "SLURM_PROCID=4: it must be below SLURM_NTASKS=4"),
        (
            slurm.merging(["SLURM_NODEID": "2"]) { $1 },
            "SLURM_NODEID=2, but SLURM_STEP_TASKS_PER_NODE=3,1 names 2 machines"
        ),
        (
            slurm.merging(["SLURM_STEP_TASKS_PER_NODE": "3(y2)"]) { $1 },
            "SLURM_STEP_TASKS_PER_NODE=3(y2): it must look like 2(x3),1: tasks and, in brackets, on how many machines"
        ),
        (
            [
                "OMPI_COMM_WORLD_RANK": "3", "OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_LOCAL_RANK": "1",
                "OMPI_COMM_WORLD_LOCAL_SIZE": "2",
            ],
            "the variable MASTER_ADDR is not set; the 4 ranks are on several machines; give all of them the host of rank 0 "
                + "(mpirun -x MASTER_ADDR=HOST)"
        ),
        (
            ["PMI_RANK": "0", "PMI_SIZE": "2"],
            "the variable MPI_LOCALNRANKS is not set; PMI_RANK is; start the program with mpirun, or unset both"
        ),
    ])
    func namesWhatIsWrong(_ variables: [String: String], _ text: String) {
        let error = #expect(throws: LaunchError.self) { try LaunchEnvironment.detect(in: variables) }
        #expect(error?.description == text)
    }
}
