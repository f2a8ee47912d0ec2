import ArgumentParser
import Testing

@testable import TrainerCommand

/// Every flag that tasks take, in every command, for every task.
struct FlagTableTests {
    /// Values for the flags with one that not every text is.
    private static let values = [
        "problem-type": "regression", "class-weights": "balanced", "tag-scheme": "iob2", "convert-tags": "iob2",
        "aggregation-strategy": "max", "lora-bias": "all",
    ]

    /// Which tasks of which commands take a flag, written down once more.
    private static let wanted: [String: [TaskCommand: Set<String>]] = {
        let all = Set(CommandTasks.names)
        let (texts, tags, questions) = ("text-classification", "token-classification", "question-answering")
        let (masked, causal, choices) = ("masked-lm", "causal-lm", "multiple-choice")
        func every(_ tasks: Set<String>) -> [TaskCommand: Set<String>] {
            [.train: tasks, .evaluate: tasks, .predict: tasks]
        }
        func measured(_ tasks: Set<String>) -> [TaskCommand: Set<String>] { [.train: tasks, .evaluate: tasks] }
        var result: [String: [TaskCommand: Set<String>]] = [
            "text-column": every(all), "text-pair-column": every([texts, questions, choices]),
            "label-column": measured([texts, tags, questions, choices]),
            "max-length": every(all.subtracting([causal])).merging(measured(all)) { $0.union($1) },
            "quoting": every([texts, masked, causal, choices]), "problem-type": [.train: [texts]],
            "label-separator": measured([texts]), "class-weights": [.train: [texts]],
            "ignore-mismatched-sizes": [.train: all], "aggregation-strategy": [.train: [tags], .predict: [tags]],
            "ending-columns": every([choices]), "test-file": [.train: [texts, tags, questions, choices]],
        ]
        for flag in ["label-all-tokens", "return-entity-level-metrics", "tag-scheme", "convert-tags"] {
            result[flag] = measured([tags])
        }
        for flag in [
            "doc-stride", "version-2-with-negative", "null-score-diff-threshold", "n-best-size", "max-answer-length",
        ] {
            result[flag] = every([questions])
        }
        for flag in ["mlm-probability", "whole-word-mask", "line-by-line"] { result[flag] = measured([masked]) }
        for flag in ["max-new-tokens", "temperature", "top-k", "top-p"] { result[flag] = [.predict: [causal]] }
        for flag in TrainingFileOptions.flags.union(LoRAOptions.flags) where flag != "test-file" {
            result[flag] = [.train: all]
        }
        return result
    }()

    private func walk<Options: FlagTable>(_: Options.Type) throws {
        for flag in Options.table {
            let value = Self.values[flag.name] ?? (flag.isSwitch ? "true" : "1")
            let options = try Options.parse(["--\(flag.name)", value])
            #expect(options.given.map(\.name) == [flag.name])
            let wanted = try #require(Self.wanted[flag.name], "\(flag.name)")
            for command in TaskCommand.allCases {
                for task in CommandTasks.all {
                    let place = "--\(flag.name), \(command), \(task.name)"
                    guard wanted[command]?.contains(task.name) != true else {
                        #expect(throws: Never.self, "\(place)") { try options.check(command, task) }
                        continue
                    }
                    let error = #expect(throws: CommandFailure.self, "\(place)") { try options.check(command, task) }
                    let text = "\(error.map { "\($0)" } ?? "")"
                    #expect(
                        text.hasPrefix("--\(flag.name) is not for ") && text.contains("the task \(task.name)"),
                        "\(text)")
                    for (command, tasks) in wanted {
                        #expect(text.contains(command.rawValue), "\(text)")
                        for task in tasks where tasks.count < CommandTasks.all.count {
                            #expect(text.contains(task), "\(text)")
                        }
                    }
                }
            }
        }
        // The table has what ArgumentParser has.
        let declared = Set(
            Options.helpMessage().split(whereSeparator: { " \n,".contains($0) }).filter { $0.hasPrefix("--") }
                .map { String($0.dropFirst(2)) })
        #expect(Options.flags.isSubset(of: declared))
        #expect(Mirror(reflecting: Options()).children.count == Options.table.count)
        #expect(try Options.parse([]).given.isEmpty)
    }

    @Test func everyFlagInEveryCommandForEveryTask() throws {
        try walk(TaskOptions.self)
        try walk(ColumnOptions.self)
        try walk(TrainingFileOptions.self)
        try walk(LoRAOptions.self)
    }

    @Test func whatFlagsAreForIsTold() throws {
        let options = try TaskOptions.parse(["--class-weights", "balanced"])
        let error = #expect(throws: CommandFailure.self) { try options.check(.evaluate, TextClassificationTask.self) }
        #expect(
            error?.description
                == "--class-weights is not for trainer evaluate with the task text-classification; it is for train of text-classification"
        )
        let columns = try ColumnOptions.parse(["--max-length", "8"])
        let other = #expect(throws: CommandFailure.self) { try columns.check(.predict, CausalLMTask.self) }
        #expect(other?.description.hasSuffix("and for train and evaluate of causal-lm") == true)
    }
}
