import Foundation
import OrderedJSON
import Testing
import Training

/// Every file operation of a run with several saves and rotation fails in turn, or the machine stops there. Whatever is
/// left, checkpoints are whole, and a run that goes on from them ends with the same bits.
///
/// With `SWIFT_TRAINER_FAULTS=all` every kind of failure comes at every operation, which takes minutes.
@Suite(.serialized) struct FaultTests {
    /// What all runs have in common.
    private struct Scene {
        let root: URL
        let run: PythonRun
        let rows: TensorDataset
        var output: URL { root.appending(path: "results/run") }

        init(_ root: URL) throws {
            self.root = root
            run = try PythonRun("dropout")
            rows = try run.dataset()
        }

        /// Three steps with a save after each, and all but the newest one, or two, removed again.
        func trainer(
            _ disk: any FileOperations, background: Bool, limit: Int? = 1, callbacks: [TrainerCallback] = []
        ) throws -> Trainer {
            let arguments = try run.arguments(output) {
                $0.maxSteps = 3
                $0.saveStrategy = .steps
                $0.saveSteps = 1
                $0.evalStrategy = .steps
                $0.evalSteps = 1
                $0.loggingStrategy = .no
                $0.metricForBestModel = "loss"
                $0.saveTotalLimit = limit
                $0.saveInBackground = background
            }
            let trainer = try Trainer(
                model: try run.model(), arguments: arguments, trainDataset: rows, evalDataset: rows,
                processingClass: Words(), callbacks: callbacks)
            trainer.files = disk
            return trainer
        }

        /// From the newest checkpoint where there is one; the model and the state at the end.
        func finish(_ trainer: Trainer) throws {
            try trainer.train(resumeFromCheckpoint: checkpoints(in: output).isEmpty ? nil : .latest)
            try trainer.saveModel()
            try trainer.saveState()
        }
    }

    /// What a run without faults leaves.
    private struct Expected {
        var files: [String: [String: Data]] = [:]
        let weights: [[Float]]
        let model: Data
        let operations: [SimulatedDisk.Operation]
    }

    private static let exact = ["model.safetensors", "optimizer.pt", "scheduler.pt", "rng_state.pth", "words.txt"]

    private func expected(_ scene: Scene) throws -> Expected {
        let all = try scene.trainer(DiskFileOperations(), background: false, limit: nil)
        try scene.finish(all)
        var files: [String: [String: Data]] = [:]
        for name in checkpoints(in: scene.output) {
            let folder = scene.output.appending(path: name)
            files[name] = try Dictionary(
                uniqueKeysWithValues: Self.exact.map { ($0, try Data(contentsOf: folder.appending(path: $0))) })
        }
        let model = try Data(contentsOf: scene.output.appending(path: "model.safetensors"))
        try FileManager.default.removeItem(at: scene.root.appending(path: "results"))
        let disk = try SimulatedDisk(scene.root)
        try scene.finish(try scene.trainer(disk, background: false))
        #expect(disk.difference() == nil)
        #expect(checkpoints(in: scene.output) == ["checkpoint-3"])
        let operations = disk.operations
        try FileManager.default.removeItem(at: scene.root.appending(path: "results"))
        return Expected(files: files, weights: bits(all.model), model: model, operations: operations)
    }

    @Test(arguments: [false, true]) func everyOperationMayFail(background: Bool) throws {
        try withOutput { root in
            try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
            let scene = try Scene(URL(filePath: root.path).resolvingSymlinksInPath())
            let expected = try expected(scene)
            #expect(expected.operations.count > 120)
            let isThorough = ProcessInfo.processInfo.environment["SWIFT_TRAINER_FAULTS"] == "all"
            for (number, operation) in expected.operations.enumerated() {
                var faults: [SimulatedDisk.Fault] = [.error]
                if operation == .data { faults.append(.shortWrite) }
                if [.makeFolder, .createFile, .data].contains(operation) { faults.append(.full) }
                // A write stops in one way or another; in the background no other operations are tried.
                if !isThorough { faults = background ? [] : [faults[number % faults.count]] }
                for fault in faults + [.powerLoss] { try fail(number, fault, scene, expected, background, isThorough) }
            }
        }
    }

    /// One run with one fault, a loss of power after it, and the run that goes on.
    private func fail(
        _ number: Int, _ fault: SimulatedDisk.Fault, _ scene: Scene, _ expected: Expected, _ background: Bool,
        _ isThorough: Bool
    ) throws {
        let name: Comment = "operation \(number) \(expected.operations[number]), \(fault), background \(background)"
        let survivors: [SimulatedDisk.Survivors] = [.nothing, .some(seed: UInt64(number)), .everything]
        // Where the machine stops is what differs most; after other faults one of the three will do.
        let isStop = fault == .powerLoss && !background
        for survivor in isThorough ? survivors : isStop ? Array(survivors[..<2]) : [survivors[number % 3]] {
            try? FileManager.default.removeItem(at: scene.root.appending(path: "results"))
            let disk = try SimulatedDisk(scene.root)
            disk.fail(at: number, with: fault)
            let saved = SavedSteps(awaits: !background)
            var failed = false
            let texts = warnings {
                do {
                    try scene.finish(try scene.trainer(disk, background: background, callbacks: [saved]))
                } catch {
                    failed = true
                    #expect("\(error)".count > 10, name)
                }
            }
            // Only the removal of what is not needed may fail without a word, and that of old checkpoints with a warning.
            let isTold = failed || texts.contains { $0.contains("older ones over save_total_limit") }
            #expect(isTold || expected.operations[number] == .unlink, name)
            #expect(disk.difference() == nil, name)
            try expectWhole(scene, expected, saved, "\(name), before the loss of power")
            try disk.restart(survivor)
            let left: Comment = "\(name), \(survivor) left"
            try expectWhole(scene, expected, saved, left)
            try goOn(disk, scene, expected, left, background)
        }
    }

    /// All checkpoints are whole, the newest one that was told of is there, and the model is the old or the new one.
    private func expectWhole(
        _ scene: Scene, _ expected: Expected, _ saved: SavedSteps, _ name: Comment
    ) throws {
        let there = checkpoints(in: scene.output)
        for checkpoint in there {
            let folder = scene.output.appending(path: checkpoint)
            for file in Self.exact {
                let data = FileManager.default.contents(atPath: folder.appending(path: file).path)
                #expect(data != nil && data == expected.files[checkpoint]?[file], "\(name): \(checkpoint)/\(file)")
            }
            let state = try Data(contentsOf: folder.appending(path: "trainer_state.json"))
            #expect("checkpoint-\(try TrainerState(fileContents: state).globalStep)" == checkpoint, name)
            let arguments = try Data(contentsOf: folder.appending(path: "training_args.json"))
            #expect(try JSONDecoder().decode(TrainingArguments.self, from: arguments).maxSteps == 3, name)
        }
        if let newest = saved.newestSafe {
            let steps = there.compactMap { Int($0.dropFirst("checkpoint-".count)) }
            #expect(steps.max().map { $0 >= newest } == true, "\(name): \(there), but \(newest) was saved")
        }
        let model = FileManager.default.contents(atPath: scene.output.path + "/model.safetensors")
        #expect(model == nil || model == expected.model, name)
        if let state = FileManager.default.contents(atPath: scene.output.path + "/trainer_state.json") {
            #expect(try TrainerState(fileContents: state).globalStep == 3, name)
        }
    }

    private func goOn(
        _ disk: SimulatedDisk, _ scene: Scene, _ expected: Expected, _ name: Comment, _ background: Bool
    ) throws {
        disk.fail(at: nil)
        let next = try scene.trainer(disk, background: background)
        do { try scene.finish(next) } catch { Issue.record(error, name) }
        #expect(bits(next.model) == expected.weights, name)
        #expect(disk.difference() == nil, name)
        let names = try FileManager.default.contentsOfDirectory(atPath: scene.output.path)
        #expect(names.allSatisfy { !$0.hasPrefix(".") }, "\(name): \(names)")
    }
}

/// A processing class with two files, one of them in a folder.
struct Words: ProcessingClass {
    func saveProcessing(to folder: URL) throws {
        try Data("one two\n".utf8).write(to: folder.appending(path: "words.txt"))
        let inner = folder.appending(path: "templates")
        try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
        try Data("{}\n".utf8).write(to: inner.appending(path: "default.txt"))
    }
}

/// The steps whose checkpoints were reported as saved.
final class SavedSteps: TrainerCallback {
    private(set) var steps: [Int] = []
    private let awaits: Bool

    init(awaits: Bool) { self.awaits = awaits }

    override var awaitsCheckpoint: Bool { awaits }

    /// Without waiting, the last may not be on the disk yet.
    var newestSafe: Int? { awaits ? steps.last : steps.dropLast().last }

    override func onSave(_ context: CallbackContext, control: inout TrainerControl) { steps.append(context.globalStep) }
}
