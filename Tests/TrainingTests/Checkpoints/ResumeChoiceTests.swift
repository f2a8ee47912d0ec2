import Foundation
import OrderedJSON
import Testing
import Training

/// Which checkpoint a run goes on from, and what is said of damaged ones.
@Suite(.serialized) struct ResumeChoiceTests {
    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    private func configure(_ arguments: inout TrainingArguments) {
        arguments.saveStrategy = .steps
        arguments.saveSteps = 2
        arguments.maxSteps = 6
    }

    /// Ways to spoil a checkpoint, with the file that must be named.
    static let damages: [(file: String, spoil: @Sendable (URL) throws -> Void)] = [
        ("model.safetensors", { try FileManager.default.removeItem(at: $0.appending(path: "model.safetensors")) }),
        ("model.safetensors", { try cut($0, "model.safetensors", keeping: 4) }),
        ("model.safetensors", { try cut($0, "model.safetensors", keeping: 300) }),
        ("trainer_state.json", { try FileManager.default.removeItem(at: $0.appending(path: "trainer_state.json")) }),
        ("trainer_state.json", { try cut($0, "trainer_state.json", keeping: 50) }),
        ("optimizer.pt", { try cut($0, "optimizer.pt", keeping: 1000) }),
        ("optimizer.pt", { try cut($0, "optimizer.pt", keeping: 0) }),
        ("scheduler.pt", { try cut($0, "scheduler.pt", keeping: 700) }),
        ("rng_state.pth", { try cut($0, "rng_state.pth", keeping: 5000) }),
        (
            "checkpoint-is-incomplete.txt",
            { try Data("…".utf8).write(to: $0.appending(path: "checkpoint-is-incomplete.txt")) }
        ),
    ]

    private static func cut(_ folder: URL, _ name: String, keeping count: Int) throws {
        let file = folder.appending(path: name)
        try Data(contentsOf: file).prefix(count).write(to: file)
    }

    @Test(arguments: damages.indices) func skipsADamagedOne(index: Int) throws {
        let (file, spoil) = Self.damages[index]
        let run = try PythonRun("dropout")
        try withOutput { output in
            let whole = try run.trainer(output, configure)
            try whole.train()
            let newest = output.appending(path: "checkpoint-6")
            try spoil(newest)
            let next = try run.trainer(output) {
                configure(&$0)
                $0.saveStrategy = .no
            }
            let texts = try warnings { try next.train(resumeFromCheckpoint: .latest) }
            let skipped = texts.filter { $0.contains("is skipped") }
            #expect(skipped.count == 1 && skipped[0].contains(newest.path) && skipped[0].contains(file), "\(texts)")
            #expect(skipped.first?.contains("step 4") == true)
            #expect(bits(next.model) == bits(whole.model))
            // Asked for by name, it is an error; the folder around it means its newest readable one.
            let named = message { try next.train(resumeFromCheckpoint: .folder(newest.path)) }
            #expect(named.contains("cannot resume from") && named.contains(file), "\(named)")
            #expect(message { try next.train(resumeFromCheckpoint: .folder(output.path)) } == "no error")
        }
    }

    @Test func saysSoWhereNoneCanBeRead() throws {
        let run = try PythonRun("dropout")
        try withOutput { output in
            try run.trainer(output, configure).train()
            for name in checkpoints(in: output) {
                try FileManager.default.removeItem(
                    at: output.appending(path: name).appending(path: "trainer_state.json"))
            }
            let next = try run.trainer(output, configure)
            let text = message { try next.train(resumeFromCheckpoint: .latest) }
            #expect(
                text.contains("none of the checkpoints") && text.contains("checkpoint-6: it has no readable"), "\(text)"
            )
        }
    }

    /// A folder that is called like a checkpoint, a file, a link to nowhere: none is taken, none stops the run.
    @Test func oddThingsInTheOutputFolderDoNoHarm() throws {
        let run = try PythonRun("dropout")
        try withOutput { output in
            try run.trainer(output, configure).train()
            let manager = FileManager.default
            try manager.createDirectory(at: output.appending(path: "checkpoint-99"), withIntermediateDirectories: true)
            try manager.createDirectory(
                at: output.appending(path: "checkpoint-best"), withIntermediateDirectories: true)
            try Data().write(to: output.appending(path: "checkpoint-77"))
            try manager.createSymbolicLink(atPath: output.path + "/checkpoint-88", withDestinationPath: "/nowhere")
            let next = try run.trainer(output) {
                configure(&$0)
                $0.maxSteps = 7
                $0.saveStrategy = .no
            }
            let texts = try warnings { try next.train(resumeFromCheckpoint: .latest) }
            #expect(next.state.globalStep == 7)
            #expect(texts.contains { $0.contains("checkpoint-99 is skipped") })
        }
    }

    /// Without the optimizer the run goes on with a warning, as in Python; without its schedule alone too.
    @Test func oneOfOptimizerAndScheduleIsNone() throws {
        let run = try PythonRun("dropout")
        for file in ["optimizer.pt", "scheduler.pt"] {
            try withOutput { output in
                try run.trainer(output, configure).train()
                try FileManager.default.removeItem(at: output.appending(path: "checkpoint-6").appending(path: file))
                let next = try run.trainer(output, configure)
                let texts = try warnings { try next.train(resumeFromCheckpoint: .latest) }
                #expect(texts.count == 1 && texts[0].contains("the optimizer starts anew"), "\(texts)")
            }
        }
    }

    @Test func callbacksOfOneClassGetTheirOwnStates() throws {
        final class Counter: TrainerCallback {
            var count = 0
            let step: Int
            init(step: Int) { self.step = step }
            override func onStepEnd(_ context: CallbackContext, control: inout TrainerControl) { count += step }
            override var exportedState: (name: String, state: JSONValue)? {
                ("Counter", ["args": [:], "attributes": ["count": .int(count)]])
            }
            override func restore(_ state: JSONValue) { count = state["attributes"]?["count"]?.intValue ?? -1 }
        }
        let run = try PythonRun("dropout")
        try withOutput { output in
            try run.trainer(output, callbacks: [Counter(step: 1), Counter(step: 10)], configure).train()
            let counters = [Counter(step: 1), Counter(step: 10)]
            let next = try run.trainer(output, callbacks: counters) {
                configure(&$0)
                $0.restoreCallbackStatesFromCheckpoint = true
            }
            try next.train(resumeFromCheckpoint: .folder(output.path + "/checkpoint-4"))
            #expect(counters.map { $0.count } == [6, 60])
        }
    }
}
