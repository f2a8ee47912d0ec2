import Testing
import Training

@testable import TrainerCommand

/// Files of `--config`: nested values, lists, and what cannot be used.
struct ConfigurationFileTests {
    private func arguments(_ name: String, _ text: String) throws -> TrainingArguments {
        let folder = try TemporaryFolder()
        let file = try folder.write(name, text)
        return try CommandWords(["--config", file], for: TrainCommand.self).arguments
    }

    @Test func nestedValuesAndLists() throws {
        let yaml = """
            accelerator_config:
              use_seedable_sampler: no
            label_names: [labels, starts]
            include_for_metrics:
              - inputs
              - loss
            max_train_seconds: 90
            metric_for_best_model: ~
            """
        let json = """
            {"accelerator_config": {"use_seedable_sampler": false}, "label_names": ["labels", "starts"],
             "include_for_metrics": ["inputs", "loss"], "max_train_seconds": 90, "metric_for_best_model": null}
            """
        for (name, text) in [("run.yaml", yaml), ("run.json", json)] {
            let read = try arguments(name, text)
            #expect(read.acceleratorConfig == AcceleratorConfig(useSeedableSampler: false))
            #expect(read.labelNames == ["labels", "starts"])
            #expect(read.includeForMetrics == [.inputs, .loss])
            #expect(read.maxTrainSeconds == 90)
            #expect(read.metricForBestModel == nil)
        }
    }

    @Test(arguments: [
        ("learning_rate: [1e-3, 2e-3]", "learning_rate takes a number, not 1e-3 2e-3"),
        ("seed: many", "seed takes a whole number, not many"),
        ("use_cpu: 3", "use_cpu takes true or false, not 3"),
        ("learning_rte: 3", "unknown argument learning_rte; did you mean learning_rate?"),
        (
            "torch_compile: true",
            "torch_compile is not supported: it is Python's compiler; models run as libtorch's own operators"
        ),
        ("train_file: [a, b]", "train_file takes one value"),
    ])
    func whatCannotBeUsed(text: String, message: String) throws {
        let error = #expect(throws: (any Error).self) { try arguments("run.yaml", text) }
        #expect(error.map { "\($0)" }?.hasSuffix(message) == true, "\(error.map { "\($0)" } ?? "")")
    }

    @Test func helpIsUnderHeadings() {
        let help = TrainerProgram.help(for: TrainCommand.self)
        for group in TrainingArgument.Group.allCases { #expect(help.contains("\n\(group.rawValue.uppercased())\n")) }
        #expect(help.contains("--accelerator-config JSON"))
        #expect(help.contains("--dataloader-in-order"))
    }
}
