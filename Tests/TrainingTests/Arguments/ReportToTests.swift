import OrderedJSON
import Testing
import Training

/// `report_to` and what stands with it.
struct ReportToTests {
    static let forms: [(json: JSONValue, value: ReportTo)] = [
        ("none", .none), (nil, .none), ([], .none), (["none"], .none), ("all", .all), (["all"], .all),
        ("tensorboard", [.tensorBoard]), (["jsonl", "csv", "jsonl"], [.jsonLines, .csv]),
    ]

    @Test(arguments: forms)
    func readsPythonsForms(json: JSONValue, value: ReportTo) throws {
        var arguments = TrainingArguments()
        try arguments.set("report_to", to: json)
        #expect(arguments.reportTo == value)
        var copy = TrainingArguments()
        try copy.set("report_to", to: try #require(arguments.configuration["report_to"]))
        #expect(copy.reportTo == value)
    }

    @Test func flagsTakeSeveral() throws {
        var arguments = TrainingArguments()
        let result = try arguments.apply(
            commandLine: ["--report-to", "tensorboard", "csv", "--logging_dir", "logs", "--log-level", "info"])
        #expect(arguments.reportTo == [.tensorBoard, .csv])
        #expect(arguments.tensorboardLoggingDir == "logs")
        #expect(arguments.logLevel == .info)
        #expect(result.notes == ["--logging-dir is now called --tensorboard-logging-dir"])
    }

    static let countings: [(json: JSONValue, value: TokenCounting)] = [
        (true, .all), (false, .no), ("all", .all), ("non_padding", .nonPadding), ("no", .no), ("true", .all),
    ]

    @Test(arguments: countings)
    func tokensMayBeATruthValue(json: JSONValue, value: TokenCounting) throws {
        var arguments = TrainingArguments()
        try arguments.set("include_num_input_tokens_seen", to: json)
        #expect(arguments.includeNumInputTokensSeen == value)
    }

    @Test func everyIntegrationOfPythonIsKnown() {
        for name in [
            "azure_ml", "comet_ml", "mlflow", "neptune", "trackio", "wandb", "codecarbon", "clearml", "dagshub",
            "flyte",
            "dvclive", "swanlab", "kubeflow",
        ] {
            var arguments = TrainingArguments()
            let error = #expect(throws: TrainingArgumentsError.self) {
                try arguments.set("report_to", to: .string(name))
            }
            #expect(error?.description.hasPrefix("report_to: \(name) is not supported: ") == true)
        }
    }
}
