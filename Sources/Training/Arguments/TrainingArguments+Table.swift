internal import OrderedJSON

extension TrainingArguments {
    /// Every argument, in the order of help and files. A new stored property needs a row here: a test compares the two.
    public static let table: [TrainingArgument] =
        trainingTable + optimizerTable + scheduleTable + dataTable + loggingTable + evaluationTable + checkpointTable
        + hubTable + deviceTable + precisionTable + ranksTable

    private static let trainingTable: [TrainingArgument] = [
        .init("output_dir", \.outputDir, .training, "The folder for checkpoints and results.", .notEmpty),
        .init(
            "per_device_train_batch_size", \.perDeviceTrainBatchSize, .training,
            "Rows in each training batch on each device.", .atLeast(1),
            former: [.init(name: "per_gpu_train_batch_size")]),
        .init(
            "gradient_accumulation_steps", \.gradientAccumulationSteps, .training,
            "Batches whose gradients are added up for one optimizer step.", .atLeast(1)),
        .init(
            "num_train_epochs", \.numTrainEpochs, .training,
            "How often the training data is seen; may be a fraction.", .notNegative),
        .init(
            "max_steps", \.maxSteps, .training,
            "The number of optimizer steps; above 0 it takes the place of num_train_epochs."),
        .init(
            "max_train_seconds", \.maxTrainSeconds, .training,
            "The longest that training may take, in seconds; it then ends after the step, with a checkpoint to go on from.",
            .notNegative),
        .init(
            "label_smoothing_factor", \.labelSmoothingFactor, .training,
            "The share of probability given to all classes alike in the loss.", .share),
        .init(
            "neftune_noise_alpha", \.neftuneNoiseAlpha, .training,
            "Strength of the noise on the input embedding while training (NEFTune); 5 to 15 are usual.", .notNegative),
        .init(
            "loss_scaling", \.lossScaling, .training,
            "How losses of accumulated batches are combined: their true mean, or as Python does."),
        .init(
            "on_non_finite_loss", \.onNonFiniteLoss, .training,
            "What happens when a loss is NaN or infinite: stop with an error, or continue as Python does."),
    ]

    private static let optimizerTable: [TrainingArgument] = [
        .init("optim", \.optim, .optimizer, "The optimizer."),
        .init(
            "optim_args", \.optimArgs, .optimizer,
            "Options of the optimizer as key=value,key=value; for sgd: momentum, dampening, nesterov; for adagrad: "
                + "lr_decay, eps; for rmsprop: momentum, alpha, eps, centered."),
        .init("learning_rate", \.learningRate, .optimizer, "The highest learning rate.", .notNegative),
        .init(
            "weight_decay", \.weightDecay, .optimizer,
            "Weight decay, for all parameters but biases and normalisation layers.", .notNegative),
        .init("adam_beta1", \.adamBeta1, .optimizer, "AdamW's decay of the gradient's mean.", .belowOne),
        .init("adam_beta2", \.adamBeta2, .optimizer, "AdamW's decay of the squared gradient's mean.", .belowOne),
        .init("adam_epsilon", \.adamEpsilon, .optimizer, "What AdamW adds to the denominator.", .notNegative),
        .init(
            "max_grad_norm", \.maxGradNorm, .optimizer,
            "The highest norm of all gradients together; 0 and below: not clipped.", .finite),
    ]

    private static let scheduleTable: [TrainingArgument] = [
        .init("lr_scheduler_type", \.lrSchedulerType, .schedule, "How the learning rate changes over training."),
        .init(
            "lr_scheduler_kwargs", \.lrSchedulerKwargs, .schedule,
            "Options of the schedule as JSON or key=value,key=value, such as num_cycles=2."),
        .init(
            "warmup_steps", \.warmupSteps, .schedule,
            "Steps over which the learning rate rises from 0; below 1, a share of all steps.", .notNegative,
            former: [
                .init(name: "warmup_ratio") { json in
                    guard let ratio = Double(argument: json), 0..<1 ~= ratio else { return nil }
                    return .double(ratio)
                }
            ]),
    ]

    private static let dataTable: [TrainingArgument] = [
        .init(
            "dataloader_drop_last", \.dataloaderDropLast, .data,
            "Leave out a last batch that is not full, in training and evaluation."),
        .init(
            "dataloader_num_workers", \.dataloaderNumWorkers, .data,
            "Threads that prepare batches; 0 prepares them in the training thread.", .atLeast(0)),
        .init(
            "dataloader_prefetch_factor", \.dataloaderPrefetchFactor, .data,
            "Batches that each worker prepares ahead (2 unless set); needs workers.", .atLeast(1)),
        .init(
            "dataloader_in_order", \.dataloaderInOrder, .data,
            "Take batches in their order; otherwise as soon as a worker has made one."),
        .init(
            "dataloader_persistent_workers", \.dataloaderPersistentWorkers, .data,
            "Keep the workers between epochs; needs workers."),
        .init(
            "dataloader_pin_memory", \.dataloaderPinMemory, .data,
            "Copy batches for a GPU through page-locked memory."),
        .init(
            "train_sampling_strategy", \.trainSamplingStrategy, .data, "The order of training rows.",
            former: [
                .init(name: "group_by_length") { json in
                    Bool(argument: json).map { $0 ? "group_by_length" : "random" }
                }
            ]),
        .init(
            "length_column_name", \.lengthColumnName, .data,
            "The column with the rows' lengths, for an order by length; told from the input ids where there is none.",
            .notEmpty),
        .init(
            "accelerator_config", \.acceleratorConfig, .data,
            "Settings of the data order by accelerate's names, as JSON or a JSON file: use_seedable_sampler, non_blocking."
        ),
        .init(
            "remove_unused_columns", \.removeUnusedColumns, .data,
            "Leave columns that the model does not take out of batches."),
        .init(
            "label_names", \.labelNames, .data,
            "The names of the batch entries that are labels; found from the model unless set."),
        .init("seed", \.seed, .data, "The seed of everything random.", .seed),
        .init(
            "data_seed", \.dataSeed, .data, "The seed of the data's order; the same as seed unless set.", .seed),
    ]

    private static let loggingTable: [TrainingArgument] = [
        .init("logging_strategy", \.loggingStrategy, .logging, "When the loss is logged."),
        .init(
            "logging_steps", \.loggingSteps, .logging,
            "Optimizer steps between two logs; below 1, a share of all steps.", .notNegative),
        .init("logging_first_step", \.loggingFirstStep, .logging, "Log the first step too."),
        .init(
            "logging_nan_inf_filter", \.loggingNanInfFilter, .logging,
            "Leave NaN and infinite losses out of the logged mean."),
        .init(
            "disable_tqdm", \.disableTqdm, .logging,
            "Plain lines instead of the progress bar; a bar on a terminal unless set."),
        .init(
            "report_to", \.reportTo, .logging,
            "Where log records go besides the console and trainer_state.json."),
        .init("run_name", \.runName, .logging, "What the run is called: the title of its report."),
        .init(
            "tensorboard_logging_dir", \.tensorboardLoggingDir, .logging,
            "The folder of TensorBoard's event files; unless set, that of the environment's TENSORBOARD_LOGGING_DIR, or "
                + "runs/<date>_<host> in output_dir.", former: [.init(name: "logging_dir")]),
        .init(
            "log_level", \.logLevel, .logging,
            "What is said on standard error: info adds the sizes of the run, error leaves warnings out."),
        .init(
            "include_num_input_tokens_seen", \.includeNumInputTokensSeen, .logging,
            "Count the input tokens, and log them and the tokens in a second."),
        .init(
            "skip_memory_metrics", \.skipMemoryMetrics, .logging,
            "Leave out of the metrics how much memory training and evaluation took; measuring takes some time."),
    ]

    private static let evaluationTable: [TrainingArgument] = [
        .init(
            "eval_strategy", \.evalStrategy, .evaluation, "When the model is evaluated during training.",
            former: [.init(name: "evaluation_strategy")]),
        .init(
            "eval_steps", \.evalSteps, .evaluation,
            "Optimizer steps between two evaluations; below 1, a share of all steps; logging_steps unless set.",
            .notNegative),
        .init(
            "eval_delay", \.evalDelay, .evaluation,
            "Epochs or steps, as eval_strategy counts, before the first evaluation.", .notNegative),
        .init("eval_on_start", \.evalOnStart, .evaluation, "Evaluate before the first step."),
        .init(
            "per_device_eval_batch_size", \.perDeviceEvalBatchSize, .evaluation,
            "Rows in each evaluation batch on each device.", .atLeast(1),
            former: [.init(name: "per_gpu_eval_batch_size")]),
        .init("prediction_loss_only", \.predictionLossOnly, .evaluation, "Evaluate the loss only."),
        .init(
            "include_for_metrics", \.includeForMetrics, .evaluation,
            "What metrics are computed from besides predictions and labels.",
            former: [
                .init(name: "include_inputs_for_metrics") { json in
                    Bool(argument: json).map { $0 ? ["inputs"] : [] }
                }
            ]),
        .init(
            "batch_eval_metrics", \.batchEvalMetrics, .evaluation,
            "Compute metrics batch by batch, so that no logits are kept."),
        .init(
            "eval_accumulation_steps", \.evalAccumulationSteps, .evaluation,
            "Batches whose outputs stay on the GPU before they move to the CPU together.", .atLeast(1)),
        .init(
            "eval_do_concat_batches", \.evalDoConcatBatches, .evaluation,
            "Join the batches' predictions, labels and inputs; otherwise metrics get them one by one."),
    ]

    private static let checkpointTable: [TrainingArgument] = [
        .init("save_strategy", \.saveStrategy, .checkpoints, "When checkpoints are saved."),
        .init(
            "save_steps", \.saveSteps, .checkpoints,
            "Optimizer steps between two checkpoints; below 1, a share of all steps.", .notNegative),
        .init(
            "save_total_limit", \.saveTotalLimit, .checkpoints,
            "How many checkpoints are kept, the best one always; all unless above 0."),
        .init(
            "save_only_model", \.saveOnlyModel, .checkpoints,
            "Save the model alone; training cannot be resumed from it."),
        .init(
            "load_best_model_at_end", \.loadBestModelAtEnd, .checkpoints,
            "Load the best checkpoint's weights after training."),
        .init(
            "metric_for_best_model", \.metricForBestModel, .checkpoints,
            "The metric that says which checkpoint is best; loss where load_best_model_at_end is set."),
        .init(
            "greater_is_better", \.greaterIsBetter, .checkpoints,
            "Whether a higher metric is better; unless set, where its name does not end in loss."),
        .init(
            "resume_from_checkpoint", \.resumeFromCheckpoint, .checkpoints,
            "Go on from this checkpoint folder or the newest one in an output folder; bare: the newest in output_dir."),
        .init(
            "ignore_data_skip", \.ignoreDataSkip, .checkpoints,
            "Begin a resumed epoch anew instead of after the last batch seen."),
        .init(
            "restore_callback_states_from_checkpoint", \.restoreCallbackStatesFromCheckpoint, .checkpoints,
            "Resumed callbacks take over settings and counts of the checkpoint, such as early stopping's."),
        .init(
            "save_on_interrupt", \.saveOnInterrupt, .checkpoints,
            "Save a checkpoint when the run is interrupted."),
        .init(
            "enable_jit_checkpoint", \.enableJitCheckpoint, .checkpoints,
            "On SIGTERM save a checkpoint after the step and end training without an error."),
        .init(
            "save_in_background", \.saveInBackground, .checkpoints,
            "Go on training while a checkpoint is written; needs memory for a copy of model and optimizer."),
        .init(
            "on_save_failure", \.onSaveFailure, .checkpoints,
            "What happens when a checkpoint cannot be saved: stop with an error, or continue with a warning."),
    ]

    private static let deviceTable: [TrainingArgument] = [
        .init(
            "use_cpu", \.useCpu, .device, "Use the CPU even where there is a GPU.", former: [.init(name: "no_cuda")]),
        .init(
            "numerics", \.numerics, .device,
            "fast may reorder arithmetic and skip padding; reference reproduces Python's arithmetic and random streams."
        ),
    ]
}
