import Testing
import Torch

@testable import Training

struct WorldPlanTests {
    let two = VisibleDevices(count: 2, kind: .cuda)

    private func decide(
        _ request: RankRequest? = nil, _ variables: [String: String] = [:], _ devices: VisibleDevices
    ) throws -> WorldPlan { try WorldPlan.decide(request, variables: variables, devices: devices) }

    @Test func oneRankForEachDevice() throws {
        #expect(try decide(nil, [:], two) == .start(ranks: 2))
        #expect(try decide(.automatic, [:], VisibleDevices(count: 1, kind: .cuda)) == .alone)
        #expect(try decide(.automatic, [:], .none) == .alone)
        #expect(try decide(nil, [:], VisibleDevices(count: 2, kind: .cpu)) == .start(ranks: 2))
    }

    @Test func asManyAsAskedFor() throws {
        #expect(try decide(.count(1), [:], two) == .alone)
        #expect(try decide(.count(3), [:], .none) == .start(ranks: 3))
        #expect(try decide(nil, ["SWIFT_TRAINER_RANKS": "1"], two) == .alone)
        #expect(try decide(nil, ["SWIFT_TRAINER_RANKS": "auto"], two) == .start(ranks: 2))
        #expect(try decide(.count(2), ["SWIFT_TRAINER_RANKS": "1"], two) == .start(ranks: 2))
        #expect(
            throws: LaunchError.contradiction(
                "3 ranks were asked for, but 2 GPUs are visible; ask for at most as many, or for the processor")
        ) { try decide(.count(3), [:], two) }
        #expect(
            throws: LaunchError.invalidVariable(
                name: "SWIFT_TRAINER_RANKS", value: "0", reason: "it must be auto or a number from 1 to 1024")
        ) { try decide(nil, ["SWIFT_TRAINER_RANKS": "0"], two) }
    }

    @Test func launchersAreObeyed() throws {
        guard case .join(let found) = try decide(nil, LaunchEnvironmentTests.torchrun, two) else {
            Issue.record("no launcher")
            return
        }
        #expect(found.rank == 5)
        #expect(try decide(.count(4), LaunchEnvironmentTests.torchrun, two) == .join(found))
        let ignored = LaunchEnvironmentTests.torchrun.merging(["SWIFT_TRAINER_RANKS": "1"]) { $1 }
        #expect(try decide(nil, ignored, two) == .join(found))
        #expect(
            throws: LaunchError.contradiction(
                "2 ranks were asked for on this machine, but its launcher (torchrun) started 4; leave the number to the "
                    + "launcher")
        ) { try decide(.count(2), LaunchEnvironmentTests.torchrun, two) }
    }

    @Test(
        arguments: [
            (nil, nil), ("", 0), ("-1", 0), ("0", 1), ("0,1", 2), ("3, 5", 2), ("0,-1,2", 1), ("GPU-8932f937,MIG-x", 2),
            ("NoDevFiles", 0),
        ] as [(String?, Int?)])
    func devicesAreThoseThatCUDASees(_ value: String?, _ count: Int?) {
        #expect(VisibleDevices.limit(in: value.map { ["CUDA_VISIBLE_DEVICES": $0] } ?? [:]) == count)
    }

    @Test func ranksHaveDevices() throws {
        #expect(try two.device(localRank: 1) == .cuda(1))
        #expect(try VisibleDevices(count: 1, kind: .cuda).device(localRank: 3) == .cuda(0))
        #expect(try VisibleDevices.none.device(localRank: 3) == .cpu)
        #expect(try VisibleDevices(count: 2, kind: .cpu).device(localRank: 1) == .cpu)
        #expect(throws: LaunchError.self) { try two.device(localRank: 2) }
        #expect(two.backend == (ProcessGroup.isNCCLAvailable ? .nccl : .gloo) && VisibleDevices.none.backend == .gloo)
    }
}
