import Foundation
import OrderedJSON
import Testing
import Training

@Suite struct TrainingArgumentsTests {
    @Test func everyStoredPropertyIsInTheTable() {
        let properties = Mirror(reflecting: TrainingArguments()).children.compactMap(\.label)
        #expect(properties == TrainingArguments.table.map(\.property))
    }

    @Test func defaultsArePythons() throws {
        let python: JSONObject = [
            "output_dir": "trainer_output", "per_device_train_batch_size": 8, "num_train_epochs": 3.0, "max_steps": -1,
            "learning_rate": 5e-5, "lr_scheduler_type": "linear", "lr_scheduler_kwargs": nil, "warmup_steps": 0.0,
            "optim": "adamw_torch_fused", "optim_args": nil, "weight_decay": 0.0, "adam_beta1": 0.9,
            "adam_beta2": 0.999, "adam_epsilon": 1e-8,
            "gradient_accumulation_steps": 1, "max_grad_norm": 1.0, "label_smoothing_factor": 0.0,
            "logging_strategy": "steps", "logging_steps": 500.0, "logging_first_step": false,
            "logging_nan_inf_filter": true, "disable_tqdm": nil, "eval_strategy": "no", "eval_steps": nil,
            "eval_delay": 0.0, "per_device_eval_batch_size": 8, "prediction_loss_only": false, "eval_on_start": false,
            "include_for_metrics": [], "batch_eval_metrics": false, "eval_accumulation_steps": nil,
            "eval_do_concat_batches": true, "save_only_model": false, "save_strategy": "steps", "save_steps": 500.0,
            "save_total_limit": nil, "load_best_model_at_end": false, "metric_for_best_model": nil,
            "greater_is_better": nil, "ignore_data_skip": false, "seed": 42, "data_seed": nil, "use_cpu": false,
            "dataloader_drop_last": false, "dataloader_num_workers": 0, "dataloader_prefetch_factor": nil,
            "remove_unused_columns": true, "label_names": nil, "train_sampling_strategy": "random",
            "resume_from_checkpoint": nil, "enable_jit_checkpoint": false, "bf16": false, "fp16": false,
            "bf16_full_eval": false,
            "fp16_full_eval": false, "tf32": nil, "activation_checkpointing": false,
            "activation_checkpointing_kwargs": nil, "neftune_noise_alpha": nil, "torch_empty_cache_steps": nil,
            "auto_find_batch_size": false, "full_determinism": false, "dataloader_pin_memory": true,
            "report_to": "none", "run_name": nil, "log_level": "passive", "include_num_input_tokens_seen": "no",
            "skip_memory_metrics": true, "restore_callback_states_from_checkpoint": false,
        ]
        let ours = TrainingArguments().configuration
        for (name, value) in python.members { #expect(ours[name] == value, "\(name)") }
        try TrainingArguments().validate()
    }

    @Test func configuringClosure() {
        let arguments = TrainingArguments(outputDir: "results") {
            $0.numTrainEpochs = 1.5
            $0.evalStrategy = .epoch
            $0.resumeFromCheckpoint = "results/checkpoint-5"
        }
        #expect(arguments.outputDir == "results")
        #expect(arguments.numTrainEpochs == 1.5)
        #expect(arguments.evalStrategy == .epoch)
        #expect(arguments.resumeFromCheckpoint == .folder("results/checkpoint-5"))
        #expect(TrainingArguments(outputDir: "a").perDeviceTrainBatchSize == 8)
    }

    @Test func configurationRoundTrips() throws {
        let arguments = TrainingArguments(outputDir: "ünïcode") {
            $0.labelNames = ["labels", "start"]
            $0.includeForMetrics = [.inputs, .loss]
            $0.batchEvalMetrics = true
            $0.evalAccumulationSteps = 4
            $0.evalDoConcatBatches = false
            $0.greaterIsBetter = false
            $0.dataSeed = 7
            $0.lrSchedulerType = .polynomial
            $0.lrSchedulerKwargs = ["power": 2.0, "lr_end": 1e-7]
            $0.warmupSteps = 0.1
            $0.resumeFromCheckpoint = .latest
            $0.onNonFiniteLoss = .continue
            $0.saveStrategy = .best
        }
        var copy = TrainingArguments()
        let json = try JSONValue(parsing: JSONValue.object(arguments.configuration).serialized(JSONFormat(indent: 2)))
        #expect(try copy.apply(try #require(json.objectValue)) == [])
        #expect(copy == arguments)
        let coded = try JSONDecoder().decode(TrainingArguments.self, from: JSONEncoder().encode(arguments))
        #expect(coded == arguments)
    }

    @Test func valuesMayBeWords() throws {
        var arguments = TrainingArguments()
        _ = try arguments.apply([
            "learning_rate": "5e-4", "per_device_train_batch_size": 16.0, "eval_strategy": false, "eval_steps": "none",
            "metric_for_best_model": "null", "output_dir": 2024, "label_names": "labels", "logging_steps": 1,
            "resume_from_checkpoint": false, "greater_is_better": "yes",
        ])
        #expect(arguments.learningRate == 5e-4)
        #expect(arguments.perDeviceTrainBatchSize == 16)
        #expect(arguments.evalStrategy == .no)
        #expect(arguments.evalSteps == nil)
        #expect(arguments.metricForBestModel == nil)
        #expect(arguments.outputDir == "2024")
        #expect(arguments.labelNames == ["labels"])
        #expect(arguments.loggingSteps == 1)
        #expect(arguments.resumeFromCheckpoint == nil)
        #expect(arguments.greaterIsBetter == true)
    }

    @Test func formerNamesAreUnderstood() throws {
        var arguments = TrainingArguments()
        let notes = try arguments.apply([
            "evaluation_strategy": "epoch", "warmup_ratio": 0.1, "no_cuda": true, "per_gpu_train_batch_size": 4,
            "include_inputs_for_metrics": true,
        ])
        #expect(arguments.evalStrategy == .epoch)
        #expect(arguments.warmupSteps == 0.1)
        #expect(arguments.useCpu)
        #expect(arguments.perDeviceTrainBatchSize == 4)
        #expect(arguments.includeForMetrics == [.inputs])
        #expect(
            notes == [
                "evaluation_strategy is now called eval_strategy", "warmup_ratio is now called warmup_steps",
                "no_cuda is now called use_cpu", "per_gpu_train_batch_size is now called per_device_train_batch_size",
                "include_inputs_for_metrics is now called include_for_metrics",
            ])
    }

    @Test(
        arguments: [
            (
                "half_precision_backend", "apex",
                "half_precision_backend does not exist here: leave it out; mixed precision is PyTorch's own, not Apex's"
            ),
            (
                "report_to", "wandb",
                "report_to: wandb is not supported: its offline files have no documented format; log to tensorboard, whose files wandb sync takes"
            ),
            (
                "report_to", ["csv", "tenserboard"],
                "report_to takes none, all, tensorboard, jsonl, csv or html, not csv tenserboard"
            ),
            (
                "lr_scheduler_kwargs", "num_cycles",
                "lr_scheduler_kwargs takes a JSON object, or key=value,key=value, or a JSON file, not num_cycles"
            ),
            (
                "overwrite_output_dir", true,
                "overwrite_output_dir does not exist here: leave it out; checkpoints in the output folder are kept unless save_total_limit is set"
            ),
            ("learning_rat", 1, "unknown argument learning_rat; did you mean learning_rate?"),
            (
                "batch_size", 1,
                "unknown argument batch_size; did you mean auto_find_batch_size or per_device_eval_batch_size or per_device_train_batch_size?"
            ),
            ("zzzzzzzz", 1, "unknown argument zzzzzzzz"),
            (
                "lr_scheduler_type", "stepwise",
                "lr_scheduler_type takes linear, cosine, cosine_with_restarts, polynomial, constant, constant_with_warmup, inverse_sqrt, reduce_lr_on_plateau, cosine_with_min_lr, cosine_warmup_with_min_lr, warmup_stable_decay or greedy, not stepwise"
            ),
            (
                "optim", "lion_8bit",
                "optim: lion_8bit is not supported: its 8-bit or paged state needs the kernels of bitsandbytes; use lion_32bit"
            ),
            (
                "optim", "adam",
                "optim takes adamw_torch_fused, adamw_torch, adafactor, sgd, adagrad, rmsprop, lion_32bit or ademamix, not adam"
            ),
            ("eval_strategy", "often", "eval_strategy takes no, steps or epoch, not often"),
            (
                "include_for_metrics", ["inputs", "labels"],
                "include_for_metrics takes inputs or loss, not inputs labels"
            ),
            ("seed", "abc", "seed takes a whole number, not abc"),
            ("max_steps", 1.5, "max_steps takes a whole number, not 1.5"),
            ("learning_rate", nil, "learning_rate takes a number, not null"),
            ("use_cpu", "maybe", "use_cpu takes true or false, not maybe"),
            ("warmup_ratio", 2.0, "warmup_ratio takes a number, not 2.0"),
        ] as [(String, JSONValue, String)])
    func refusals(name: String, value: JSONValue, message: String) {
        var arguments = TrainingArguments()
        let before = arguments
        let error = #expect(throws: TrainingArgumentsError.self) {
            try arguments.apply(["seed": 1, name == "seed" ? "data_seed" : "max_steps": 3, name: value])
        }
        #expect(error?.description == message)
        #expect(arguments == before)
    }

    @Test func argumentsToComeMayStandAtPythonsDefault() throws {
        var arguments = TrainingArguments()
        let notes = try arguments.apply([
            "fp16": false, "bf16": "false", "report_to": "none", "dataloader_pin_memory": true, "hub_token": nil,
            "deepspeed": nil, "log_level": "passive", "ddp_timeout": 1800, "half_precision_backend": "auto",
            "fp16_opt_level": "O1",
        ])
        #expect(notes == [])
        #expect(arguments == TrainingArguments())
        #expect(throws: TrainingArgumentsError.self) {
            try arguments.set("torch_compile", to: true)
        }
    }

    @Test func helpAndReferenceNameEverything() {
        let help = TrainingArguments.help(width: 80)
        let reference = TrainingArguments.referenceTable()
        for argument in TrainingArguments.table {
            #expect(help.contains("  \(argument.flag)"))
            #expect(reference.contains("| `\(argument.name)` | `\(argument.property)` |"))
        }
        #expect(help.contains("  --learning-rate FLOAT\n        The highest learning rate. (default: 5e-05)\n"))
        #expect(help.contains("  --eval-strategy {no,steps,epoch}\n"))
        #expect(help.contains("  --use-cpu\n"))
        #expect(help.hasPrefix("TRAINING\n"))
        let longest = help.split(separator: "\n").filter { $0.hasPrefix("        ") }.map(\.count).max() ?? 0
        #expect(longest <= 80)
    }
}
