import Foundation
import OrderedJSON
import Testing
import Training

/// Which checkpoints are kept.
@Suite(.serialized) struct RotationTests {
    /// Evaluates as if the metric had these values, one after the other.
    private func trainer(_ output: URL, _ metrics: [Double], limit: Int, loadBest: Bool = false) throws -> Trainer {
        let run = try PythonRun("plain")
        let rows = try run.dataset()
        let arguments = try run.arguments(output) {
            $0.maxSteps = metrics.count
            $0.numTrainEpochs = 3
            $0.saveStrategy = .steps
            $0.saveSteps = 1
            $0.evalStrategy = .steps
            $0.evalSteps = 1
            $0.metricForBestModel = "score"
            $0.saveTotalLimit = limit
            $0.loadBestModelAtEnd = loadBest
        }
        let next = Series(metrics)
        return try Trainer(
            model: try run.model(), arguments: arguments, trainDataset: rows, evalDataset: rows,
            computeMetrics: { _ in ["score": next.take()] })
    }

    private final class Series {
        private var values: ArraySlice<Double>
        init(_ values: [Double]) { self.values = values[...] }
        func take() -> Double { values.popFirst() ?? 0 }
    }

    @Test(arguments: [
        (1, [0.1, 0.5, 0.3, 0.2], ["checkpoint-2", "checkpoint-4"]),
        (2, [0.1, 0.5, 0.3, 0.2], ["checkpoint-2", "checkpoint-4"]),
        (2, [0.9, 0.5, 0.3, 0.2], ["checkpoint-1", "checkpoint-4"]),
        (3, [0.9, 0.5, 0.3, 0.2], ["checkpoint-1", "checkpoint-3", "checkpoint-4"]),
        (1, [0.1, 0.2, 0.3, 0.4], ["checkpoint-4"]), (2, [0.1, 0.2, 0.3, 0.4], ["checkpoint-3", "checkpoint-4"]),
        (0, [0.1, 0.2], ["checkpoint-1", "checkpoint-2"]),
    ]) func theNewestAndTheBestAreKept(limit: Int, metrics: [Double], kept: [String]) throws {
        try withOutput { output in
            let trainer = try trainer(output, metrics, limit: limit)
            // As in Python, a limit of 1 leaves the best alone once training has ended.
            let watcher = AtTheLastSave()
            trainer.addCallback(watcher)
            try trainer.train()
            #expect(watcher.checkpoints == kept)
            let best = "checkpoint-\((metrics.firstIndex(of: metrics.max() ?? 0) ?? 0) + 1)"
            #expect(checkpoints(in: output) == (limit == 1 ? [best] : kept))
        }
    }

    private final class AtTheLastSave: TrainerCallback {
        private(set) var checkpoints: [String] = []
        override func onSave(_ context: CallbackContext, control: inout TrainerControl) {
            checkpoints = TrainingTests.checkpoints(in: context.arguments.outputFolder)
        }
    }

    /// The oldest by time goes, whatever its number says: folders of an earlier run go first.
    @Test func ageIsByTime() throws {
        try withOutput { output in
            let manager = FileManager.default
            for (name, age) in [("checkpoint-50", 3000.0), ("checkpoint-60", 1000), ("checkpoint-40", 2000)] {
                let folder = output.appending(path: name)
                try manager.createDirectory(at: folder, withIntermediateDirectories: true)
                try manager.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: folder.path)
            }
            // A file of such a name is no checkpoint.
            try Data().write(to: output.appending(path: "checkpoint-7"))
            try trainer(output, [0.5], limit: 3).train()
            #expect(checkpoints(in: output) == ["checkpoint-1", "checkpoint-40", "checkpoint-60", "checkpoint-7"])
        }
    }

    /// Where all have about the same time (a copied folder), the step decides.
    @Test func withoutTimesTheStepDecides() throws {
        try withOutput { output in
            for name in ["checkpoint-5", "checkpoint-10", "checkpoint-9"] {
                try FileManager.default.createDirectory(
                    at: output.appending(path: name), withIntermediateDirectories: true)
            }
            try trainer(output, [0.5], limit: 2).train()
            #expect(checkpoints(in: output) == ["checkpoint-1", "checkpoint-10"])
        }
    }

    /// A resumed run that finds the best checkpoint gone says so.
    @Test func aBestCheckpointThatIsGoneIsSaid() throws {
        try withOutput { output in
            try trainer(output, [0.9, 0.5, 0.3], limit: 0).train()
            try FileManager.default.removeItem(at: output.appending(path: "checkpoint-1"))
            let next = try trainer(output, [0.9, 0.5, 0.3, 0.2], limit: 0)
            let texts = try warnings { try next.train(resumeFromCheckpoint: .latest) }
            #expect(texts.count == 1 && texts[0].contains("checkpoint-1, is not there any more"), "\(texts)")
        }
    }
}
