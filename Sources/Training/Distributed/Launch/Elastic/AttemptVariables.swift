import Foundation

/// What torchrun tells the ranks of an attempt through their environment.
struct AttemptVariables {
    var state: RendezvousState
    /// The place of this machine.
    var group: Int
    var master: (address: String, port: Int)
    var runID: String
    var interface: String?

    private var offset: Int { state.members[..<group].reduce(0) { $0 + $1.ranks } }
    private var worldSize: Int { state.members.reduce(0) { $0 + $1.ranks } }

    func calls(_ program: [String], variables: [String: String]) -> [RankCall] {
        let own = state.members[group].ranks
        var common = variables
        common.merge(shared) { $1 }
        if own > 1, variables["OMP_NUM_THREADS"] == nil {
            common["OMP_NUM_THREADS"] = "\(LocalRanks.threads(forEachOf: own))"
        }
        for name in ["GLOO_SOCKET_IFNAME", "NCCL_SOCKET_IFNAME"] {
            if let interface { common[name] = interface }
        }
        common["TORCH_NCCL_ASYNC_ERROR_HANDLING"] = variables["TORCH_NCCL_ASYNC_ERROR_HANDLING"] ?? "1"
        // This agent may itself have come from a program's own ranks.
        common[LaunchEnvironment.launcherVariable] = nil
        common[LaunchEnvironment.socketVariable] = nil
        return (0..<own).map { local in
            var call = ProgramCall(program[0], Array(program.dropFirst()), environment: common)
            let rank = offset + local
            call.environment.merge(["RANK": "\(rank)", "ROLE_RANK": "\(rank)", "LOCAL_RANK": "\(local)"]) { $1 }
            return RankCall(rank: rank, call: call)
        }
    }

    private var shared: [String: String] {
        [
            "WORLD_SIZE": "\(worldSize)", "ROLE_WORLD_SIZE": "\(worldSize)", "ROLE_NAME": "default",
            "LOCAL_WORLD_SIZE": "\(state.members[group].ranks)", "GROUP_RANK": "\(group)",
            "GROUP_WORLD_SIZE": "\(state.members.count)", "MASTER_ADDR": master.address,
            "MASTER_PORT": "\(master.port)", "TORCHELASTIC_RESTART_COUNT": "\(state.restarts)",
            "TORCHELASTIC_MAX_RESTARTS": "\(state.rules.maxRestarts)", "TORCHELASTIC_RUN_ID": runID,
            "TORCHELASTIC_USE_AGENT_STORE": "True", LaunchEnvironment.runVariable: state.instance,
        ]
    }
}
