import Foundation
import OrderedJSON
import SwiftTrainer

/// The part of a text that answers a question.
enum QuestionAnsweringTask: CommandTask {
    static let name = "question-answering"

    static func prepare(_ run: TrainingInputs, _ clock: RunClock) throws -> PreparedTask {
        let columns = columns(run.columns, nil)
        let splits = try LoadedSplits(run.files) { try load($0, columns) }
        clock.mark("data read")
        try OutputFolder.check(run.arguments.outputFolder.path)
        let encoder = try encoder(run.model, columns, run.columns, run.options, nil)
        let train = try encoder.encode(splits.train)
        let validation = try splits.validation.map { try encoder.encode($0) }
        let test = try splits.test.map { try encoder.encode($0) }
        for (features, file) in [(train, run.files.train), (validation, run.files.validation ?? run.files.train)] {
            guard let features, !features.hasAnswers else { continue }
            throw CommandFailure.failed("\(file) has no answers; --label-column names their column")
        }
        Console.note("\(splits.train.numRows) questions are \(train.dataset.numRows) features")
        clock.mark("texts encoded")
        setSeed(run.arguments.seed)
        let model = try AutoModelForQuestionAnswering.fromPretrained(
            folder: run.model, ignoreMismatchedSizes: run.options.ignoreMismatchedSizes ?? false)
        model.config.nameOrPath = run.modelName
        clock.mark("model loaded")
        let selection = run.options.answerSelection(nil)
        let folder = run.arguments.outputFolder
        return PreparedTask(
            model: model, tokenizer: encoder.tokenizer, train: train.dataset, validation: validation?.dataset,
            test: test.map { ($0.dataset, $0.hasAnswers) },
            computeMetrics: metrics([validation, test].compactMap(\.self), selection),
            settings: settings(columns, encoder, selection),
            lines: { output, _ in
                guard let test, output.allPredictions.count > 1 else { return [] }
                let answers = try test.answers(
                    startLogits: output.allPredictions[0], endLogits: output.allPredictions[1], selection: selection)
                try answers.save(to: folder, prefix: "predict")
                return answers.map(\.jsonLine)
            })
    }

    /// Questions of SQuAD's layout, or a table with a row for each.
    fileprivate static func load(_ path: String, _ columns: QuestionAnsweringEncoder.Columns) throws -> Dataset {
        // A comma may be part of a name, too.
        let paths =
            FileManager.default.fileExists(atPath: path)
            ? [path] : path.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        if !paths.isEmpty, paths.allSatisfy({ isSquadFile($0) }) { return try loadDataset(squad: paths)["train"] }
        let rows = try TextFile(path).load(stringColumns: ["id", columns.question, columns.context])
        try rows.require(columns.question, flag: "--text-column", file: path)
        try rows.require(columns.context, flag: "--text-pair-column", file: path)
        return rows
    }

    fileprivate static func columns(
        _ options: ColumnOptions, _ stored: TaskSettings?
    ) -> QuestionAnsweringEncoder.Columns {
        .init(
            question: options.textColumn ?? stored?["text_column"]?.stringValue ?? "question",
            context: options.textPairColumn ?? stored?["text_pair_column"]?.stringValue ?? "context",
            answers: options.labelColumn ?? stored?["label_column"]?.stringValue ?? "answers")
    }

    private static func encoder(
        _ model: String, _ columns: QuestionAnsweringEncoder.Columns, _ flags: ColumnOptions, _ options: TaskOptions,
        _ stored: TaskSettings?
    ) throws -> QuestionAnsweringEncoder {
        let tokenizer = try AutoTokenizer.fromPretrained(folder: model)
        let given = flags.maxLength ?? stored?["max_length"]?.intValue
        let most = try LengthLimit.check(given, try AutoConfig.fromPretrained(folder: model), tokenizer)
        return try QuestionAnsweringEncoder(
            tokenizer: tokenizer, columns: columns, maxLength: given ?? min(384, most),
            docStride: options.docStride ?? stored?["doc_stride"]?.intValue ?? 128)
    }

    private static func settings(
        _ columns: QuestionAnsweringEncoder.Columns, _ encoder: QuestionAnsweringEncoder, _ selection: AnswerSelection
    ) -> TaskSettings {
        var settings = TaskSettings(
            task: name,
            values: [
                "text_column": .string(columns.question), "text_pair_column": .string(columns.context),
                "max_length": .int(encoder.maxLength), "doc_stride": .int(encoder.docStride),
            ])
        settings["label_column"] = columns.answers.map { .string($0) }
        selection.store(in: &settings)
        return settings
    }

    /// The metrics of whichever rows the predictions are of.
    private static func metrics(
        _ sets: [QuestionAnsweringFeatures], _ selection: AnswerSelection
    ) -> (EvalPrediction) throws -> Metrics {
        { prediction in
            let rows = prediction.predictions.size(0)
            let starts = try withTorchErrors { prediction.labelIds.array(of: Int.self) }
            // Sets of one size are told apart by their answers.
            let found = try sets.first { features in
                guard features.hasAnswers, features.dataset.numRows == rows else { return false }
                return try features.dataset.column("start_positions") as [Int] == starts
            }
            guard let features = found else {
                throw CommandFailure.failed("the predictions are of \(rows) features, which were not encoded")
            }
            return try features.metrics(selection)(prediction)
        }
    }

    static func evaluation(_ run: InferenceInputs) throws -> PreparedTask {
        let stored = try run.settings(of: self)
        let columns = columns(run.columns, stored)
        let file = run.file ?? ""
        let rows = try load(file, columns).take(run.maxSamples ?? .max)
        let encoder = try encoder(run.model, columns, run.columns, run.options, stored)
        let features = try encoder.encode(rows)
        guard features.hasAnswers else {
            throw CommandFailure.failed("\(file) has no answers; --label-column names their column")
        }
        let selection = run.options.answerSelection(stored)
        return PreparedTask(
            model: try AutoModelForQuestionAnswering.fromPretrained(folder: run.model), tokenizer: encoder.tokenizer,
            validation: features.dataset, computeMetrics: features.metrics(selection),
            settings: settings(columns, encoder, selection), lines: { _, _ in [] })
    }

    static func predictor(_ run: InferenceInputs) throws -> any TaskPredictor {
        let stored = try run.settings(of: self)
        let pipeline = try QuestionAnsweringPipeline(
            folder: run.model,
            options: PipelineOptions {
                $0.device = run.arguments.useCpu ? .cpu : .automatic
                $0.isFast = run.arguments.numerics == .fast
                $0.maxLength = run.columns.maxLength
                $0.docStride = run.options.docStride
            })
        pipeline.selection = run.options.answerSelection(stored)
        return AnswerPredictor(
            pipeline: pipeline, columns: columns(run.columns, stored),
            batchSize: run.arguments.perDeviceEvalBatchSize)
    }
}

private struct AnswerPredictor: TaskPredictor {
    let pipeline: QuestionAnsweringPipeline
    let columns: QuestionAnsweringEncoder.Columns
    let batchSize: Int

    func lines(ofFile file: String) throws -> [String] {
        let rows = try QuestionAnsweringTask.load(file, columns)
        let questions: [String] = try rows.column(columns.question)
        let contexts: [String] = try rows.column(columns.context)
        let ids: [String]? = rows.features["id"]?.isString == true ? try rows.column("id") : nil
        let answers = try pipeline.predict(
            zip(questions, contexts).map { .init(question: $0, context: $1) }, batchSize: batchSize)
        return answers.enumerated().map { row, answer in
            AnswerPrediction(id: ids?[row] ?? "\(row)", text: answer.text, nBest: answer.nBest).jsonLine
        }
    }

    func line(for input: String, number: Int) throws -> String {
        let parts = input.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else {
            throw CommandFailure.failed(
                "standard input, line \(number): a question and a text with a tab between them are wanted")
        }
        let answer = try pipeline.predict([.init(question: parts[0], context: parts[1])], batchSize: 1)[0]
        return AnswerPrediction(id: "\(number)", text: answer.text, nBest: answer.nBest).jsonLine
    }
}

extension AnswerPrediction {
    /// `{"id": …, "answer": …, "score": …, "start": …, "end": …}`, the last three as Python's pipeline gives them.
    fileprivate var jsonLine: String {
        let best = nBest.first { $0.text == text }
        var object: JSONObject = ["id": .string(id), "answer": .string(text)]
        object["score"] = best.map { .double(Double($0.probability)) }
        object["start"] = best.map { .int($0.range.lowerBound) }
        object["end"] = best.map { .int($0.range.upperBound) }
        return JSONValue.object(object).serialized(JSONFormat(ensureASCII: false))
    }
}
