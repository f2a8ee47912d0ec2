import Foundation
import Testing

/// A program that starts itself once for each of two devices, which are the processor's.
@Suite(.serialized) struct LocalRanksTests {
    @Test func ranksKnowTheirPlaces() throws {
        let script = """
            echo "$RANK of $WORLD_SIZE, $LOCAL_RANK of $LOCAL_WORLD_SIZE at $MASTER_ADDR"
            echo "threads $OMP_NUM_THREADS"
            echo "in $(pwd)" >&2
            if [ "$RANK" = 0 ]; then
                [ -S /proc/$$/fd/$SWIFT_TRAINER_STORE_SOCKET ] && echo "has the store's socket"
            else
                [ -z "$SWIFT_TRAINER_STORE_SOCKET" ] && echo "has no socket"
            fi
            """
        let run = try RoleProcess(script: script)
        #expect(try run.end() == 0)
        #expect(
            run.outputLines.isSuperset(of: [
                "0 of 2, 0 of 2 at 127.0.0.1", "[rank 1] 1 of 2, 1 of 2 at 127.0.0.1", "has the store's socket",
                "[rank 1] has no socket",
            ]), "\(run.output)")
        let threads = max(1, ProcessInfo.processInfo.activeProcessorCount / 2)
        #expect(run.outputLines.contains("[rank 1] threads \(threads)"))
        let folder = FileManager.default.currentDirectoryPath
        #expect(run.errors.contains("\nin \(folder)") || run.errors.hasPrefix("in \(folder)"))
        #expect(run.errors.contains("[rank 1] in \(folder)\n"))
        #expect(run.errors.components(separatedBy: "Using distributed mode with GLOO backend\n").count == 2)
        #expect(run.leftovers.isEmpty)
    }

    @Test func threadsStayAsThePersonSetThem() throws {
        let run = try RoleProcess(script: "echo threads $OMP_NUM_THREADS", ["OMP_NUM_THREADS": "7"])
        #expect(try run.end() == 0)
        #expect(run.outputLines.isSuperset(of: ["threads 7", "[rank 1] threads 7"]))
    }

    @Test func ranksCanBeSwitchedOff() throws {
        let run = try RoleProcess(script: "echo rank=$RANK", ["SWIFT_TRAINER_RANKS": "1"])
        #expect(try run.end() == 0)
        #expect(run.outputLines.contains("rank="))
    }

    @Test func aLaunchersMistakeIsNamed() throws {
        let run = try RoleProcess(script: "", ["RANK": "7", "WORLD_SIZE": "2"])
        #expect(try run.end() == 70)
        #expect(run.errors.contains("error: RANK=7: it must be below WORLD_SIZE=2\n"))
    }

    @Test func theFirstFailureIsShownAndEndsTheRest() throws {
        let script = """
            if [ "$RANK" = 1 ]; then echo reason >&2; exit 3; fi
            trap 'echo was asked to end; exit 9' TERM
            touch $DIR/ready; while :; do sleep 0.05; done
            """
        let run = try RoleProcess(script: script)
        #expect(try run.end() == 3)
        #expect(run.errors.contains("[rank 1] reason\n"))
        #expect(run.errors.contains("--- rank 1, the first to fail, wrote last:\n"))
        #expect(
            run.errors.hasSuffix("    reason\nerror: rank 1 ended with exit code 3; the other ranks were stopped\n"))
        #expect(run.leftovers.isEmpty)
    }

    @Test func theMainRanksOwnLinesAreShownToo() throws {
        let script = """
            if [ "$RANK" = 0 ]; then echo reason 0 >&2; exit 4; fi
            trap 'for i in 1 2 3; do echo noise >&2; done; exit 9' TERM
            while :; do sleep 0.05; done
            """
        let run = try RoleProcess(script: script)
        #expect(try run.end() == 4)
        #expect(run.errors.contains("--- rank 0, the first to fail, wrote last:\n"))
        #expect(
            run.errors.hasSuffix("    reason 0\nerror: rank 0 ended with exit code 4; the other ranks were stopped\n"))
    }

    @Test func aRankThatDoesNotEndIsKilled() throws {
        let script = """
            if [ "$RANK" = 1 ]; then while [ ! -e $DIR/deaf ]; do sleep 0.05; done; kill -SEGV $$; fi
            trap '' TERM; touch $DIR/deaf; (while :; do sleep 1; done) & while :; do sleep 1; done
            """
        let run = try RoleProcess(script: script)
        #expect(try run.end() == 128 + SIGSEGV)
        #expect(run.errors.contains("error: rank 1 was killed by SIGSEGV; the other ranks were stopped\n"))
        #expect(run.leftovers.isEmpty)
    }

    @Test(arguments: [(SIGINT, "INT", 130), (SIGTERM, "TERM", 143), (SIGHUP, "HUP", 129)])
    func signalsReachAllRanks(_ number: Int32, _ name: String, _ code: Int32) throws {
        let script = """
            trap 'echo got \(name); exit \(code)' \(name)
            touch $DIR/ready$RANK; while :; do sleep 0.05; done
            """
        let run = try RoleProcess(script: script)
        try run.waitForFiles("ready0", "ready1")
        run.send(number)
        #expect(try run.end() == code)
        #expect(run.outputLines.isSuperset(of: ["got \(name)", "[rank 1] got \(name)"]))
        #expect(!run.errors.contains("error:"), "\(run.errors)")
        #expect(run.leftovers.isEmpty)
    }

    @Test func otherSignalsArePassedOn() throws {
        let script = """
            trap 'touch $DIR/one$RANK' USR1; trap 'exit 0' USR2
            touch $DIR/ready$RANK; while :; do sleep 0.05; done
            """
        let run = try RoleProcess(script: script)
        try run.waitForFiles("ready0", "ready1")
        run.send(SIGUSR1)
        try run.waitForFiles("one0", "one1")
        run.send(SIGUSR2)
        #expect(try run.end() == 0)
    }

    @Test func aSecondInterruptKills() throws {
        let script = """
            trap 'touch $DIR/saving$RANK' INT
            touch $DIR/ready$RANK; while :; do sleep 0.05; done
            """
        let run = try RoleProcess(script: script)
        try run.waitForFiles("ready0", "ready1")
        run.send(SIGINT)
        try run.waitForFiles("saving0", "saving1")
        #expect(run.process.isRunning)
        run.send(SIGINT)
        #expect(try run.end() == 130)
        #expect(run.leftovers.isEmpty)
    }

    @Test func noRankOutlivesAKilledParent() throws {
        let script = """
            trap '' TERM INT HUP
            (touch $DIR/child$RANK; while :; do sleep 1; done) & touch $DIR/ready$RANK; while :; do sleep 1; done
            """
        let run = try RoleProcess(script: script)
        try run.waitForFiles("ready0", "ready1", "child0", "child1")
        #expect(run.leftovers.count >= 5)
        run.send(SIGKILL)
        #expect(try run.end() == 137)
        try run.wait("the end of all ranks") { run.leftovers.isEmpty }
    }

    @Test func linesAreWhole() throws {
        let script = """
            i=0; while [ $i -lt 300 ]; do
                printf 'a'; printf 'b'; echo "c$RANK-$i"; i=$((i+1))
            done
            """
        let run = try RoleProcess(script: script, ["SWIFT_TRAINER_TEST_DEVICES": "3"])
        #expect(try run.end() == 0)
        let expected = (0..<3).flatMap { rank in
            (0..<300).map { (rank == 0 ? "" : "[rank \(rank)] ") + "abc\(rank)-\($0)" }
        }
        #expect(run.outputLines.isSuperset(of: expected))
    }
}
