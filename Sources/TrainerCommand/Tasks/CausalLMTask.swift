import Foundation
import OrderedJSON
import SwiftTrainer

/// The next token of a text.
enum CausalLMTask: CommandTask {
    static let name = "causal-lm"
    static let flags: Set<String> = ["quoting", "max-new-tokens", "temperature", "top-k", "top-p"]

    static func prepare(_ run: TrainingInputs, _ clock: RunClock) throws -> PreparedTask {
        guard run.files.test == nil else {
            throw CommandFailure.usage("--test-file is not for the task \(name): predict goes on with texts")
        }
        let column = run.columns.textColumn
        let splits = try LoadedSplits(run.files) { try MaskedLMTask.load($0, column, run.columns) }
        clock.mark("data read")
        try OutputFolder.check(run.arguments.outputFolder.path)
        let encoder = try encoder(run.model, splits.train, column, run.columns, nil)
        let train = try encoder.encode(splits.train)
        let validation = try splits.validation.map { try encoder.encode($0) }
        Console.note("\(splits.train.numRows) texts are \(train.numRows) blocks of \(encoder.blockSize) tokens")
        clock.mark("texts encoded")
        setSeed(run.arguments.seed)
        let model = try AutoModelForCausalLM.fromPretrained(
            folder: run.model, ignoreMismatchedSizes: run.options.ignoreMismatchedSizes ?? false)
        model.config.nameOrPath = run.modelName
        clock.mark("model loaded")
        return prepared(model, encoder, train: train, validation: validation)
    }

    private static func encoder(
        _ model: String, _ rows: Dataset, _ column: String?, _ columns: ColumnOptions, _ stored: TaskSettings?
    ) throws -> LanguageModelingEncoder {
        let tokenizer = try AutoTokenizer.fromPretrained(folder: model)
        let given = columns.maxLength ?? stored?["max_length"]?.intValue
        let most = try LengthLimit.check(given, try AutoConfig.fromPretrained(folder: model), tokenizer)
        return try LanguageModelingEncoder(
            tokenizer: tokenizer,
            textColumn: MaskedLMTask.textColumn(rows, column ?? stored?["text_column"]?.stringValue),
            blockSize: given ?? min(most, LanguageModelingEncoder.largestDefaultBlockSize), withLabels: true)
    }

    private static func prepared(
        _ model: CausalLanguageModel, _ encoder: LanguageModelingEncoder, train: Dataset?, validation: Dataset?
    ) -> PreparedTask {
        PreparedTask(
            model: model, tokenizer: encoder.tokenizer, collator: DefaultDataCollator(), train: train,
            validation: validation, computeMetrics: LanguageModelingMetrics(predictsNext: true).compute,
            preprocessLogits: LanguageModelingMetrics.preprocess,
            finish: { metrics in metrics["perplexity"] = metrics["eval_loss"].map { perplexity($0) } },
            settings: TaskSettings(
                task: name,
                values: ["text_column": .string(encoder.textColumn), "max_length": .int(encoder.blockSize)]),
            lines: { _, _ in [] })
    }

    static func evaluation(_ run: InferenceInputs) throws -> PreparedTask {
        let stored = try run.settings(of: self)
        let column = run.columns.textColumn ?? stored?["text_column"]?.stringValue
        let rows = try MaskedLMTask.load(run.file ?? "", column, run.columns)
        let encoder = try encoder(run.model, rows, column, run.columns, stored)
        return prepared(
            try AutoModelForCausalLM.fromPretrained(folder: run.model), encoder, train: nil,
            validation: try encoder.encode(rows).take(run.maxSamples ?? .max))
    }

    static func predictor(_ run: InferenceInputs) throws -> any TaskPredictor {
        let stored = try run.settings(of: self)
        let options = run.options
        return TextContinuation(
            pipeline: try TextGenerationPipeline(
                folder: run.model,
                options: PipelineOptions { $0.device = run.arguments.useCpu ? .cpu : .automatic },
                generation: GenerationConfig {
                    $0.maxNewTokens = options.maxNewTokens ?? 50
                    $0.temperature = options.temperature
                    $0.topK = options.topK
                    $0.topP = options.topP
                    if options.temperature != nil || options.topK != nil || options.topP != nil { $0.doSample = true }
                }),
            run: run, column: run.columns.textColumn ?? stored?["text_column"]?.stringValue)
    }
}

private struct TextContinuation: TaskPredictor {
    let pipeline: TextGenerationPipeline
    let run: InferenceInputs
    let column: String?

    func lines(ofFile file: String) throws -> [String] {
        let rows = try MaskedLMTask.load(file, column, run.columns)
        let texts: [String] = try rows.column(MaskedLMTask.textColumn(rows, column))
        return try pipeline.predict(texts, batchSize: run.arguments.perDeviceEvalBatchSize).map(Self.json)
    }

    func line(for input: String, number: Int) throws -> String { Self.json(try pipeline(input)) }

    private static func json(_ text: String) -> String {
        JSONValue.object(["generated_text": .string(text)]).serialized(JSONFormat(ensureASCII: false))
    }
}
