import Foundation
import OrderedJSON
import Synchronization
import Testing
import Training

/// Every argument can be set by code, file and flag, and changes what a run does. An argument without an entry fails.
@Suite(.serialized) struct BehaviourTests {
    /// An argument, the value it is given, and what else must be set for it to matter.
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let value: JSONValue
        /// As a flag, where it is written in another way.
        var words: [String]?
        var base: JSONObject = [:]

        var testDescription: String { name }
    }

    static let cases: [Case] =
        trainingCases + dataCases + outputCases + reportCases + precisionCases + hubCases + ranksCases

    private static let hubCases: [Case] = [
        Case(name: "push_to_hub", value: true, words: []),
        Case(name: "hub_model_id", value: "tester/films"),
        Case(name: "hub_strategy", value: "checkpoint"),
        Case(name: "hub_token", value: "hf_test"),
        Case(name: "hub_private_repo", value: true, words: []),
        Case(name: "hub_revision", value: "trial"),
        Case(name: "hub_always_push", value: true, words: []),
    ]

    private static let trainingCases: [Case] = [
        Case(name: "output_dir", value: "elsewhere", base: ["save_strategy": "epoch"]),
        Case(name: "per_device_train_batch_size", value: 3),
        Case(name: "gradient_accumulation_steps", value: 2),
        Case(name: "num_train_epochs", value: 1.5),
        Case(name: "max_steps", value: 3),
        Case(name: "max_train_seconds", value: 0.0),
        Case(name: "label_smoothing_factor", value: 0.2),
        Case(name: "loss_scaling", value: "python", base: ["gradient_accumulation_steps": 2]),
        Case(
            name: "on_non_finite_loss", value: "continue",
            base: ["learning_rate": 3e38, "optim": "sgd", "max_grad_norm": 0]),
        Case(name: "optim", value: "sgd"),
        Case(name: "optim_args", value: "momentum=0.5", base: ["optim": "sgd"]),
        Case(name: "learning_rate", value: 0.5),
        Case(name: "weight_decay", value: 0.5),
        Case(name: "adam_beta1", value: 0.5),
        Case(name: "adam_beta2", value: 0.5),
        Case(name: "adam_epsilon", value: 0.1),
        Case(name: "max_grad_norm", value: 0.1, base: ["optim": "sgd"]),
        Case(name: "lr_scheduler_type", value: "constant"),
        Case(name: "warmup_steps", value: 2.0),
        Case(name: "numerics", value: "reference"),
        Case(name: "seed", value: 7),
    ]

    private static let dataCases: [Case] = [
        Case(name: "data_seed", value: 7),
        Case(name: "dataloader_drop_last", value: true),
        Case(name: "dataloader_num_workers", value: 2),
        Case(name: "dataloader_prefetch_factor", value: 4, base: ["dataloader_num_workers": 1]),
        Case(name: "dataloader_in_order", value: false, base: ["dataloader_num_workers": 2]),
        Case(
            name: "dataloader_persistent_workers", value: true,
            base: ["dataloader_num_workers": 2, "num_train_epochs": 4.0]),
        Case(name: "train_sampling_strategy", value: "sequential"),
        Case(
            name: "length_column_name", value: "input_ids",
            base: ["train_sampling_strategy": "group_by_length"]),
        Case(
            name: "accelerator_config", value: ["use_seedable_sampler": false],
            words: ["{\"use_seedable_sampler\": false}"]),
        Case(name: "remove_unused_columns", value: false, words: ["false"]),
        Case(name: "label_names", value: ["other"], words: ["other"], base: ["eval_strategy": "epoch"]),
    ]

    private static let outputCases: [Case] = [
        Case(name: "logging_strategy", value: "epoch"),
        Case(name: "logging_steps", value: 2.0),
        Case(name: "logging_first_step", value: true, words: [], base: ["logging_steps": 3]),
        Case(
            name: "logging_nan_inf_filter", value: false,
            base: ["learning_rate": 3e38, "optim": "sgd", "max_grad_norm": 0, "on_non_finite_loss": "continue"]),
        Case(name: "disable_tqdm", value: false),
        Case(name: "eval_strategy", value: "epoch"),
        Case(name: "eval_steps", value: 2.0, base: ["eval_strategy": "steps"]),
        Case(name: "eval_delay", value: 2.0, base: ["eval_strategy": "epoch"]),
        Case(name: "eval_on_start", value: true, words: []),
        Case(name: "per_device_eval_batch_size", value: 2, base: ["eval_strategy": "epoch"]),
        Case(name: "prediction_loss_only", value: true, words: [], base: ["eval_strategy": "epoch"]),
        Case(
            name: "include_for_metrics", value: ["inputs", "loss"], words: ["inputs", "loss"],
            base: ["eval_strategy": "epoch"]),
        Case(name: "save_strategy", value: "epoch"),
        Case(name: "save_steps", value: 2.0, base: ["save_strategy": "steps"]),
        Case(name: "save_total_limit", value: 1, base: ["save_strategy": "epoch"]),
        Case(name: "save_only_model", value: true, words: [], base: ["save_strategy": "epoch"]),
        Case(
            name: "load_best_model_at_end", value: true, words: [],
            base: [
                "save_strategy": "epoch", "eval_strategy": "epoch", "metric_for_best_model": "loss",
                "greater_is_better": true,
            ]),
        Case(
            name: "metric_for_best_model", value: "accuracy",
            base: ["save_strategy": "epoch", "eval_strategy": "epoch"]),
        Case(
            name: "greater_is_better", value: true, words: [],
            base: [
                "save_strategy": "epoch", "eval_strategy": "epoch", "metric_for_best_model": "loss",
            ]),
        Case(name: "resume_from_checkpoint", value: "earlier/checkpoint-2", base: ["num_train_epochs": 3]),
        Case(
            name: "ignore_data_skip", value: true, words: [],
            base: ["num_train_epochs": 3, "resume_from_checkpoint": "earlier/checkpoint-2"]),
        Case(name: "save_on_interrupt", value: false),
        Case(name: "use_cpu", value: true, words: []),
    ]

    private static let reportCases: [Case] = [
        Case(name: "batch_eval_metrics", value: true, words: [], base: ["eval_strategy": "epoch"]),
        Case(name: "eval_accumulation_steps", value: 2),
        Case(name: "eval_do_concat_batches", value: false, base: ["eval_strategy": "epoch"]),
        Case(name: "report_to", value: ["csv"], words: ["csv"]),
        Case(name: "run_name", value: "mine"),
        Case(name: "tensorboard_logging_dir", value: "boards"),
        Case(name: "log_level", value: "error"),
        Case(name: "include_num_input_tokens_seen", value: "all"),
        Case(name: "skip_memory_metrics", value: false),
        Case(name: "restore_callback_states_from_checkpoint", value: true, words: []),
        Case(name: "enable_jit_checkpoint", value: true, words: []),
        Case(name: "save_in_background", value: false),
        Case(name: "on_save_failure", value: "continue"),
    ]

    private static let precisionCases: [Case] = [
        Case(
            name: "lr_scheduler_kwargs", value: ["num_cycles": 2], words: ["{\"num_cycles\": 2}"],
            base: ["lr_scheduler_type": "cosine"]),
        Case(name: "bf16", value: true, words: []),
        Case(name: "fp16", value: true, words: []),
        Case(name: "bf16_full_eval", value: true, words: []),
        Case(name: "fp16_full_eval", value: true, words: []),
        Case(name: "tf32", value: true, words: []),
        Case(name: "activation_checkpointing", value: true, words: []),
        Case(
            name: "activation_checkpointing_kwargs", value: ["every_n_layers": 2], words: ["{\"every_n_layers\": 2}"]),
        Case(name: "torch_empty_cache_steps", value: 3),
        Case(name: "auto_find_batch_size", value: true, words: []),
        Case(name: "full_determinism", value: true, words: []),
        Case(name: "neftune_noise_alpha", value: 5.0),
        Case(name: "dataloader_pin_memory", value: false),
    ]

    private static let ranksCases: [Case] = [
        Case(name: "nproc", value: 2),
        Case(name: "ddp_backend", value: "gloo"),
        Case(name: "ddp_timeout", value: 60),
        Case(name: "ddp_find_unused_parameters", value: true, words: []),
        Case(name: "ddp_bucket_cap_mb", value: 5),
        Case(name: "ddp_broadcast_buffers", value: false),
        Case(name: "ddp_static_graph", value: true, words: []),
        Case(name: "ddp_comm_hook", value: "bf16"),
        Case(name: "fsdp", value: "full_shard offload", words: ["full_shard offload"]),
        Case(name: "fsdp_config", value: ["cpu_offload": true]),
        Case(name: "average_tokens_across_devices", value: false),
        Case(name: "log_on_each_node", value: false),
        Case(name: "log_level_replica", value: "error"),
        Case(name: "save_on_each_node", value: true, words: []),
    ]

    private static let hub = "PushToHubTests: what a server gets"
    private static let ranks = "RanksTests: what several ranks do"

    /// Those whose effect is seen elsewhere: on a GPU, or by a signal.
    static let seenElsewhere: [String: String] = [
        "use_cpu": "needs a GPU: the device differs there",
        "save_on_interrupt": "FailureTests sends a signal",
        "dataloader_prefetch_factor": "batches are made earlier; see the number made ahead below",
        "fp16": "needs a GPU", "fp16_full_eval": "needs a GPU", "tf32": "needs a GPU",
        "eval_accumulation_steps": "needs a GPU",
        "batch_eval_metrics": "the tests of evaluation: what computeMetrics gets",
        "eval_do_concat_batches": "the tests of evaluation: what computeMetrics gets",
        "torch_empty_cache_steps": "needs a GPU", "dataloader_pin_memory": "needs a GPU",
        "activation_checkpointing": "needs a model with layers: the tests of precision",
        "activation_checkpointing_kwargs": "needs a model with layers: the tests of precision",
        "neftune_noise_alpha": "needs a model with input embeddings: the tests of precision",
        "auto_find_batch_size": "BatchSizeSearchTests: memory must run out",
        "full_determinism": "the tests of precision: which operators are allowed",
        "run_name": "HTMLReportTests: the title of the report", "log_level": "FiguresTests: lines on standard error",
        "tensorboard_logging_dir": "TensorBoardTests: the folder of event files",
        "restore_callback_states_from_checkpoint": "CallbackTests: counts of callbacks after a resume",
        "enable_jit_checkpoint": "PreemptionTests sends a signal",
        "save_in_background": "BackgroundSavingTests: when files are written",
        "on_save_failure": "FaultTests: a disk that fails",
        "dataloader_in_order": "DataLoaderTests: the order is left to chance",
        "push_to_hub": hub, "hub_model_id": hub, "hub_strategy": hub, "hub_token": hub, "hub_private_repo": hub,
        "hub_revision": hub, "hub_always_push": hub,
        "nproc": ranks, "ddp_backend": ranks, "ddp_timeout": ranks, "ddp_find_unused_parameters": ranks,
        "ddp_bucket_cap_mb": ranks, "ddp_broadcast_buffers": ranks, "ddp_static_graph": ranks, "ddp_comm_hook": ranks,
        "fsdp": "ShardingTests", "fsdp_config": "ShardingArgumentsTests", "average_tokens_across_devices": ranks,
        "log_on_each_node": ranks, "log_level_replica": ranks,
        "save_on_each_node": ranks,
    ]

    @Test func everyArgumentHasAnEntry() {
        let missing = TrainingArguments.table.map { $0.name }.filter { name in !Self.cases.contains { $0.name == name }
        }
        #expect(missing == [], "add a case that shows what the argument changes")
    }

    /// The same arguments from code, a file's object, its text, and flags with hyphens.
    @Test(arguments: cases) func isReached(entry: Case) throws {
        let argument = try #require(TrainingArguments.argument(named: entry.name))
        var byCode = TrainingArguments()
        try byCode.set(entry.name, to: entry.value)
        #expect(byCode != TrainingArguments())
        let property = Mirror(reflecting: byCode).children.first { $0.label == argument.property }
        #expect(property != nil)

        var byFile = TrainingArguments()
        let text = JSONValue.object([entry.name: entry.value]).serialized(JSONFormat(indent: 2))
        _ = try byFile.apply(try #require(try JSONValue(parsing: text).objectValue))
        #expect(byFile == byCode)

        var byFlag = TrainingArguments()
        let words = entry.words ?? [entry.value.stringValue ?? entry.value.serialized()]
        #expect(try byFlag.apply(commandLine: [argument.flag] + words).remaining == [])
        #expect(byFlag == byCode)
    }

    @Test(arguments: cases.filter { seenElsewhere[$0.name] == nil }) func changesTheRun(entry: Case) throws {
        var without = entry.base
        without[entry.name] = nil
        var with = entry.base
        with[entry.name] = entry.value
        #expect(try observe(without) != observe(with))
    }

    @Test func batchesAreMadeAhead() throws {
        func ahead(_ factor: Int) throws -> Int {
            let made = Mutex(0)
            var options = LoadingOptions()
            options.workers = 1
            options.prefetchFactor = factor
            let examples = Examples(count: 20, isConcurrent: true) { rows in
                made.withLock { $0 += 1 }
                return Batch([], rows: rows)
            }
            let loader = try ExampleLoader(
                examples, sampler: SequentialSampler(count: 20), batchSize: 1, options: options)
            let batches = try loader.batches(epoch: 0, skipping: 0)
            usleep(100_000)
            _ = try batches.next()
            return made.withLock { $0 }
        }
        #expect(try ahead(2) < ahead(6))
    }

    // MARK: What is seen of a run

    /// Everything about a run that a person could notice, the clock apart.
    private func observe(_ settings: JSONObject) throws -> [String] {
        try withOutput { output in
            if settings["resume_from_checkpoint"] != nil {
                let earlier: JSONObject = [
                    "output_dir": "earlier", "save_strategy": "steps", "save_steps": 2, "num_train_epochs": 3,
                ]
                _ = try run(earlier, in: output)
            }
            return try run(settings, in: output) + files(in: output)
        }
    }

    private func run(_ settings: JSONObject, in output: URL) throws -> [String] {
        var arguments = quietArguments(URL(filePath: "out"))
        arguments.outputDir = "out"
        _ = try arguments.apply(settings)
        arguments.outputDir = output.path + "/" + arguments.outputDir
        if case .folder(let path) = arguments.resumeFromCheckpoint {
            arguments.resumeFromCheckpoint = .folder(output.path + "/" + path)
        }
        let watch = Watch()
        let data = try WatchedDataset(watch)
        let trainer = try Trainer(
            arguments: arguments, trainDataset: data, evalDataset: data,
            modelInit: { WatchedNetwork(watch) },
            computeMetrics: { prediction in
                let right = accuracy(prediction.predictions.argmax(dim: -1), prediction.labelIds)
                return prediction.inputs == nil ? ["accuracy": right] : ["accuracy": right, "inputs": 1]
            })
        do { try trainer.train() } catch let error as TrainingError { watch.note("error: \(error.description)") }
        if let metrics = try? trainer.evaluate() {
            watch.note("\(untimed([metrics.json]).map { JSONValue.object($0).serialized() })")
        }
        watch.note("batches from the training thread: \(watch.hasSeen(Thread.current))")
        watch.note("more threads than workers: \(watch.threadCount > arguments.dataloaderNumWorkers)")
        watch.note("best \(trainer.state.bestMetric ?? -1) at \(trainer.state.bestGlobalStep ?? -1)")
        for callback in trainer.callbacks { watch.note("\(type(of: callback))") }
        let log = untimed(trainer.state.logHistory).map { JSONValue.object($0).serialized() }
        return watch.seen + log + bits(trainer.model).map { "\($0)" }
    }

    private func files(in folder: URL) -> [String] {
        (FileManager.default.subpaths(atPath: folder.path) ?? []).sorted()
    }
}

/// Notes what reaches the model, and from which threads.
// Unchecked: `lock` guards all that changes.
final class Watch: @unchecked Sendable {
    private let lock = NSLock()
    private var notes: [String] = []
    // Kept, so that no later thread has the same identity.
    private var threads: [Thread] = []

    func note(_ text: String) { lock.withLock { notes.append(text) } }
    func note(_ thread: Thread) { lock.withLock { if !threads.contains(thread) { threads.append(thread) } } }
    func hasSeen(_ thread: Thread) -> Bool { lock.withLock { threads.contains(thread) } }
    var seen: [String] { lock.withLock { notes } }
    var threadCount: Int { lock.withLock { threads.count } }
}

private struct WatchedDataset: TrainerDataset {
    let columns: TensorDataset
    let watch: Watch

    init(_ watch: Watch) throws {
        let python = try PythonRun("dropout")
        self.watch = watch
        columns = TensorDataset([
            "input_ids": try #require(python.tensors["input_ids"]), "labels": try #require(python.tensors["labels"]),
            "length": Tensor((0..<10).map { $0 * 7 % 10 + 1 }), "extra": .zeros([10]),
        ])
    }

    func examples(_ context: CollationContext) throws -> Examples {
        let plain = try columns.examples(context)
        var examples = Examples(count: plain.count, isConcurrent: true) { [watch] rows in
            watch.note(Thread.current)
            usleep(1_000)
            return try plain.batch(rows)
        }
        examples.length = plain.length
        return examples
    }
}

/// The arguments change what such a model gets: which columns, which rows, whether fast arithmetic is allowed.
private final class WatchedNetwork: Module, TrainableModel {
    @Child var first = Linear(6, 8)
    let dropout = Dropout(0.3)
    @Child var second = Linear(8, 3)
    let watch: Watch
    var acceptsLossCount: Bool { true }
    var inputNames: [String]? { ["input_ids"] }

    init(_ watch: Watch) { self.watch = watch }

    func forward(_ inputs: Batch) throws -> ModelOutput {
        let names = inputs.entries.map { $0.key.name }
        watch.note("\(training) \(names) \(inputs.rows) \(inputs.step?.isFast ?? false)")
        let logits = second(dropout(first(try inputs.require("input_ids")).tanh()))
        return ModelOutput(loss: inputs[.labels].map { crossEntropy(logits, $0) }, logits: logits)
    }
}
