import Foundation
import Testing

/// What `trainer launch` does on one machine.
@Suite(.serialized) struct ElasticLaunchTests {
    @Test func ranksGetTorchrunsVariables() throws {
        let script = """
            echo "$RANK $LOCAL_RANK $ROLE_RANK of $WORLD_SIZE $LOCAL_WORLD_SIZE $ROLE_WORLD_SIZE"
            echo "group $GROUP_RANK of $GROUP_WORLD_SIZE, role $ROLE_NAME, run $TORCHELASTIC_RUN_ID"
            echo "restart $TORCHELASTIC_RESTART_COUNT of $TORCHELASTIC_MAX_RESTARTS, $TORCHELASTIC_USE_AGENT_STORE"
            echo "$TORCH_NCCL_ASYNC_ERROR_HANDLING at $MASTER_ADDR, ${MASTER_PORT:+a port}"
            """
        let run = try RoleProcess("launch", script: script, ["TEST_RESTARTS": "2"])
        #expect(try run.end() == 0)
        #expect(
            run.outputLines.isSuperset(of: [
                "0 0 0 of 2 2 2", "[rank 1] 1 1 1 of 2 2 2", "group 0 of 1, role default, run none",
                "restart 0 of 2, True",
                "1 at 127.0.0.1, a port",
            ]), "\(run.output)\(run.errors)")
    }

    @Test func aFailureBeginsAnew() throws {
        let script = """
            if [ $RANK = 1 ] && [ $TORCHELASTIC_RESTART_COUNT = 0 ]; then exit 3; fi
            if [ $TORCHELASTIC_RESTART_COUNT = 0 ]; then while :; do sleep 0.05; done; fi
            echo done $TORCHELASTIC_RESTART_COUNT
            """
        let run = try RoleProcess("launch", script: script, ["TEST_RESTARTS": "1"])
        #expect(try run.end() == 0)
        #expect(run.outputLines.isSuperset(of: ["done 1", "[rank 1] done 1"]))
        #expect(run.errors.contains("error: rank 1 ended with exit code 3; the other ranks were stopped\n"))
        #expect(run.errors.contains("ended with exit code 3; starting again (restart 1 of 1)\n"))
        #expect(run.leftovers.isEmpty)
    }

    @Test func theLastFailureIsTheAnswer() throws {
        let run = try RoleProcess(
            "launch", script: "echo x >> $DIR/starts; kill -ABRT $$", ["TEST_RESTARTS": "2", "TEST_RANKS": "1"])
        #expect(try run.end() == 128 + SIGABRT)
        #expect(run.text("starts") == "x\nx\nx\n")
        #expect(run.errors.hasSuffix("error: rank 0 was killed by SIGABRT\n"))
    }

    @Test func aProgramThatIsNotThereIsNamed() throws {
        let run = try RoleProcess("launch", script: "", ["TEST_PROGRAM": "no-such-program"])
        #expect(try run.end() == 70)
        #expect(run.errors.hasSuffix("error: cannot start no-such-program: No such file or directory\n"))
        #expect(run.leftovers.isEmpty)
    }

    @Test func signalsEndIt() throws {
        let script = """
            trap 'echo saved; exit 143' TERM
            touch $DIR/ready$RANK; while :; do sleep 0.05; done
            """
        let run = try RoleProcess("launch", script: script, ["TEST_RESTARTS": "5"])
        try run.waitForFiles("ready0", "ready1")
        run.send(SIGTERM)
        #expect(try run.end() == 143)
        #expect(run.outputLines.isSuperset(of: ["saved", "[rank 1] saved"]))
        #expect(run.leftovers.isEmpty)
    }

    @Test func noRankOutlivesAKilledAgent() throws {
        let script = "trap '' TERM; touch $DIR/ready$RANK; while :; do sleep 1; done"
        let run = try RoleProcess("launch", script: script)
        try run.waitForFiles("ready0", "ready1")
        run.send(SIGKILL)
        #expect(try run.end() == 137)
        try run.wait("the end of all ranks") { run.leftovers.isEmpty }
    }
}
