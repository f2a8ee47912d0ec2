import Foundation
import OrderedJSON
import SwiftTrainer

/// A task over texts that become rows of tokens: what models of hidden tokens and of next tokens have in common.
protocol LanguageModelingTask: CommandTask {
    associatedtype Auto: AutoModelClass where Auto.Model: HeadedModel

    /// How texts become rows.
    static func layout(_ options: TaskOptions, _ stored: TaskSettings?) -> LanguageModelingLayout
    /// Model, collator and metrics; the rows come afterwards.
    static func prepared(
        _ model: Auto.Model, _ encoder: LanguageModelingEncoder, _ options: TaskOptions, _ stored: TaskSettings?
    ) throws -> PreparedTask
}

/// What an encoder of texts is told beside column and length.
struct LanguageModelingLayout {
    var lineByLine = false
    var withLabels = false
    var withOffsets = false
}

extension LanguageModelingTask {
    static func prepare(_ run: TrainingInputs, _ clock: RunClock) throws -> PreparedTask {
        let column = run.columns.textColumn
        let texts = try LoadedSplits(run.files, limited: false) { try load($0, column, run.columns) }
        clock.mark("data read")
        try OutputFolder.check(run.arguments.outputFolder.path)
        let encoder = try encoder(run.model, texts.train, column, run.columns, run.options, nil)
        // Rows count, not texts, as in Python.
        let train = try encoder.encode(texts.train).take(run.files.maxTrainSamples ?? .max)
        let validation = try texts.validation.map { try encoder.encode($0).take(run.files.maxEvalSamples ?? .max) }
        let rows = encoder.lineByLine ? "rows of up to" : "blocks of"
        Console.note("\(texts.train.numRows) texts are \(train.numRows) \(rows) \(encoder.blockSize) tokens")
        clock.mark("texts encoded")
        setSeed(run.arguments.seed)
        let model = try Auto.fromPretrained(
            folder: run.model, ignoreMismatchedSizes: run.options.ignoreMismatchedSizes ?? false)
        model.config.nameOrPath = run.modelName
        clock.mark("model loaded")
        var prepared = try prepared(model, encoder, run.options, nil)
        prepared.train = train
        prepared.validation = validation
        return prepared
    }

    static func evaluation(_ run: InferenceInputs) throws -> PreparedTask {
        let stored = try run.settings(of: self)
        let column = run.columns.textColumn ?? stored?["text_column"]?.stringValue
        let texts = try load(run.file ?? "", column, run.columns)
        let encoder = try encoder(run.model, texts, column, run.columns, run.options, stored)
        let rows = try encoder.encode(texts).take(run.maxSamples ?? .max)
        // The same tokens are hidden in every measurement.
        setSeed(run.arguments.seed)
        var prepared = try prepared(try Auto.fromPretrained(folder: run.model), encoder, run.options, stored)
        prepared.validation = rows
        return prepared
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
        let layout = layout(options, stored)
        return try LanguageModelingEncoder(
            tokenizer: tokenizer, textColumn: textColumn(rows, column),
            blockSize: given ?? min(most, LanguageModelingEncoder.largestDefaultBlockSize),
            lineByLine: layout.lineByLine, withLabels: layout.withLabels, withOffsets: layout.withOffsets)
    }

    /// What answers for each text.
    static func predictor(
        _ run: InferenceInputs, _ answers: @escaping ([String], _ batchSize: Int) throws -> [JSONValue]
    ) throws -> any TaskPredictor {
        let column = try run.columns.textColumn ?? run.settings(of: self)?["text_column"]?.stringValue
        return TextAnswers(answers: answers, batchSize: run.arguments.perDeviceEvalBatchSize) { file in
            let rows = try load(file, column, run.columns)
            return try rows.column(textColumn(rows, column))
        }
    }
}

private struct TextAnswers: TaskPredictor {
    let answers: ([String], _ batchSize: Int) throws -> [JSONValue]
    let batchSize: Int
    let load: (String) throws -> [String]

    func lines(ofFile file: String) throws -> [String] { try answers(load(file), batchSize).map(Self.text) }

    func line(for input: String, number: Int) throws -> String {
        try answers([input], 1).map(Self.text).joined(separator: "\n")
    }

    private static func text(_ answer: JSONValue) -> String { answer.serialized(JSONFormat(ensureASCII: false)) }
}
