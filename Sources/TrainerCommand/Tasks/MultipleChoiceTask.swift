import Foundation
import OrderedJSON
import SwiftTrainer

/// One of several endings.
enum MultipleChoiceTask: CommandTask {
    static let name = "multiple-choice"

    static func prepare(_ run: TrainingInputs, _ clock: RunClock) throws -> PreparedTask {
        let named = columns(run.columns, run.options, nil)
        let splits = try LoadedSplits(run.files) { try load($0, named, run.columns) }
        clock.mark("data read")
        try OutputFolder.check(run.arguments.outputFolder.path)
        let columns = shared(named, run.columns, splits.train)
        for (rows, file) in [(splits.train, run.files.train), (splits.validation, run.files.validation)] {
            try rows?.require(columns.label, flag: "--label-column", file: file ?? run.files.train)
        }
        let encoder = try encoder(run.model, columns, run.columns.maxLength)
        let train = try encoder.encode(splits.train)
        let validation = try splits.validation.map { try encoder.encode($0) }
        let test = try splits.test.map { try encoder.encode($0) }
        clock.mark("texts encoded")
        setSeed(run.arguments.seed)
        let model = try AutoModelForMultipleChoice.fromPretrained(
            folder: run.model, ignoreMismatchedSizes: run.options.ignoreMismatchedSizes ?? false)
        model.config.nameOrPath = run.modelName
        clock.mark("model loaded")
        var prepared = try prepared(model, encoder, run.columns.maxLength)
        prepared.train = train
        prepared.validation = validation
        prepared.test = test.map { ($0, $0.columnNames.contains("labels")) }
        return prepared
    }

    fileprivate static func columns(
        _ flags: ColumnOptions, _ options: TaskOptions, _ stored: TaskSettings?
    ) -> MultipleChoiceEncoder.Columns {
        let usual = MultipleChoiceEncoder.Columns()
        let endings = options.endingColumns?.split(separator: ",").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        // Without a pair column of its own, another context has no shared beginning.
        let question =
            stored.map { $0["text_pair_column"]?.stringValue } ?? (flags.textColumn == nil ? usual.question : nil)
        return .init(
            context: flags.textColumn ?? stored?["text_column"]?.stringValue ?? usual.context,
            question: flags.textPairColumn ?? question,
            endings: endings ?? stored?["ending_columns"]?.arrayValue?.compactMap(\.stringValue) ?? usual.endings,
            label: flags.labelColumn ?? stored?["label_column"]?.stringValue ?? usual.label)
    }

    /// The columns without a shared beginning where none was asked for and the file has none.
    private static func shared(
        _ columns: MultipleChoiceEncoder.Columns, _ flags: ColumnOptions, _ rows: Dataset
    ) -> MultipleChoiceEncoder.Columns {
        var columns = columns
        if flags.textPairColumn == nil, let question = columns.question, !rows.columnNames.contains(question) {
            columns.question = nil
        }
        return columns
    }

    fileprivate static func load(
        _ path: String, _ columns: MultipleChoiceEncoder.Columns, _ flags: ColumnOptions, withLabels: Bool = true
    ) throws -> Dataset {
        let texts = [columns.context] + (columns.question.map { [$0] } ?? []) + columns.endings
        let rows = try TextFile(path, quoting: flags.quoting).load(stringColumns: Set(texts))
        try rows.require(columns.context, flag: "--text-column", file: path)
        if let question = columns.question, flags.textPairColumn != nil {
            try rows.require(question, flag: "--text-pair-column", file: path)
        }
        for ending in columns.endings { try rows.require(ending, flag: "--ending-columns", file: path) }
        guard rows.columnNames.contains(columns.label) else { return rows }
        guard withLabels else { return try rows.removeColumn(columns.label) }
        guard rows.features[columns.label]?.isString == true else { return rows }
        // Columns with a usual name are read as text.
        let numbers = try (rows.column(columns.label) as [String]).enumerated().map { row, text in
            guard let number = Int(text) else {
                throw CommandFailure.failed(
                    "\(rows.sourceLocation(ofRow: row).map { "\($0)" } ?? "\(path), row \(row)"): the label '\(text)' is no "
                        + "number of a choice, 0 to \(columns.endings.count - 1)")
            }
            return number
        }
        return try rows.removeColumn(columns.label).addColumn(columns.label, numbers)
    }

    fileprivate static func encoder(
        _ model: String, _ columns: MultipleChoiceEncoder.Columns, _ maxLength: Int?
    ) throws -> MultipleChoiceEncoder {
        let tokenizer = try AutoTokenizer.fromPretrained(folder: model)
        let most = try LengthLimit.check(maxLength, try AutoConfig.fromPretrained(folder: model), tokenizer)
        return try MultipleChoiceEncoder(
            tokenizer: tokenizer, columns: columns, maxLength: maxLength ?? min(most, 1024))
    }

    fileprivate static func prepared(
        _ model: MultipleChoiceModel, _ encoder: MultipleChoiceEncoder, _ maxLength: Int?
    ) throws -> PreparedTask {
        let columns = encoder.columns
        var settings = TaskSettings(
            task: name,
            values: [
                "text_column": .string(columns.context), "label_column": .string(columns.label),
                "ending_columns": .array(columns.endings.map { .string($0) }),
            ])
        settings["text_pair_column"] = columns.question.map { .string($0) }
        settings["max_length"] = maxLength.map { .int($0) }
        return PreparedTask(
            model: model, tokenizer: encoder.tokenizer,
            collator: try DataCollatorForMultipleChoice(encoder.tokenizer),
            computeMetrics: { ["accuracy": accuracy($0.predictions.argmax(dim: -1), $0.labelIds)] },
            settings: settings, lines: { output, _ in try output.predictions.map(lines) ?? [] })
    }

    /// `{"label": …, "score": …, "scores": […]}`: the number of the likeliest choice, and the probabilities of all.
    private static func lines(_ logits: Tensor) throws -> [String] {
        let width = logits.size(1)
        let scores = try withTorchErrors { logits.softmax(dim: -1).array(of: Double.self) }
        return stride(from: 0, to: scores.count, by: max(width, 1)).map { start in
            let row = Array(scores[start..<start + width])
            let best = row.indices.max { (row[$0], $1) < (row[$1], $0) } ?? 0
            return JSONValue.object([
                "label": .int(best), "score": .double(row[best]), "scores": .array(row.map { .double($0) }),
            ]).serialized(JSONFormat(ensureASCII: false))
        }
    }

    fileprivate static func stored(_ run: InferenceInputs) throws -> (PreparedTask, MultipleChoiceEncoder) {
        let settings = try run.settings(of: self)
        let maxLength = run.columns.maxLength ?? settings?["max_length"]?.intValue
        let encoder = try encoder(run.model, columns(run.columns, run.options, settings), maxLength)
        let model = try AutoModelForMultipleChoice.fromPretrained(folder: run.model)
        return (try prepared(model, encoder, maxLength), encoder)
    }

    static func evaluation(_ run: InferenceInputs) throws -> PreparedTask {
        var (prepared, encoder) = try stored(run)
        let file = run.file ?? ""
        let rows = try load(file, encoder.columns, run.columns)
        try rows.require(encoder.columns.label, flag: "--label-column", file: file)
        prepared.validation = try encoder.encode(rows.take(run.maxSamples ?? .max))
        return prepared
    }

    static func predictor(_ run: InferenceInputs) throws -> any TaskPredictor {
        let (prepared, encoder) = try stored(run)
        return ChoicePredictor(run: run, prepared: prepared, encoder: encoder)
    }
}

private struct ChoicePredictor: TaskPredictor {
    let run: InferenceInputs
    let prepared: PreparedTask
    let encoder: MultipleChoiceEncoder

    func lines(ofFile file: String) throws -> [String] {
        try predict(MultipleChoiceTask.load(file, encoder.columns, run.columns, withLabels: false))
    }

    func line(for input: String, number: Int) throws -> String {
        let columns = encoder.columns
        let names = [columns.context] + (columns.question.map { [$0] } ?? []) + columns.endings
        let parts = input.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == names.count else {
            throw CommandFailure.failed(
                "standard input, line \(number): \(names.count) texts with tabs between them are wanted: "
                    + names.joined(separator: ", "))
        }
        return try predict(try Dataset.from(columns: zip(names, parts).map { ($0, [$1]) })).joined()
    }

    private func predict(_ rows: Dataset) throws -> [String] {
        let encoded = try encoder.encode(rows)
        var arguments = run.arguments
        arguments.disableTqdm = true
        let trainer = try prepared.trainer(arguments)
        return try prepared.lines(trainer.predict(prepared.rows(encoded)), encoded)
    }
}
