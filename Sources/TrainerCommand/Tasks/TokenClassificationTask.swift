import Foundation
import OrderedJSON
import SwiftTrainer

/// A tag for each word: named entities and the like.
enum TokenClassificationTask: CommandTask {
    static let name = "token-classification"

    static func prepare(_ run: TrainingInputs, _ clock: RunClock) throws -> PreparedTask {
        let configuration = try AutoConfig.fromPretrained(folder: run.model)
        let data = try TaggedFiles(run)
        clock.mark("data read")
        try OutputFolder.check(run.arguments.outputFolder.path)
        let names = try data.train.tagNames(in: data.columns.tags)
        // Names that the model has already keep their numbers.
        let known = configuration["id2label"] == nil ? [] : configuration.labels
        let labels = Set(known) == Set(names) ? known : names
        let encoder = try encoder(
            run.model, configuration, labels: labels, data.columns, maxLength: run.columns.maxLength,
            labelAllTokens: run.options.labelAllTokens ?? false)
        let train = try encoder.encode(data.train)
        let validation = try data.validation.map { try encoder.encode($0) }
        let test = try data.test.map { try encoder.encode($0) }
        Console.note(try encoder.preview(data.train, count: 1))
        for (name, rows) in [("train", train), ("validation", validation), ("test", test)] {
            if let rows { Console.note("\(name): \(rows.truncation)") }
        }
        clock.mark("texts encoded")
        setSeed(run.arguments.seed)
        let model = try AutoModelForTokenClassification.fromPretrained(
            folder: run.model, labels: labels,
            ignoreMismatchedSizes: run.options.ignoreMismatchedSizes ?? false)
        model.config.nameOrPath = run.modelName
        clock.mark("model loaded")
        var settings = data.columns.settings
        settings["max_length"] = run.columns.maxLength.map { .int($0) }
        settings["label_all_tokens"] = run.options.labelAllTokens.map { .bool($0) }
        return PreparedTask(
            model: model, tokenizer: encoder.tokenizer,
            collator: try DataCollatorForTokenClassification(encoder.tokenizer), train: train.dataset,
            validation: validation?.dataset,
            test: test.map { ($0.dataset, $0.dataset.columnNames.contains("labels")) },
            computeMetrics: metrics(encoder, run.options, [validation, test].compactMap(\.self)), settings: settings,
            lines: { output, _ in
                guard let test = data.test else { return [] }
                return try lines(test, output, encoder, run.options.aggregationStrategy ?? .first)
            })
    }

    private static func encoder(
        _ model: String, _ configuration: ModelConfiguration, labels: [String], _ columns: TaggedColumns,
        maxLength: Int?, labelAllTokens: Bool
    ) throws -> TokenClassificationEncoder {
        let tokenizer = try AutoTokenizer.fromPretrained(folder: model)
        let most = try AutoConfig.maxInputLength(configuration) ?? .max
        if let maxLength, maxLength > most {
            throw CommandFailure.usage("--max-length is \(maxLength), but the model takes at most \(most) tokens")
        }
        return try TokenClassificationEncoder(
            tokenizer: tokenizer, labels: labels, tokensColumn: columns.tokens, tagsColumn: columns.tags,
            maxLength: maxLength ?? min(tokenizer.modelMaxLength, most), labelAllTokens: labelAllTokens)
    }

    /// Scores of words, whether all pieces have labels or not.
    private static func metrics(
        _ encoder: TokenClassificationEncoder, _ options: TaskOptions, _ sets: [TokenClassificationRows]
    ) -> (EvalPrediction) throws -> Metrics {
        let byEntity = options.returnEntityLevelMetrics ?? false
        guard encoder.labelAllTokens else {
            return TokenClassificationMetrics(labels: encoder.labels, entityLevel: byEntity).compute
        }
        return { prediction in
            var failure: MetricError?
            for rows in sets where rows.dataset.numRows == prediction.labelIds.size(0) {
                do throws(MetricError) {
                    return try wordScores(encoder.labels, byEntity, rows.wordStarts, prediction)
                } catch { failure = error }
            }
            throw failure ?? .invalid(metric: "seqeval", reason: "the rows are none of those that were encoded")
        }
    }

    private static func wordScores(
        _ labels: [String], _ byEntity: Bool, _ wordStarts: [[Bool]], _ prediction: EvalPrediction
    ) throws(MetricError) -> Metrics {
        do {
            return try TokenClassificationMetrics(labels: labels, entityLevel: byEntity, wordStarts: wordStarts)
                .compute(prediction)
        } catch let error as MetricError {
            throw error
        } catch {
            throw .invalid(metric: "seqeval", reason: "\(error)")
        }
    }

    private static func lines(
        _ rows: Dataset, _ output: PredictionOutput, _ encoder: TokenClassificationEncoder,
        _ strategy: AggregationStrategy
    ) throws -> [String] {
        guard let logits = output.predictions else { return [] }
        let (length, width) = (logits.size(1), logits.size(2))
        let values = logits.array(of: Float.self)
        let aggregator = EntityAggregator(tokenizer: encoder.tokenizer, labels: encoder.labels, strategy: strategy)
        return try rows.indices.map { row in
            let words: [String] = try rows[row][encoder.tokensColumn]
            let encoding = try encoder.encode([words])[0]
            // Rows of narrower batches are filled with -100 on the right.
            let end = (0..<length).last { values[(row * length + $0) * width] != -100 } ?? length - 1
            let first = row * length + (encoder.tokenizer.paddingSide == .left ? end + 1 - encoding.count : 0)
            return try WordPrediction(
                words: words, encoding: encoding,
                logits: Array(values[first * width..<(first + encoding.count) * width]), labels: encoder.labels,
                aggregator
            ).jsonLine
        }
    }

    static func evaluation(_ run: InferenceInputs) throws -> PreparedTask {
        let configuration = try AutoConfig.fromPretrained(folder: run.model)
        let stored = try run.settings(of: self)
        let columns = try TaggedColumns(run.columns, stored)
        let files = try TaggedFiles.splits([("test", run.file ?? "")], columns)
        let rows = try TaggedFiles.converted(files, columns, run.options)["test"].take(run.maxSamples ?? .max)
        let encoder = try encoder(
            run.model, configuration, labels: configuration.labels, columns,
            maxLength: run.columns.maxLength ?? stored?["max_length"]?.intValue,
            labelAllTokens: run.options.labelAllTokens ?? stored?["label_all_tokens"]?.boolValue ?? false)
        let encoded = try encoder.encode(rows)
        Console.note("\(encoded.truncation)")
        return PreparedTask(
            model: try AutoModelForTokenClassification.fromPretrained(folder: run.model),
            tokenizer: encoder.tokenizer, collator: try DataCollatorForTokenClassification(encoder.tokenizer),
            validation: encoded.dataset, computeMetrics: metrics(encoder, run.options, [encoded]),
            settings: columns.settings, lines: { _, _ in [] })
    }

    static func predictor(_ run: InferenceInputs) throws -> any TaskPredictor {
        TagPredictor(
            classifier: try TokenClassificationPipeline(
                folder: run.model, strategy: run.options.aggregationStrategy ?? .first,
                maxLength: run.columns.maxLength ?? run.settings(of: self)?["max_length"]?.intValue,
                isFast: run.arguments.numerics == .fast, device: run.arguments.useCpu ? .cpu : .automatic),
            columns: try TaggedColumns(run.columns, run.settings(of: self)),
            batchSize: run.arguments.perDeviceEvalBatchSize)
    }
}

private struct TagPredictor: TaskPredictor {
    let classifier: TokenClassificationPipeline
    let columns: TaggedColumns
    let batchSize: Int

    func lines(ofFile file: String) throws -> [String] {
        let rows = try TaggedFiles.splits([("test", file)], columns)["test"]
        let words: [[String]] = try rows.indices.map { try rows[$0][columns.tokens] }
        return try classifier.predict(words: words, batchSize: batchSize).map(\.jsonLine)
    }

    func line(for input: String, number: Int) throws -> String {
        let entities = try classifier.predict([input], batchSize: 1)[0]
        return JSONValue.object(["text": .string(input), "entities": .array(entities.map(\.json))])
            .serialized(JSONFormat(ensureASCII: false))
    }
}

extension WordPrediction {
    /// `{"tokens": […], "labels": […], "entities": […]}`
    fileprivate var jsonLine: String {
        JSONValue.object([
            "tokens": .array(words.map { .string($0) }),
            "labels": .array(labels.map { $0.map { .string($0) } ?? .null }),
            "entities": .array(entities.map(\.json)),
        ]).serialized(JSONFormat(ensureASCII: false))
    }
}

extension EntityPrediction {
    /// As Python's pipeline writes it.
    fileprivate var json: JSONValue {
        var object: JSONObject = [
            index == nil ? "entity_group" : "entity": .string(entity), "score": .double(Double(score)),
        ]
        object["index"] = index.map { .int($0) }
        object["word"] = .string(word)
        object["start"] = .int(start)
        object["end"] = .int(end)
        return .object(object)
    }
}
