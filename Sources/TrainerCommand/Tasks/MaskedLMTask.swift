import Foundation
import OrderedJSON
import SwiftTrainer

/// Tokens that are hidden from a text.
enum MaskedLMTask: CommandTask {
    static let name = "masked-lm"
    static let flags: Set<String> = ["mlm-probability", "line-by-line", "quoting"]

    static func prepare(_ run: TrainingInputs, _ clock: RunClock) throws -> PreparedTask {
        guard run.files.test == nil else {
            throw CommandFailure.usage("--test-file is not for the task \(name): predict fills the masks of texts")
        }
        let column = run.columns.textColumn
        let splits = try LoadedSplits(run.files) { try load($0, column, run.columns) }
        clock.mark("data read")
        try OutputFolder.check(run.arguments.outputFolder.path)
        let encoder = try encoder(run.model, splits.train, column, run.columns, run.options, nil)
        let train = try encoder.encode(splits.train)
        let validation = try splits.validation.map { try encoder.encode($0) }
        Console.note("\(splits.train.numRows) texts are \(train.numRows) rows of up to \(encoder.blockSize) tokens")
        clock.mark("texts encoded")
        setSeed(run.arguments.seed)
        let model = try AutoModelForMaskedLM.fromPretrained(
            folder: run.model, ignoreMismatchedSizes: run.options.ignoreMismatchedSizes ?? false)
        model.config.nameOrPath = run.modelName
        clock.mark("model loaded")
        return try prepared(model, encoder, run.options, nil, train: train, validation: validation)
    }

    /// Texts, one a row.
    fileprivate static func load(_ path: String, _ column: String?, _ options: ColumnOptions) throws -> Dataset {
        let rows = try TextFile(path, quoting: options.quoting).load(stringColumns: Set([column ?? "text"]))
        if let column { try rows.require(column, flag: "--text-column", file: path) }
        return rows
    }

    /// The column that is named, or `text`, or the first, as in Python.
    fileprivate static func textColumn(_ rows: Dataset, _ named: String?) -> String {
        named ?? (rows.columnNames.contains("text") ? "text" : rows.columnNames.first ?? "text")
    }

    private static func encoder(
        _ model: String, _ rows: Dataset, _ column: String?, _ columns: ColumnOptions, _ options: TaskOptions,
        _ stored: TaskSettings?
    ) throws -> LanguageModelingEncoder {
        let tokenizer = try AutoTokenizer.fromPretrained(folder: model)
        let given = columns.maxLength ?? stored?["max_length"]?.intValue
        let most = try LengthLimit.check(given, try AutoConfig.fromPretrained(folder: model), tokenizer)
        return try LanguageModelingEncoder(
            tokenizer: tokenizer, textColumn: textColumn(rows, column ?? stored?["text_column"]?.stringValue),
            blockSize: given ?? min(most, LanguageModelingEncoder.largestDefaultBlockSize),
            lineByLine: options.lineByLine ?? stored?["line_by_line"]?.boolValue ?? false)
    }

    private static func prepared(
        _ model: MaskedLanguageModel, _ encoder: LanguageModelingEncoder, _ options: TaskOptions,
        _ stored: TaskSettings?, train: Dataset?, validation: Dataset?
    ) throws -> PreparedTask {
        let probability = options.mlmProbability ?? stored?["mlm_probability"]?.doubleValue ?? 0.15
        return PreparedTask(
            model: model, tokenizer: encoder.tokenizer,
            collator: try DataCollatorForLanguageModeling(encoder.tokenizer) { $0.mlmProbability = probability },
            train: train, validation: validation, computeMetrics: LanguageModelingMetrics().compute,
            preprocessLogits: LanguageModelingMetrics.preprocess,
            finish: { metrics in metrics["perplexity"] = metrics["eval_loss"].map { perplexity($0) } },
            settings: TaskSettings(
                task: name,
                values: [
                    "text_column": .string(encoder.textColumn), "max_length": .int(encoder.blockSize),
                    "line_by_line": .bool(encoder.lineByLine), "mlm_probability": .double(probability),
                ]), lines: { _, _ in [] })
    }

    static func evaluation(_ run: InferenceInputs) throws -> PreparedTask {
        let stored = try run.settings(of: self)
        let column = run.columns.textColumn ?? stored?["text_column"]?.stringValue
        let rows = try load(run.file ?? "", column, run.columns)
        let encoder = try encoder(run.model, rows, column, run.columns, run.options, stored)
        let encoded = try encoder.encode(rows).take(run.maxSamples ?? .max)
        // The same tokens are hidden in every measurement.
        setSeed(run.arguments.seed)
        return try prepared(
            AutoModelForMaskedLM.fromPretrained(folder: run.model), encoder, run.options, stored, train: nil,
            validation: encoded)
    }

    static func predictor(_ run: InferenceInputs) throws -> any TaskPredictor {
        let stored = try run.settings(of: self)
        return MaskPredictor(
            pipeline: try FillMaskPipeline(
                folder: run.model,
                options: PipelineOptions {
                    $0.device = run.arguments.useCpu ? .cpu : .automatic
                    $0.isFast = run.arguments.numerics == .fast
                    $0.maxLength = run.columns.maxLength
                }), run: run, column: run.columns.textColumn ?? stored?["text_column"]?.stringValue)
    }
}

private struct MaskPredictor: TaskPredictor {
    let pipeline: FillMaskPipeline
    let run: InferenceInputs
    let column: String?

    func lines(ofFile file: String) throws -> [String] {
        let rows = try MaskedLMTask.load(file, column, run.columns)
        let texts: [String] = try rows.column(MaskedLMTask.textColumn(rows, column))
        return try pipeline.predict(texts, batchSize: run.arguments.perDeviceEvalBatchSize).map(Self.json)
    }

    func line(for input: String, number: Int) throws -> String { Self.json(try pipeline.predict([input])[0]) }

    /// A list, as Python's pipeline gives it.
    private static func json(_ fills: [FillMaskPipeline.Fill]) -> String {
        JSONValue.array(
            fills.map { fill in
                [
                    "score": .double(fill.score), "token": .int(fill.token), "token_str": .string(fill.tokenStr),
                    "sequence": .string(fill.sequence),
                ]
            }
        ).serialized(JSONFormat(ensureASCII: false))
    }
}
