internal import OrderedJSON

extension TrainingArguments {
    /// Checks every value by itself and together with the others, by Python's rules and a few more.
    /// - Throws: `TrainingArgumentsError.invalid` with one sentence for each problem, in one line.
    public func validate() throws(TrainingArgumentsError) {
        var problems: [String] = Self.table.compactMap { argument in
            argument.problem(self).map { "\(argument.name) \($0), not \(argument.read(self).serialized())" }
        }
        problems += lengthProblems + intervalProblems + bestModelProblems + dataProblems + precisionProblems
        problems += optimizerProblems + scheduleProblems + ranksProblems
        if !problems.isEmpty { throw .invalid(problems) }
    }

    private var optimizerProblems: [String] {
        do { _ = try OptimizerRegistry.factory(self) } catch { return error.problems }
        return []
    }

    private var scheduleProblems: [String] {
        if lrSchedulerType.followsEvaluations, evalStrategy == .no {
            return ["lr_scheduler_type \(lrSchedulerType.rawValue) needs an eval_strategy other than no"]
        }
        do {
            _ = try ScheduleRegistry.schedule(
                lrSchedulerType,
                .init(warmupSteps: 0, totalSteps: 1, learningRate: learningRate, options: lrSchedulerKwargs))
        } catch { return error.problems }
        return []
    }

    private var lengthProblems: [String] {
        var problems: [String] = []
        if maxSteps <= 0, numTrainEpochs == 0 {
            problems.append("num_train_epochs must be above 0 unless max_steps is")
        }
        // Beyond these, products of them would not fit an integer.
        let lengths = [
            ("per_device_train_batch_size", Double(perDeviceTrainBatchSize)),
            ("per_device_eval_batch_size", Double(perDeviceEvalBatchSize)),
            ("gradient_accumulation_steps", Double(gradientAccumulationSteps)), ("max_steps", Double(maxSteps)),
            ("num_train_epochs", numTrainEpochs), ("warmup_steps", warmupSteps),
            ("dataloader_num_workers", Double(dataloaderNumWorkers)),
        ]
        for (name, value) in lengths where value > 1e9 { problems.append("\(name) must be at most 1000000000") }
        return problems
    }

    private var intervalProblems: [String] {
        var problems: [String] = []
        if loggingStrategy == .steps, loggingSteps == 0 {
            problems.append("logging_steps must not be 0 where logging_strategy is steps")
        }
        if evalStrategy == .steps, effectiveEvalSteps == 0 {
            problems.append("eval_steps or logging_steps must not be 0 where eval_strategy is steps")
        }
        let intervals = [
            ("logging_steps", loggingSteps, loggingStrategy == .steps),
            ("eval_steps", effectiveEvalSteps, evalStrategy == .steps),
            ("save_steps", saveSteps, saveStrategy == .steps),
        ]
        for (name, steps, isUsed) in intervals where isUsed && steps > 1 && steps != steps.rounded() {
            problems.append("\(name) must be a whole number if it is above 1, not \(steps.pythonDescription)")
        }
        return problems
    }

    private var bestModelProblems: [String] {
        if saveStrategy == .best {
            if effectiveMetricForBestModel == nil { return ["save_strategy best needs metric_for_best_model"] }
            if evalStrategy == .no { return ["save_strategy best needs an eval_strategy other than no"] }
            return []
        }
        guard loadBestModelAtEnd else { return [] }
        if evalStrategy.rawValue != saveStrategy.rawValue {
            return [
                "load_best_model_at_end needs eval_strategy and save_strategy to be the same, or save_strategy best; "
                    + "they are \(evalStrategy.rawValue) and \(saveStrategy.rawValue)"
            ]
        }
        if evalStrategy == .no { return ["load_best_model_at_end needs an eval_strategy other than no"] }
        if evalStrategy == .steps { return stepMultipleProblems }
        return []
    }

    /// Each checkpoint that may be the best must have been evaluated.
    private var stepMultipleProblems: [String] {
        let evaluation = effectiveEvalSteps
        guard evaluation > 0, saveSteps.truncatingRemainder(dividingBy: evaluation) != 0 else { return [] }
        if (evaluation < 1) != (saveSteps < 1) {
            return ["load_best_model_at_end needs save_steps and eval_steps both as steps or both as shares of the run"]
        }
        // Shares are compared as Python does it, in millionths.
        let isShare = evaluation < 1
        if isShare, (saveSteps * 1e6).truncatingRemainder(dividingBy: evaluation * 1e6) == 0 { return [] }
        return [
            "load_best_model_at_end needs save_steps to be a multiple of eval_steps; they are "
                + "\(saveSteps.pythonDescription) and \(evaluation.pythonDescription)"
        ]
    }

    private var dataProblems: [String] {
        var problems = (acceleratorConfig?.problems ?? []).map { "accelerator_config: \($0)" }
        guard dataloaderNumWorkers == 0 else { return problems }
        if dataloaderPrefetchFactor != nil {
            problems.append("dataloader_prefetch_factor needs dataloader_num_workers above 0")
        }
        if dataloaderPersistentWorkers {
            problems.append("dataloader_persistent_workers needs dataloader_num_workers above 0")
        }
        return problems
    }
}
