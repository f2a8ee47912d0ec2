import Foundation
import Testing

@testable import Training

/// Agents that stand for machines and meet on loopback.
@Suite(.serialized) struct MachinesTests {
    /// A port that is free now.
    private let port: Int

    init() throws {
        let socket = try ListeningSocket(address: "127.0.0.1", port: 0)
        port = socket.port
        socket.close()
    }

    private func machine(
        _ script: String, _ nodes: ClosedRange<Int>, restarts: Int = 0, ranks: Int = 1, _ more: [String: String] = [:]
    ) throws -> RoleProcess {
        let variables = [
            "TEST_ENDPOINT": "127.0.0.1:\(port)", "TEST_FEWEST": "\(nodes.lowerBound)",
            "TEST_MOST": "\(nodes.upperBound)",
            "TEST_RESTARTS": "\(restarts)", "TEST_RANKS": "\(ranks)",
        ]
        return try RoleProcess("launch", script: script, variables.merging(more) { $1 })
    }

    @Test func machinesAgreeOnTheirPlaces() throws {
        let script = """
            echo "$RANK of $WORLD_SIZE, $LOCAL_RANK of $LOCAL_WORLD_SIZE, $GROUP_RANK of $GROUP_WORLD_SIZE $MASTER_PORT"
            """
        let first = try machine(script, 2...2, ranks: 2, ["TEST_NODE_RANK": "0"])
        let second = try machine(script, 2...2, ranks: 1, ["TEST_NODE_RANK": "1"])
        #expect(try first.end() == 0)
        #expect(try second.end() == 0)
        let master =
            first.output.split(separator: "\n").first { $0.hasPrefix("0 of 3") }?.split(separator: " ").last ?? ""
        #expect(first.outputLines.contains("0 of 3, 0 of 2, 0 of 2 \(master)"), "\(first.output)\(first.errors)")
        #expect(first.outputLines.contains("[rank 1] 1 of 3, 1 of 2, 0 of 2 \(master)"))
        #expect(second.outputLines.contains("[rank 2] 2 of 3, 0 of 1, 1 of 2 \(master)"))
    }

    @Test func aFailureEndsTheAttemptEverywhere() throws {
        let script = """
            touch $DIR/ready$TORCHELASTIC_RESTART_COUNT
            while [ $TORCHELASTIC_RESTART_COUNT = 0 ]; do [ -e $DIR/fail ] && exit 3; sleep 0.05; done
            echo "again $WORLD_SIZE"
            """
        let machines = [try machine(script, 2...2, restarts: 1), try machine(script, 2...2, restarts: 1)]
        for machine in machines { try machine.waitForFiles("ready0") }
        try machines[1].make("fail")
        for machine in machines { #expect(try machine.end() == 0, "\(machine.errors)") }
        for machine in machines { #expect(machine.output.contains("again 2\n")) }
        for machine in machines { #expect(machine.errors.contains("starting again (restart 1 of 1)\n")) }
    }

    @Test func withoutRestartsAFailureEndsTheRun() throws {
        let script = "touch $DIR/ready; while :; do [ -e $DIR/fail ] && exit 3; sleep 0.05; done"
        let machines = [try machine(script, 2...2), try machine(script, 2...2)]
        for machine in machines { try machine.waitForFiles("ready") }
        try machines[0].make("fail")
        for machine in machines { #expect(try machine.end() == 3) }
        #expect(machines[1].errors.contains("ended with exit code 3\n"), "\(machines[1].errors)")
        for machine in machines { #expect(machine.leftovers.isEmpty) }
    }

    @Test func aKilledMachineLeavesTheRestToGoOn() throws {
        // Whether the second one comes in time for the first attempt is open; alone, the first one waits for it.
        let script = """
            echo "world $WORLD_SIZE"
            while [ $WORLD_SIZE = 2 ] || [ ! -e $DIR/alone ]; do sleep 0.05; done
            echo "ended $WORLD_SIZE"
            """
        let first = try machine(script, 1...2, restarts: 2, ["TEST_NODE_RANK": "0"])
        let second = try machine(script, 1...2, restarts: 2, ["TEST_NODE_RANK": "1"])
        try first.wait("both machines") { first.output.contains("world 2\n") && second.output.contains("world 2\n") }
        try first.make("alone")
        second.send(SIGKILL)
        #expect(try second.end() == 137)
        try second.wait("the end of its ranks") { second.leftovers.isEmpty }
        #expect(try first.end() == 0, "\(first.errors)")
        #expect(first.errors.contains("is lost"), "\(first.errors)")
        #expect(first.output.hasSuffix("ended 1\n"), "\(first.output)")
    }

    @Test func aMachineThatComesLaterIsTakenIn() throws {
        let script = """
            echo "world $WORLD_SIZE"; touch $DIR/ready$WORLD_SIZE
            while [ $WORLD_SIZE = 1 ]; do sleep 0.05; done
            """
        let first = try machine(script, 1...2, restarts: 1)
        try first.waitForFiles("ready1")
        let second = try machine(script, 1...2, restarts: 1)
        #expect(try first.end() == 0, "\(first.errors)")
        #expect(try second.end() == 0, "\(second.errors)")
        #expect(first.output.contains("world 2\n") && second.output.contains("world 2\n"))
        #expect(first.errors.contains(" came; starting again (restart 1 of 1)\n"), "\(first.errors)")
    }

    @Test func tooFewMachinesEndInTime() throws {
        let run = try machine("", 2...2, ["TEST_TIMEOUT": "1"])
        #expect(try run.end() == 70)
        #expect(
            run.errors.hasSuffix(
                "error: only 1 of 2 machines came to 127.0.0.1:\(port) within 1 s; start trainer launch on the others, "
                    + "with the same --rdzv-id\n"), "\(run.errors)")
    }

    @Test func nobodyAtTheAddressEndsInTime() throws {
        let run = try machine("", 2...2, ["TEST_TIMEOUT": "1", "TEST_NODE_RANK": "1"])
        #expect(try run.end() == 70)
        #expect(
            run.errors.contains("127.0.0.1:\(port) does not answer within 1 s (connection refused)"), "\(run.errors)")
    }

    @Test func aPortInUseEndsAtOnce() throws {
        let socket = try ListeningSocket(address: "127.0.0.1", port: port)
        defer { socket.close() }
        let run = try machine("", 2...2, ["TEST_NODE_RANK": "0"])
        #expect(try run.end() == 70)
        #expect(run.errors.hasSuffix("error: cannot listen on 127.0.0.1:\(port): the port is in use; choose another\n"))
    }

    @Test func somethingElseAtTheAddressEndsInTime() throws {
        let socket = try ListeningSocket(address: "127.0.0.1", port: port)
        defer { socket.close() }
        let run = try machine("", 2...2, ["TEST_NODE_RANK": "1", "TEST_TIMEOUT": "2"])
        #expect(try run.end() == 70)
        #expect(run.errors.contains("error: 127.0.0.1:\(port) does not answer as a rendezvous does"), "\(run.errors)")
    }

    @Test func aRendezvousThatAnswersNoMoreEndsInTime() throws {
        let script = "touch $DIR/ready; while :; do sleep 0.05; done"
        let first = try machine(script, 2...2, ["TEST_NODE_RANK": "0"])
        let second = try machine(script, 2...2, ["TEST_NODE_RANK": "1", "TEST_KEEP_ALIVE": "10"])
        for machine in [first, second] { try machine.waitForFiles("ready") }
        // As a cut cable: connections stay, but nothing comes.
        first.send(SIGSTOP)
        #expect(try second.end() == 70)
        #expect(
            second.errors.hasSuffix("error: the rendezvous at 127.0.0.1:\(port) is lost: no answer within 5 s\n"),
            "\(second.errors)")
        #expect(second.leftovers.isEmpty)
        first.send(SIGKILL)
        try first.wait("the end of its ranks") { first.leftovers.isEmpty }
    }

    @Test func anUnknownHostIsNamed() throws {
        let run = try machine("", 2...2, ["TEST_ENDPOINT": "no-such-host.invalid:1"])
        #expect(try run.end() == 70)
        #expect(run.errors.contains("error: there is no host 'no-such-host.invalid'"), "\(run.errors)")
    }

    @Test func ctrlCOnOneMachineEndsTheRunEverywhere() throws {
        let script = "trap 'exit 130' INT; touch $DIR/ready; while :; do sleep 0.05; done"
        let machines = [try machine(script, 2...2, restarts: 3), try machine(script, 2...2, restarts: 3)]
        for machine in machines { try machine.waitForFiles("ready") }
        machines[1].send(SIGINT)
        for machine in machines { #expect(try machine.end() == 130, "\(machine.errors)") }
        #expect(machines[0].errors.contains("error: the run was ended by SIGINT on "))
        for machine in machines { #expect(machine.leftovers.isEmpty) }
    }
}
