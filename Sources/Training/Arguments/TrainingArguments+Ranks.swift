extension ProcessGroup.Backend: ArgumentChoice {
    public static let valuesToCome = ["mpi", "ccl", "hccl", "cncl", "mccl", "xccl"]
    public static func reasonAgainst(_ value: String) -> String? { "libtorch's wheels have NCCL and Gloo" }
}

/// How gradients are sent between ranks.
public enum DDPCommHook: String, ArgumentChoice {
    /// As they are.
    case no
    /// As float16.
    case fp16
    /// As bfloat16.
    case bf16
}

extension TrainingArguments {
    static let ranksTable: [TrainingArgument] = [
        .init(
            "nproc", \.nproc, .ranks,
            "Ranks that this program starts on this machine, where no launcher has: one for each GPU unless set; 1 for none.",
            .atLeast(1)),
        .init("ddp_backend", \.ddpBackend, .ranks, "What carries gradients: nccl between GPUs, gloo on the CPU."),
        .init(
            "ddp_timeout", \.ddpTimeout, .ranks, "How long ranks wait for each other, in seconds.", .atLeast(1)),
        .init(
            "ddp_find_unused_parameters", \.ddpFindUnusedParameters, .ranks,
            "Look in each step for parameters that its loss does not depend on."),
        .init(
            "ddp_bucket_cap_mb", \.ddpBucketCapMb, .ranks,
            "Gradients are sent in pieces of so many MiB; 25 unless set.",
            .atLeast(1)),
        .init(
            "ddp_broadcast_buffers", \.ddpBroadcastBuffers, .ranks,
            "Give rank 0's buffers, such as running means, to all ranks before each forward pass."),
        .init(
            "ddp_static_graph", \.ddpStaticGraph, .ranks,
            "The same parameters are used in the same order in every step."),
        .init("ddp_comm_hook", \.ddpCommHook, .ranks, "Send gradients as they are, or as float16 or bfloat16."),
        .init(
            "fsdp", \.fsdp, .ranks,
            "What ranks share out: shard_grad_op, gradients and the optimizer's state; full_shard, the parameters too. "
                + "With offload shares stay in the CPU's memory."),
        .init("fsdp_config", \.fsdpConfig, .ranks, "Settings of fsdp: JSON, or the path of a JSON file."),
        .init(
            "average_tokens_across_devices", \.averageTokensAcrossDevices, .ranks,
            "Average a loss over the labels of all ranks, rather than each rank's own."),
        .init(
            "log_on_each_node", \.logOnEachNode, .ranks,
            "The first rank of every machine prints log lines, not that of the first machine alone."),
        .init("log_level_replica", \.logLevelReplica, .ranks, "log_level on the other ranks."),
        .init(
            "save_on_each_node", \.saveOnEachNode, .ranks,
            "The first rank of every machine saves, for machines that share no disk."),
    ]

    var splitBatches: Bool { acceleratorConfig?.splitBatches ?? false }

    /// How ranks share the batches of training.
    func shard(_ ranks: Ranks) -> BatchShard {
        BatchShard(
            rank: ranks.rank, ranks: ranks.worldSize, evenBatches: acceleratorConfig?.evenBatches ?? true,
            splitBatches: splitBatches, dispatchBatches: acceleratorConfig?.dispatchBatches ?? true)
    }

    var ranksProblems: [String] {
        var problems: [String] = []
        if useCpu, ddpBackend == .nccl { problems.append("ddp_backend nccl needs GPUs, and use_cpu is set; use gloo") }
        if ddpStaticGraph == true, ddpFindUnusedParameters == true {
            problems.append("ddp_static_graph finds unused parameters by itself; leave out ddp_find_unused_parameters")
        }
        return problems + shardingProblems
    }
}
