import Foundation
import OrderedJSON
import Testing
import Training

/// Against Python's class: scripts/fixtures/training_arguments.py.
@Suite struct PythonFieldsTests {
    private let python: JSONValue

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Fixtures/training_arguments.json")
        python = try JSONValue(parsing: Data(contentsOf: file), source: file.path)
    }

    /// Ours alone.
    static let own: Set<String> = [
        "loss_scaling", "on_non_finite_loss", "numerics", "save_on_interrupt", "max_train_seconds",
        "save_in_background", "on_save_failure", "tensorboard_logging_dir", "nproc", "ddp_comm_hook",
    ]

    /// Fields whose default Python settles after it has read the others.
    static let settled: Set<String> = ["output_dir", "activation_checkpointing"]

    /// Names that Python itself takes for others.
    static let deprecated: Set<String> = ["gradient_checkpointing", "gradient_checkpointing_kwargs"]

    @Test func everyFieldIsSupportedOrRefusedByName() throws {
        let fields = try #require(python["fields"]?.objectValue)
        let defaults = TrainingArguments().configuration
        for (name, standard) in fields.members where !Self.deprecated.contains(name) {
            if TrainingArguments.argument(named: name) != nil {
                let own = try #require(defaults[name])
                let isSame = own == standard || own.doubleValue != nil && own.doubleValue == standard.doubleValue
                #expect(
                    isSame || Self.settled.contains(name),
                    "\(name) is \(own.serialized()), Python's \(standard.serialized())")
                continue
            }
            // At Python's default it may stand; at another value it is refused by name.
            var arguments = TrainingArguments()
            #expect(try arguments.set(name, to: standard) == nil, "\(name)")
            let error = #expect(throws: TrainingArgumentsError.self, "\(name)") {
                try arguments.set(name, to: "something else")
            }
            #expect(error?.description.hasPrefix("\(name) is not supported") == true)
            #expect(arguments == TrainingArguments())
        }
        let unknown = Set(defaults.keys).subtracting(fields.keys)
        #expect(unknown.isSubset(of: Self.own), "\(unknown.subtracting(Self.own)) is in neither list")
    }

    @Test func everyChoiceIsSupportedOrRefusedByName() throws {
        for (name, choices) in try #require(python["choices"]?.objectValue).members {
            for choice in choices.arrayValue ?? [] {
                var arguments = TrainingArguments()
                do { try arguments.set(name, to: choice) } catch {
                    #expect(error.description.hasPrefix("\(name): \(choice.stringValue ?? "") is not supported"))
                }
            }
        }
    }

    private func notes(_ notes: [String]) -> [String] {
        notes.filter { note in !Self.deprecated.contains { note.hasPrefix("\($0) is now called") } }
    }

    @Test func readsWhatToDictGives() throws {
        let dictionaries = try #require(python["dictionaries"]?.objectValue)
        var arguments = TrainingArguments()
        let defaults = try #require(dictionaries["defaults"]?.objectValue)
        #expect(try notes(arguments.apply(defaults)) == [])
        try arguments.validate()
        #expect(arguments.acceleratorConfig?.useSeedableSampler == true)
        #expect(arguments.outputDir == "out" && arguments.useCpu && arguments.learningRate == 5e-5)

        arguments = TrainingArguments()
        let configured = try #require(dictionaries["configured"]?.objectValue)
        #expect(try notes(arguments.apply(configured)) == [])
        try arguments.validate()
        #expect(arguments.evalStrategy == .steps)
        #expect(arguments.evalSteps == 0.25)
        #expect(arguments.learningRate == 3e-4)
        #expect(arguments.lrSchedulerType == .cosine)
        #expect(arguments.labelNames == ["labels", "starts"])
        #expect(arguments.includeForMetrics == [.inputs])
        #expect(arguments.optim == .sgd)
        #expect(arguments.dataloaderPrefetchFactor == 3)
        #expect(arguments.dataloaderPersistentWorkers)
        #expect(arguments.trainSamplingStrategy == .groupByLength)
        #expect(arguments.acceleratorConfig == AcceleratorConfig(useSeedableSampler: false, nonBlocking: false))
        #expect(arguments.dataSeed == 7)
        #expect(arguments.maxSteps == 12)
        #expect(arguments.metricForBestModel == "loss")
        #expect(arguments.greaterIsBetter == false)

        // What is written is read back, and Python's names hold it.
        var copy = TrainingArguments()
        _ = try copy.apply(arguments.configuration)
        #expect(copy == arguments)
    }

    /// Names of the 4.x releases: accepted with a note that names the new one, or refused with what to do.
    @Test func formerNames() throws {
        let accepted: [(String, JSONValue, String)] = [
            ("evaluation_strategy", "epoch", "eval_strategy"), ("warmup_ratio", 0.1, "warmup_steps"),
            ("no_cuda", true, "use_cpu"), ("per_gpu_train_batch_size", 4, "per_device_train_batch_size"),
            ("per_gpu_eval_batch_size", 4, "per_device_eval_batch_size"),
            ("include_inputs_for_metrics", true, "include_for_metrics"),
            ("group_by_length", true, "train_sampling_strategy"),
        ]
        for (former, value, name) in accepted {
            var arguments = TrainingArguments()
            #expect(try arguments.set(former, to: value) == "\(former) is now called \(name)")
            #expect(arguments != TrainingArguments(), "\(former)")
        }
        for name in [
            "overwrite_output_dir", "save_safetensors", "past_index", "include_tokens_per_second", "fp16_opt_level",
            "fp16_backend", "half_precision_backend", "jit_mode_eval", "torchdynamo", "push_to_hub_token",
            "push_to_hub_model_id", "push_to_hub_organization", "ray_scope", "tpu_num_cores", "mp_parameters",
            "sharded_ddp", "use_legacy_prediction_loop", "use_mps_device", "logging_dir", "tpu_metrics_debug",
            "evaluate_during_training", "use_ipex", "adafactor",
        ] {
            var arguments = TrainingArguments()
            do {
                let note = try arguments.set(name, to: "something")
                #expect(note != nil, "\(name) is taken without a word")
            } catch { #expect(error.description.hasPrefix("\(name) "), "\(error)") }
        }
    }

    @Test func acceleratorConfig() throws {
        func problem(_ json: JSONValue) throws -> String? {
            var arguments = TrainingArguments()
            try arguments.set("accelerator_config", to: json)
            do { try arguments.validate() } catch { return error.description }
            return nil
        }
        #expect(try problem(["use_seedable_sampler": "false", "non_blocking": true]) == nil)
        #expect(try problem("{\"use_seedable_sampler\": false}") == nil)
        #expect(try problem(["split_batches": true, "even_batches": false]) == nil)
        #expect(try problem(["dispatch_batches": nil, "even_batches": true]) == nil)
        #expect(
            try problem(["even_batches": "some"])
                == "accelerator_config: even_batches must be true or false, not \"some\"")
        #expect(
            try problem(["gradient_accumulation_kwargs": ["num_steps": 2]])
                == "accelerator_config: gradient_accumulation_kwargs is not supported; set gradient_accumulation_steps instead"
        )
        #expect(
            try problem(["use_seedable_samplr": true])
                == "accelerator_config: there is no use_seedable_samplr; did you mean use_seedable_sampler?")
        #expect(throws: TrainingArgumentsError.self) { try problem(3) }
        #expect(throws: TrainingArgumentsError.self) { try problem("no/such/file.json") }

        let file = temporaryFolder()
        try Data("{\"use_seedable_sampler\": false}".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        var arguments = TrainingArguments()
        try arguments.set("accelerator_config", to: .string(file.path))
        #expect(arguments.acceleratorConfig == AcceleratorConfig(useSeedableSampler: false))
    }

    /// The page of the documentation is what `scripts/reference` would write now.
    @Test func theReferencePageIsUpToDate() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let page = root.appending(path: "Sources/Training/Training.docc/TrainingArgumentsReference.md")
        let written = try String(contentsOf: page, encoding: .utf8)
        #expect(written == TrainingArguments.referencePage(), "run scripts/reference")
    }
}
