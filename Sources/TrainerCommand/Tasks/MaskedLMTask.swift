import OrderedJSON
import SwiftTrainer

/// Tokens that are hidden from a text.
enum MaskedLMTask: LanguageModelingTask {
    typealias Auto = AutoModelForMaskedLM
    static let name = "masked-lm"

    static func layout(_ options: TaskOptions, _ stored: TaskSettings?) -> LanguageModelingLayout {
        LanguageModelingLayout(
            lineByLine: options.lineByLine ?? stored?["line_by_line"]?.boolValue ?? false,
            withOffsets: options.wholeWordMask ?? stored?["whole_word_mask"]?.boolValue ?? false)
    }

    static func prepared(
        _ model: MaskedLanguageModel, _ encoder: LanguageModelingEncoder, _ options: TaskOptions,
        _ stored: TaskSettings?
    ) throws -> PreparedTask {
        let probability = options.mlmProbability ?? stored?["mlm_probability"]?.doubleValue ?? 0.15
        return PreparedTask(
            model: model, tokenizer: encoder.tokenizer,
            collator: try DataCollatorForLanguageModeling(encoder.tokenizer) {
                $0.mlmProbability = probability
                $0.wholeWordMask = encoder.withOffsets
            },
            computeMetrics: LanguageModelingMetrics().compute,
            preprocessLogits: LanguageModelingMetrics.preprocess,
            finish: { metrics in metrics["perplexity"] = metrics["eval_loss"].map { perplexity($0) } },
            settings: TaskSettings(
                task: name,
                values: [
                    "text_column": .string(encoder.textColumn), "max_length": .int(encoder.blockSize),
                    "line_by_line": .bool(encoder.lineByLine), "mlm_probability": .double(probability),
                    "whole_word_mask": .bool(encoder.withOffsets),
                ]), lines: { _, _ in [] })
    }

    static func predictor(_ run: InferenceInputs) throws -> any TaskPredictor {
        let pipeline = try FillMaskPipeline(
            folder: run.model,
            options: PipelineOptions {
                $0.device = run.arguments.useCpu ? .cpu : .automatic
                $0.isFast = run.arguments.numerics == .fast
                $0.maxLength = run.columns.maxLength
            })
        return try predictor(run) { texts, batchSize in
            try pipeline.predict(texts, batchSize: batchSize).map(json)
        }
    }

    /// A list, as Python's pipeline gives it.
    private static func json(_ fills: [FillMaskPipeline.Fill]) -> JSONValue {
        .array(
            fills.map { fill in
                [
                    "score": .double(fill.score), "token": .int(fill.token), "token_str": .string(fill.tokenStr),
                    "sequence": .string(fill.sequence),
                ]
            })
    }
}
