import Foundation
import SwiftTrainer
import Testing

@testable import TrainerCommand

/// `trainer launch` as a person types it.
struct LaunchCommandTests {
    /// What the words mean.
    private func launch(_ words: [String], _ environment: [String: String] = [:]) throws -> ElasticLaunch {
        let words = LaunchWords.prepared(words, environment: environment)
        let sorted = try CommandWords(words, for: LaunchCommand.self)
        let command = try TrainerProgram.parse(["launch"] + sorted.own)
        return try #require(command as? LaunchCommand).launch(environment: environment)
    }

    @Test func takesTorchrunsFlags() throws {
        let launch = try launch([
            "--nproc_per_node=2", "--nnodes", "1:4", "--rdzv-endpoint", "[::1]:7000", "--rdzv_id", "job",
            "--max-restarts",
            "3", "--rdzv-timeout=5", "--rdzv-backend", "c10d", "--rdzv-conf",
            "keep_alive_interval=0.5,keep_alive_max_attempt=4,last_call_timeout=2,is_host=0", "--monitor_interval",
            "0.2",
            "--local-addr", "10.0.0.2", "--node-rank", "1", "./program", "--nnodes", "9", "--help",
        ])
        #expect(launch.program == ["./program", "--nnodes", "9", "--help"])
        #expect(launch.ranksPerNode == 2 && launch.nodes == 1...4 && launch.nodeRank == 1)
        #expect(launch.endpoint == LaunchEndpoint(host: "::1", port: 7000))
        #expect(launch.runID == "job" && launch.maxRestarts == 3 && launch.timeout == .seconds(5))
        #expect(launch.keepAliveInterval == .seconds(0.5) && launch.keepAliveMaxAttempts == 4)
        #expect(launch.lastCall == .seconds(2) && launch.isHost == false)
        #expect(launch.monitorInterval == .seconds(0.2) && launch.localAddress == "10.0.0.2")
    }

    @Test func machinesMeetAtTheFirst() throws {
        let given = try launch(["--nnodes=2", "--master-addr", "first", "--master-port", "1234", "x"])
        #expect(given.endpoint == LaunchEndpoint(host: "first", port: 1234))
        let standard = try launch(["--nnodes=2", "--master-addr", "first", "x"])
        #expect(standard.endpoint == LaunchEndpoint(host: "first", port: 29_500))
        #expect(try launch(["--standalone", "--nproc-per-node", "3", "x"]).endpoint == nil)
        #expect(try launch(["x"], ["CUDA_VISIBLE_DEVICES": ""]).ranksPerNode == 1)
    }

    @Test func variablesStandForMissingFlags() throws {
        let pod = ["PET_NNODES": "2", "PET_NODE_RANK": "1", "PET_MASTER_ADDR": "job-0", "PET_NPROC_PER_NODE": "4"]
        let launch = try launch(["--nproc-per-node", "1", "x"], pod)
        #expect(launch.nodes == 2...2 && launch.nodeRank == 1 && launch.ranksPerNode == 1)
        #expect(launch.endpoint == LaunchEndpoint(host: "job-0", port: 29_500))
    }

    @Test func programsAreStartedAsTheyNeed() throws {
        #expect(try launch(["train", "--model", "m"]).program == [ElasticLaunch.thisProgram, "train", "--model", "m"])
        #expect(try launch(["a.py", "-x"]).program == ["python3", "-u", "a.py", "-x"])
        #expect(try launch(["a.py"], ["PYTHON_EXEC": "py"]).program == ["py", "-u", "a.py"])
        #expect(try launch(["--no-python", "a.py"]).program == ["a.py"])
        #expect(try launch(["--standalone", "--", "-odd"]).program == ["-odd"])
    }

    @Test(arguments: [
        ([], "trainer launch needs a program, such as: trainer launch --nproc-per-node 2 train …"),
        (["--nnodes", "2", "x"], "--nnodes 2 needs --rdzv-endpoint, the host:port where the machines meet"),
        (["--nnodes", "2:1", "x"], "--nnodes 2:1: it must be a number of machines, or least:most, such as 1:4"),
        (["--nnodes", "two", "x"], "--nnodes two: it must be a number of machines, or least:most, such as 1:4"),
        (["--nproc-per-node", "0", "x"], "--nproc-per-node 0: it must be a number, gpu, cpu or auto"),
        (["--standalone", "--nnodes", "2", "x"], "--standalone is for one machine, but --nnodes is 2"),
        (["--standalone", "--rdzv-endpoint", "h", "x"], "--standalone and --rdzv-endpoint exclude each other"),
        (
            ["--master-addr", "h", "--rdzv-endpoint", "h", "x"], "--rdzv-endpoint and --master-addr exclude each other"
        ),
        (["--rdzv-backend", "etcd", "x"], "--rdzv-backend etcd: machines meet by c10d (or static) only"),
        (
            ["--rdzv-conf", "speed=1", "x"],
            "--rdzv-conf: there is no setting 'speed'; the settings are is_host, join_timeout, keep_alive_interval, "
                + "keep_alive_max_attempt, last_call_timeout"
        ),
        (["--rdzv-timeout", "0", "x"], "--rdzv-timeout 0.0: it must be a number of seconds above 0"),
        (
            ["--master-addr", "h", "--master-port", "0", "--nnodes", "2", "x"],
            "--master-port 0: it must be a number from 1 to 65535"
        ),
    ])
    func namesWhatIsWrong(_ words: [String], _ text: String) {
        let error = #expect(throws: CommandFailure.self) { try launch(words) }
        #expect(error?.description == text)
    }

    @Test func flagsThatDoNotExistAreNamed() throws {
        let run = try TrainerProcess.run(["launch", "--nproc", "2", "train"])
        #expect(run.code == 64)
        #expect(run.lastError.contains("--nproc"), "\(run.lastError)")
    }
}

/// `trainer launch` at work.
struct LaunchedProgramTests {
    @Test func startsAnyProgram() throws {
        let run = try TrainerProcess.run([
            "launch", "--nproc-per-node", "2", "--max-restarts", "1", "sh", "-c",
            "echo \"$RANK of $WORLD_SIZE, $0 $@\"; exit $((1 - TORCHELASTIC_RESTART_COUNT))", "name", "--nnodes",
            "--help",
        ])
        #expect(run.code == 0, "\(run.errors)")
        let lines = Set(run.output.split(separator: "\n"))
        #expect(lines == ["0 of 2, name --nnodes --help", "[rank 1] 1 of 2, name --nnodes --help"])
    }

    @Test func startsItsOwnCommands() throws {
        let run = try TrainerProcess.run(["launch", "--nproc-per-node", "2", "tokenize", "--no-such-flag"])
        #expect(run.code == 64)
        #expect(run.errors.contains("\n    error: "), "\(run.errors)")
        #expect(run.lastError.hasSuffix("ended with exit code 64; the other ranks were stopped"))
    }

    @Test func theMainRankHasTheTerminal() throws {
        let terminal = try PseudoTerminal(columns: 80)
        let script = "if [ -t 2 ]; then echo rank $RANK has it >&2; else echo rank $RANK has not >&2; fi"
        let running = try TrainerProcess.start(
            ["launch", "--nproc-per-node", "2", "sh", "-c", script], terminal: terminal)
        terminal.readAll()
        #expect(try running.wait().code == 0)
        #expect(terminal.text.contains("rank 0 has it\r\n"), "\(terminal.text)")
        #expect(terminal.text.contains("\r\u{1B}[K[rank 1] rank 1 has not\r\n"))
    }
}
