extension TrainingArguments {
    /// Settings of the whole process: the seed, determinism, TF32.
    func applyToMachine() {
        if fullDeterminism {
            // Before anything runs on a GPU, whose libraries read their variables once.
            TorchRuntime.enableFullDeterminism(seed: seed)
        } else {
            setSeed(seed)
        }
        if let tf32 { TorchRuntime.allowsTF32 = tf32 }
    }
}

extension Trainer {
    /// The batch in page-locked memory, from where copies to a GPU run beside computation; itself where the arguments or
    /// the device want none.
    func pinned(_ batch: Batch) -> Batch {
        guard device.kind == .cuda, arguments.dataloaderPinMemory else { return batch }
        var pinned = batch
        for (key, tensor) in batch.entries where tensor.device.kind == .cpu { pinned[key] = tensor.pinMemory() }
        return pinned
    }

    /// After the forward pass, every `torchEmptyCacheSteps` steps, as in Python.
    func emptyCacheIfDue() {
        guard let steps = arguments.torchEmptyCacheSteps, state.globalStep % steps == 0 else { return }
        device.emptyCache()
    }

    /// Runs `body` with what the arguments switch on for training alone: noise on the embedding, layers computed again,
    /// the loss scale.
    ///
    /// - Throws: ``TrainingError/argument(_:)`` where the model cannot do it; what `body` throws.
    func withTrainingModes<Result>(_ body: () throws -> Result) throws -> Result {
        if arguments.fp16, gradScaler == nil { gradScaler = GradScaler() }
        if arguments.computesLayersAgain {
            guard let checkpointing = model as? any ActivationCheckpointingModel else {
                throw TrainingError.argument(
                    "activation_checkpointing: \(type(of: model)) cannot compute layers again; it has to conform to "
                        + "ActivationCheckpointingModel")
            }
            checkpointing.activationCheckpointing = arguments.activationCheckpointingKwargs ?? .init()
        }
        let embedding = try noisyEmbedding()
        embedding?.noiseAlpha = arguments.neftuneNoiseAlpha
        isInTrain = true
        defer {
            embedding?.noiseAlpha = nil
            isInTrain = false
        }
        return try body()
    }

    private func noisyEmbedding() throws -> Embedding? {
        guard arguments.neftuneNoiseAlpha != nil else { return nil }
        guard let model = model as? any InputEmbeddingModel else {
            throw TrainingError.argument(
                "neftune_noise_alpha: \(type(of: model)) does not say where its input embedding is; it has to conform to "
                    + "InputEmbeddingModel")
        }
        return model.inputEmbedding
    }
}
