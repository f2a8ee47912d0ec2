extension Trainer {
    /// The model's outputs for a batch as the arguments ask: under autocast with `bf16` and `fp16`, then in float32.
    ///
    /// What overrides ``computeLoss(_:)`` calls this rather than the model's own `forward`, which knows no arguments. A
    /// loss that the model computes itself is computed under autocast too, as in Python.
    ///
    /// - Throws: What the model throws.
    public final func forward(_ inputs: Batch) throws -> ModelOutput {
        hasCalledForward = true
        guard let dtype = arguments.autocastDType else { return try model.forward(inputs) }
        var output = try autocast(device: device.kind, dtype: dtype) { try model.forward(inputs) }
        output.loss = output.loss.map(inFloat32)
        output.logits = output.logits.map(inFloat32)
        output.others = output.others.map { ($0.name, inFloat32($0.tensor)) }
        return output
    }

    private func inFloat32(_ tensor: Tensor) -> Tensor {
        tensor.dtype == .bfloat16 || tensor.dtype == .float16 ? tensor.to(.float32) : tensor
    }

    /// Adds the gradients of a loss to the parameters', scaled by ``gradScaler`` where there is one: what overrides
    /// ``trainingStep(_:scale:)`` calls instead of the loss's own `backward`.
    ///
    /// - Throws: `DistributedError` where gradients cannot be exchanged between ranks.
    public final func backward(_ loss: Tensor) throws {
        try willGoBackward?(loss)
        (gradScaler?.scale(loss) ?? loss).backward()
    }

    /// Counts a step whose gradients overflowed: the schedule does not move on. Python's does for its fused optimizer,
    /// which skips steps inside its kernel; reference numerics do the same.
    func noteSkippedStep() {
        if arguments.numerics == .reference, arguments.optim == .adamwTorchFused { return }
        uncountedSteps += 1
    }

    /// Before an evaluation outside training the model takes the type of `bf16FullEval` or `fp16FullEval`, for good as in
    /// Python.
    func convertForFullEvaluation() throws {
        guard !isInTrain, let dtype = arguments.fullEvalDType else { return }
        try withTorchErrors { _ = model.to(dtype: dtype) }
    }

    /// A computeLoss of one's own that goes past ``forward(_:)`` computes in float32, against the arguments.
    func checkForwardWasCalled() {
        guard arguments.autocastDType != nil, !hasCalledForward else { return }
        hasCalledForward = true
        Warnings.warn(
            "\(arguments.bf16 ? "bf16" : "fp16") is set, but computeLoss called the model's own forward; call "
                + "the trainer's forward(_:) for mixed precision")
    }
}
