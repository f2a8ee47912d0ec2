internal import OrderedJSON
public import Torch

extension TrainingArguments {
    static let precisionTable: [TrainingArgument] = [
        .init("bf16", \.bf16, .device, "Run the model under bfloat16 autocast; parameters stay float32."),
        .init("fp16", \.fp16, .device, "Run the model under float16 autocast with a scaled loss; needs a GPU."),
        .init(
            "bf16_full_eval", \.bf16FullEval, .device,
            "Convert the model to bfloat16 for an evaluation outside training; it stays so."),
        .init(
            "fp16_full_eval", \.fp16FullEval, .device,
            "Convert the model to float16 for an evaluation outside training; it stays so."),
        .init(
            "tf32", \.tf32, .device,
            "Let float32 matrices be multiplied in TF32 on GPUs that can; as libtorch has it unless set."),
        .init(
            "activation_checkpointing", \.activationCheckpointing, .device,
            "Compute layers again in the backward pass instead of keeping what they make: less memory, more time.",
            former: [.init(name: "gradient_checkpointing") { $0 == .null ? false : $0 }]),
        .init(
            "activation_checkpointing_kwargs", \.activationCheckpointingKwargs, .device,
            "How layers are computed again, as JSON: every_n_layers, preserve_rng_state.",
            former: [.init(name: "gradient_checkpointing_kwargs")]),
        .init(
            "torch_empty_cache_steps", \.torchEmptyCacheSteps, .device,
            "Give memory held for later back to the GPU every so many steps.", .atLeast(1)),
        .init(
            "auto_find_batch_size", \.autoFindBatchSize, .device,
            "Begin again with nine tenths of the batch size when memory runs out."),
        .init(
            "full_determinism", \.fullDeterminism, .device,
            "Use only operators that give the same result in each run, at the price of speed."),
    ]

    /// The type that the model's forward pass computes in under autocast; nil where it computes as it is.
    public var autocastDType: DType? { bf16 ? .bfloat16 : fp16 ? .float16 : nil }

    /// The type that the model is converted to for an evaluation outside training; nil: none.
    public var fullEvalDType: DType? { bf16FullEval ? .bfloat16 : fp16FullEval ? .float16 : nil }

    /// Python's rules, and what this machine cannot do.
    var precisionProblems: [String] {
        var problems: [String] = []
        if fp16, bf16 { problems.append("at most one of fp16 and bf16 may be set") }
        if fp16FullEval, bf16FullEval { problems.append("at most one of fp16_full_eval and bf16_full_eval may be set") }
        let device = useCpu ? Device.cpu : .automatic
        if bf16 || bf16FullEval, !useCpu, device.kind == .cpu || !device.supportsBFloat16 {
            let name = bf16 ? "bf16" : "bf16_full_eval"
            problems.append(
                device.kind == .cpu
                    ? "\(name): this machine has no GPU that can be used; set use_cpu to compute in bfloat16 on the CPU"
                    : "\(name): the GPU cannot compute in bfloat16; use fp16, or use_cpu")
        }
        if fp16, device.kind == .cpu {
            problems.append(
                "fp16 needs a GPU, and " + (useCpu ? "use_cpu is set" : "this machine has none that can be used")
                    + "; on the CPU use bf16 with use_cpu")
        }
        if tf32 == true, !device.supportsTF32 {
            problems.append("tf32 needs an NVIDIA GPU of compute capability 8.0 (Ampere) or newer")
        }
        if let problem = activationCheckpointingKwargs?.problem {
            problems.append("activation_checkpointing_kwargs: \(problem)")
        }
        return problems
    }
}
