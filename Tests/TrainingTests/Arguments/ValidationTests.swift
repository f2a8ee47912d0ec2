import Foundation
import OrderedJSON
import Testing
import Training

@Suite struct ValidationTests {
    private static let cases: [(String, @Sendable (inout TrainingArguments) -> Void)] = [
        ("per_device_train_batch_size must be at least 1, not 0", { $0.perDeviceTrainBatchSize = 0 }),
        ("per_device_eval_batch_size must be at least 1, not -2", { $0.perDeviceEvalBatchSize = -2 }),
        ("gradient_accumulation_steps must be at least 1, not 0", { $0.gradientAccumulationSteps = 0 }),
        ("learning_rate must be 0 or more, not NaN", { $0.learningRate = .nan }),
        ("learning_rate must be 0 or more, not Infinity", { $0.learningRate = .infinity }),
        ("adam_beta1 must be at least 0 and below 1, not 1.0", { $0.adamBeta1 = 1 }),
        ("warmup_steps must be 0 or more, not -1.0", { $0.warmupSteps = -1 }),
        ("output_dir must not be empty, not \"\"", { $0.outputDir = "" }),
        ("data_seed must be from 0 to 4294967295, not -1", { $0.dataSeed = -1 }),
        ("dataloader_prefetch_factor needs dataloader_num_workers above 0", { $0.dataloaderPrefetchFactor = 2 }),
        ("num_train_epochs must be above 0 unless max_steps is", { $0.numTrainEpochs = 0 }),
        ("logging_steps must not be 0 where logging_strategy is steps", { $0.loggingSteps = 0 }),
        ("logging_steps must be a whole number if it is above 1, not 2.5", { $0.loggingSteps = 2.5 }),
        (
            "eval_steps must be a whole number if it is above 1, not 1.5",
            {
                $0.evalStrategy = .steps
                $0.evalSteps = 1.5
            }
        ),
        ("save_steps must be a whole number if it is above 1, not 10.5", { $0.saveSteps = 10.5 }),
        (
            "eval_steps or logging_steps must not be 0 where eval_strategy is steps",
            {
                $0.loggingStrategy = .no
                $0.loggingSteps = 0
                $0.evalStrategy = .steps
            }
        ),
        (
            "load_best_model_at_end needs eval_strategy and save_strategy to be the same, or save_strategy best; they are epoch and steps",
            {
                $0.loadBestModelAtEnd = true
                $0.evalStrategy = .epoch
            }
        ),
        (
            "load_best_model_at_end needs save_steps to be a multiple of eval_steps; they are 500.0 and 200.0",
            {
                $0.loadBestModelAtEnd = true
                $0.evalStrategy = .steps
                $0.evalSteps = 200
            }
        ),
        (
            "load_best_model_at_end needs save_steps and eval_steps both as steps or both as shares of the run",
            {
                $0.loadBestModelAtEnd = true
                $0.evalStrategy = .steps
                $0.evalSteps = 3
                $0.saveSteps = 0.5
            }
        ),
        ("save_strategy best needs metric_for_best_model", { $0.saveStrategy = .best }),
        (
            "save_strategy best needs an eval_strategy other than no",
            {
                $0.saveStrategy = .best
                $0.metricForBestModel = "accuracy"
            }
        ),
        ("optim_args: adamw_torch_fused takes no options", { $0.optimArgs = "momentum=0.9" }),
        (
            "optim_args: sgd has no option lr; it has momentum, dampening and nesterov",
            {
                $0.optim = .sgd
                $0.optimArgs = "lr=0.9"
            }
        ),
        ("optim_args must be key=value,key=value, not momentum", { $0.optimArgs = "momentum" }),
        (
            "optim_args: alpha must be 0 or more, not -1; optim_args: rmsprop has no option nesterov; it has momentum, alpha, eps and centered",
            {
                $0.optim = .rmsprop
                $0.optimArgs = "alpha=-1,nesterov=true"
            }
        ),
        (
            "optim_args: set weight_decay as an argument of its own",
            {
                $0.optim = .adagrad
                $0.optimArgs = "weight_decay=0.1"
            }
        ),
        (
            "optim_args: nesterov needs a momentum above 0 and no dampening",
            {
                $0.optim = .sgd
                $0.optimArgs = "nesterov=true"
            }
        ),
        ("lr_scheduler_kwargs: linear takes no options", { $0.lrSchedulerKwargs = ["num_cycles": 2] }),
        (
            "lr_scheduler_kwargs: cosine has no option cycles; it has num_cycles",
            {
                $0.lrSchedulerType = .cosine
                $0.lrSchedulerKwargs = ["cycles": 2]
            }
        ),
        (
            "lr_scheduler_kwargs: num_cycles must be a number, not many",
            {
                $0.lrSchedulerType = .cosineWithRestarts
                $0.lrSchedulerKwargs = ["num_cycles": "many"]
            }
        ),
        (
            "lr_scheduler_kwargs: lr_end 0.001 must be below the learning_rate 5e-05",
            {
                $0.lrSchedulerType = .polynomial
                $0.lrSchedulerKwargs = ["lr_end": 1e-3]
            }
        ),
        (
            "lr_scheduler_kwargs: cosine_with_min_lr needs either min_lr or min_lr_rate",
            { $0.lrSchedulerType = .cosineWithMinLr }
        ),
        (
            "lr_scheduler_kwargs: cosine_warmup_with_min_lr needs either min_lr or min_lr_rate",
            {
                $0.lrSchedulerType = .cosineWarmupWithMinLr
                $0.lrSchedulerKwargs = ["min_lr": 1e-6, "min_lr_rate": 0.1]
            }
        ),
        (
            "lr_scheduler_kwargs: warmup_stable_decay needs num_decay_steps",
            { $0.lrSchedulerType = .warmupStableDecay }
        ),
        (
            "lr_scheduler_kwargs: decay_type must be linear, cosine or 1-sqrt, not sqrt",
            {
                $0.lrSchedulerType = .warmupStableDecay
                $0.lrSchedulerKwargs = ["num_decay_steps": 2, "decay_type": "sqrt"]
            }
        ),
        (
            "lr_scheduler_kwargs: timescale must be above 0, not 0",
            {
                $0.lrSchedulerType = .inverseSqrt
                $0.lrSchedulerKwargs = ["timescale": 0]
            }
        ),
        (
            "lr_scheduler_type reduce_lr_on_plateau needs an eval_strategy other than no",
            { $0.lrSchedulerType = .reduceLrOnPlateau }
        ),
        (
            "lr_scheduler_kwargs: factor must be at least 0 and below 1, not 1.0; lr_scheduler_kwargs: patience must be a whole number, not 1.5",
            {
                $0.evalStrategy = .epoch
                $0.lrSchedulerType = .reduceLrOnPlateau
                $0.lrSchedulerKwargs = ["factor": 1.0, "patience": 1.5]
            }
        ),
        (
            "lr_scheduler_kwargs: leave verbose out; the learning rate is logged",
            {
                $0.evalStrategy = .epoch
                $0.lrSchedulerType = .greedy
                $0.lrSchedulerKwargs = ["verbose": true]
            }
        ),
        (
            "max_grad_norm must be a finite number, not NaN; seed must be from 0 to 4294967295, not -1",
            {
                $0.seed = -1
                $0.maxGradNorm = .nan
            }
        ),
    ]

    @Test(arguments: cases.indices)
    func refusals(index: Int) {
        let (message, configure) = Self.cases[index]
        let error = #expect(throws: TrainingArgumentsError.self) {
            try TrainingArguments(outputDir: "x", configure).validate()
        }
        #expect(error?.description == message)
    }

    @Test func whatPythonAccepts() throws {
        try TrainingArguments {
            $0.loadBestModelAtEnd = true
            $0.evalStrategy = .steps
            $0.evalSteps = 0.1
            $0.saveSteps = 0.3
            $0.saveTotalLimit = 0
            $0.maxGradNorm = 0
            $0.loggingSteps = 0.05
        }.validate()
        try TrainingArguments {
            $0.loadBestModelAtEnd = true
            $0.saveStrategy = .best
            $0.evalStrategy = .epoch
        }.validate()
        try TrainingArguments {
            $0.maxSteps = 5
            $0.numTrainEpochs = 0
            $0.optim = .sgd
            $0.optimArgs = "momentum=0.9, nesterov=True"
        }.validate()
    }

    @Test func derivedValues() throws {
        var arguments = TrainingArguments {
            $0.loggingSteps = 0.15
            $0.saveSteps = 3
        }
        #expect(arguments.loggingInterval(totalSteps: 10) == 2)
        #expect(arguments.saveInterval(totalSteps: 10) == 3)
        #expect(arguments.evalInterval(totalSteps: 10) == 500)
        arguments.evalStrategy = .steps
        #expect(arguments.evalInterval(totalSteps: 10) == 2)
        arguments.evalSteps = 4
        #expect(arguments.evalInterval(totalSteps: 10) == 4)
        #expect(arguments.effectiveMetricForBestModel == nil)
        #expect(arguments.effectiveGreaterIsBetter == nil)
        arguments.loadBestModelAtEnd = true
        #expect(arguments.effectiveMetricForBestModel == "loss")
        #expect(arguments.effectiveGreaterIsBetter == false)
        arguments.metricForBestModel = "accuracy"
        #expect(arguments.effectiveGreaterIsBetter == true)
        #expect(arguments.effectiveDataSeed == 42)
        #expect(arguments.outputFolder.lastPathComponent == "trainer_output")
        #expect(!TrainingArguments(outputDir: "~/x").outputFolder.path.contains("~"))
    }
}
