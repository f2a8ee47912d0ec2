import Foundation
import OrderedJSON
import Synchronization
import Testing
import Training

@Suite(.serialized) struct DataLoaderTests {
    private func rows(_ loader: ExampleLoader, epoch: Int = 0, skipping: Int = 0) throws -> [[Int]] {
        let batches = try loader.batches(epoch: epoch, skipping: skipping)
        var rows: [[Int]] = []
        while let batch = try batches.next() { rows.append(batch.rows) }
        return rows
    }

    private func loader(
        _ count: Int, options: LoadingOptions = LoadingOptions(), makeBatch: @escaping @Sendable ([Int]) throws -> Void
    ) throws -> ExampleLoader {
        let examples = Examples(count: count, isConcurrent: true) { rows in
            try makeBatch(rows)
            return Batch([], rows: rows)
        }
        return try ExampleLoader(
            examples, sampler: SequentialSampler(count: count), batchSize: 2, options: options)
    }

    @Test func batchesComeInOrderOrAsTheyAreReady() throws {
        var options = LoadingOptions()
        options.workers = 2
        // The second batch waits for nothing, the first until the second has been made.
        let second = Mutex(false)
        @Sendable func make(_ rows: [Int]) {
            if rows == [2, 3] { second.withLock { $0 = true } }
            while rows == [0, 1], !second.withLock({ $0 }) { usleep(1000) }
            if rows == [0, 1] { usleep(50_000) }
        }
        #expect(try rows(loader(6, options: options, makeBatch: make)) == [[0, 1], [2, 3], [4, 5]])
        second.withLock { $0 = false }
        options.inOrder = false
        let found = try rows(loader(6, options: options, makeBatch: make))
        #expect(found.first == [2, 3])
        #expect(Set(found) == [[0, 1], [2, 3], [4, 5]])
    }

    @Test(arguments: [false, true]) func workersMayStay(persistent: Bool) throws {
        var options = LoadingOptions()
        options.workers = 2
        options.persistentWorkers = persistent
        let threads = Mutex<Set<ObjectIdentifier>>([])
        let kept = Mutex<[Thread]>([])
        let loader = try loader(8, options: options) { _ in
            // Kept, so that no later thread has the same identity.
            kept.withLock { $0.append(Thread.current) }
            threads.withLock { _ = $0.insert(ObjectIdentifier(Thread.current)) }
            usleep(5_000)
        }
        for epoch in 0..<4 { #expect(try rows(loader, epoch: epoch) == [[0, 1], [2, 3], [4, 5], [6, 7]]) }
        let count = threads.withLock { $0.count }
        #expect(persistent ? count <= 2 : count > 2)
    }

    @Test func anErrorInAWorkerReachesTheReader() throws {
        var options = LoadingOptions()
        options.workers = 2
        options.persistentWorkers = true
        let loader = try loader(8, options: options) { rows in
            if rows == [2, 3] { throw TrainingError.data("row 3 is bad") }
        }
        for _ in 0..<2 {
            let batches = try loader.batches(epoch: 0, skipping: 0)
            #expect(try batches.next()?.rows == [0, 1])
            #expect(throws: TrainingError.data("row 3 is bad")) { try batches.next() }
        }
    }

    @Test func skipsAndDropsBatches() throws {
        var options = LoadingOptions()
        options.dropLast = true
        for workers in [0, 2] {
            options.workers = workers
            #expect(try rows(loader(7, options: options) { _ in }, skipping: 1) == [[2, 3], [4, 5]])
        }
        let single = Examples(count: 2, isConcurrent: false) { Batch([], rows: $0) }
        #expect(throws: TrainingError.self) {
            try ExampleLoader(single, sampler: SequentialSampler(count: 2), batchSize: 1, options: options)
        }
    }

    // MARK: Resuming

    private func dataset(_ run: PythonRun) throws -> TensorDataset {
        let lengths = Tensor((0..<10).map { [3, 1, 4, 1, 5, 9, 2, 6, 5, 3][$0] })
        return TensorDataset([
            "input_ids": try #require(run.tensors["input_ids"]), "length": lengths,
            "labels": try #require(run.tensors["labels"]),
        ])
    }

    /// The log but for the last record, which is of one call of `train` alone. A file's keys are sorted.
    private func sorted(_ log: [JSONObject]) -> [String] {
        untimed(log).dropLast().map { JSONValue.object($0).serialized(JSONFormat(sortKeys: true)) }
    }

    /// Where Python draws another order on resume, ours is the same.
    @Test(
        arguments: [
            ["train_sampling_strategy": "group_by_length"], ["accelerator_config": ["use_seedable_sampler": false]],
            ["train_sampling_strategy": "batch_rebalance"],
            ["dataloader_num_workers": 2, "dataloader_persistent_workers": true],
        ] as [JSONObject], [SaveStrategy.steps, .epoch]) func resumesInEveryOrder(
            settings: JSONObject, saving: SaveStrategy
        ) throws
    {
        let run = try PythonRun("dropout")
        try withOutput { output in
            func trainer(_ resume: ResumeFromCheckpoint? = nil) throws -> Trainer {
                let model = try run.model()
                var arguments = try run.arguments(output) {
                    $0.numTrainEpochs = 3
                    $0.gradientAccumulationSteps = 2
                    $0.saveStrategy = saving
                    $0.saveSteps = 1
                    $0.evalStrategy = saving == .epoch ? .no : .epoch
                    $0.resumeFromCheckpoint = resume
                }
                _ = try arguments.apply(settings)
                let rows = try dataset(run)
                return try Trainer(model: model, arguments: arguments, trainDataset: rows, evalDataset: rows)
            }
            let whole = try trainer()
            try whole.train()
            let steps = whole.state.globalStep
            #expect(steps == 9)
            for step in saving == .epoch ? [3, 6] : Array(1..<steps) {
                let resumed = try trainer(.folder(output.path + "/checkpoint-\(step)"))
                try resumed.train()
                #expect(bits(resumed.model) == bits(whole.model), "from step \(step)")
                #expect(sorted(resumed.state.logHistory) == sorted(whole.state.logHistory))
            }
        }
    }

    // MARK: Streams

    private func stream(_ count: Int, seen: SeenRows? = nil) -> ExampleStream {
        let points = Points(count)
        return ExampleStream(
            collator: Collator { places, _ in
                seen?.add(places)
                return Batch([
                    ("features", Tensor(places.flatMap { points.features[$0] }, shape: [places.count, 4])),
                    (.labels, Tensor(places.map { points.labels[$0] })),
                ])
            }
        ) { epoch in (0..<count).map { ($0 + epoch) % count } }
    }

    final class SeenRows: Sendable {
        private let kept = Mutex<[[Int]]>([])
        func add(_ rows: [Int]) { kept.withLock { $0.append(rows) } }
        var rows: [[Int]] { kept.withLock { $0 } }
    }

    @Test func aStreamBeginsAnewAndIsResumed() throws {
        try withOutput { output in
            let seen = SeenRows()
            func trainer(_ seen: SeenRows? = nil, _ resume: ResumeFromCheckpoint? = nil) throws -> Trainer {
                try Trainer(
                    arguments: quietArguments(output) {
                        $0.maxSteps = 7
                        $0.gradientAccumulationSteps = 2
                        $0.saveStrategy = .steps
                        $0.saveSteps = 1
                        $0.resumeFromCheckpoint = resume
                    }, trainDataset: stream(10, seen: seen), modelInit: { PointModel() })
            }
            let whole = try trainer(seen)
            try whole.train()
            // Batches of 4, 4 and 2 rows: two steps an epoch, the second with one micro-batch.
            #expect(seen.rows.map { $0.count } == [4, 4, 2, 4, 4, 2, 4, 4, 2, 4, 4])
            #expect(seen.rows[3].first == 1)
            #expect(whole.state.globalStep == 7)
            for step in 1...6 {
                let resumed = try trainer(nil, .folder(output.path + "/checkpoint-\(step)"))
                try resumed.train()
                #expect(bits(resumed.model) == bits(whole.model), "from step \(step)")
            }
        }
    }

    /// A checkpoint of an epoch's end is followed by the next epoch, not by the end of the same one again.
    @Test(arguments: ["epoch", "steps"]) func aStreamIsResumedAtAnEpochsEnd(saving: String) throws {
        final class Ends: TrainerCallback {
            private(set) var steps: [Int] = []
            override func onEpochEnd(_ context: CallbackContext, control: inout TrainerControl) {
                steps.append(context.globalStep)
            }
        }
        try withOutput { output in
            func trainer(_ ends: Ends, _ resume: ResumeFromCheckpoint? = nil) throws -> Trainer {
                try Trainer(
                    arguments: quietArguments(output) {
                        $0.maxSteps = 7
                        $0.gradientAccumulationSteps = 2
                        $0.saveStrategy = saving == "epoch" ? .epoch : .steps
                        $0.saveSteps = 2
                        $0.evalStrategy = .epoch
                        $0.resumeFromCheckpoint = resume
                    }, trainDataset: stream(10), evalDataset: Points().dataset, modelInit: { DroppingModel() },
                    callbacks: [ends])
            }
            let ends = Ends()
            let whole = try trainer(ends)
            try whole.train()
            #expect(ends.steps == [2, 4, 6, 7])
            for step in [2, 4, 6] {
                let resumedEnds = Ends()
                let resumed = try trainer(resumedEnds, .folder(output.path + "/checkpoint-\(step)"))
                try resumed.train()
                // A checkpoint of a step was written before what is due at the epoch's end.
                #expect(resumedEnds.steps == ends.steps.filter { saving == "epoch" ? $0 > step : $0 >= step })
                #expect(bits(resumed.model) == bits(whole.model), "from step \(step)")
                #expect(sorted(resumed.state.logHistory) == sorted(whole.state.logHistory))
            }
        }
    }

    /// SIGTERM in an epoch's last step: the run that goes on evaluates where the whole one did.
    @Test func aStreamStoppedAtAnEpochsEnd() throws {
        final class Stopper: TrainerCallback {
            override func onStepEnd(_ context: CallbackContext, control: inout TrainerControl) {
                guard context.globalStep == 2 else { return }
                // To the process: threads of the tests hold signals back. It takes a moment.
                kill(getpid(), SIGTERM)
                usleep(200_000)
            }
        }
        try withOutput { output in
            func trainer(_ callbacks: [TrainerCallback], _ resume: ResumeFromCheckpoint? = nil) throws -> Trainer {
                try Trainer(
                    arguments: quietArguments(output) {
                        $0.maxSteps = 5
                        $0.gradientAccumulationSteps = 2
                        $0.saveStrategy = .epoch
                        $0.evalStrategy = .epoch
                        $0.enableJitCheckpoint = true
                        $0.resumeFromCheckpoint = resume
                    }, trainDataset: stream(10), evalDataset: Points().dataset, modelInit: { DroppingModel() },
                    callbacks: callbacks)
            }
            let whole = try trainer([])
            try whole.train()
            let stopped = try trainer([Stopper()])
            try stopped.train()
            #expect(stopped.state.globalStep == 2)
            let resumed = try trainer([], .folder(output.path + "/checkpoint-2"))
            try resumed.train()
            #expect(bits(resumed.model) == bits(whole.model))
            #expect(sorted(resumed.state.logHistory) == sorted(whole.state.logHistory))
        }
    }

    @Test func aStreamNeedsAnEndAndRows() throws {
        try withOutput { output in
            let endless = try Trainer(
                model: PointModel(), arguments: quietArguments(output), trainDataset: stream(4))
            let error = #expect(throws: TrainingError.self) { try endless.train() }
            #expect(
                error?.description == "the number of training rows is not known, so max_steps must say when to stop")

            let empty = try Trainer(
                model: PointModel(), arguments: quietArguments(output) { $0.maxSteps = 3 },
                trainDataset: ExampleStream(collator: Collator { (_: [Int], _) in Batch([]) }) { _ in [Int]() })
            #expect(try empty.train().globalStep == 0)

            #expect(throws: TrainingError.self) {
                try Trainer(model: PointModel(), arguments: quietArguments(output), evalDataset: stream(4))
            }
        }
    }

    // MARK: Time

    /// Evaluation draws a number that dropout would have drawn.
    final class DroppingModel: Module, TrainableModel {
        let dropout = Dropout(0.3)
        @Child var layer = Linear(4, 2)

        func forward(_ inputs: Batch) throws -> ModelOutput {
            let logits = layer(dropout(try inputs.require("features")))
            return ModelOutput(loss: inputs[.labels].map { crossEntropy(logits, $0) }, logits: logits)
        }
    }

    @Test func theTimeLimitStopsAfterAStepAndSaves() throws {
        final class Slow: TrainerCallback {
            override func onStepEnd(_ context: CallbackContext, control: inout TrainerControl) { usleep(30_000) }
        }
        try withOutput { output in
            func trainer(_ seconds: Double?, _ resume: ResumeFromCheckpoint? = nil) throws -> Trainer {
                try Trainer(
                    arguments: quietArguments(output) {
                        $0.numTrainEpochs = 10
                        $0.evalStrategy = .epoch
                        $0.maxTrainSeconds = seconds
                        $0.resumeFromCheckpoint = resume
                    }, trainDataset: Points().dataset, evalDataset: Points().dataset, modelInit: { DroppingModel() },
                    callbacks: seconds == nil ? [] : [Slow()])
            }
            let whole = try trainer(nil)
            try whole.train()
            let limited = try trainer(0.2)
            try limited.train()
            let steps = limited.state.globalStep
            #expect((1..<20).contains(steps))
            // What the epoch's end would bring is left to the run that goes on.
            let evaluations = limited.state.logHistory.count { $0["eval_loss"] != nil }
            #expect(evaluations == steps / 6)
            #expect(checkpoints(in: output) == ["checkpoint-\(steps)"])
            let resumed = try trainer(nil, .latest)
            try resumed.train()
            #expect(resumed.state.globalStep == 60)
            #expect(bits(resumed.model) == bits(whole.model))
            let none = try trainer(0)
            #expect(try none.train().globalStep == 1)
        }
    }
}
