import OrderedJSON
import SwiftTrainer

/// The next token of a text.
enum CausalLMTask: LanguageModelingTask {
    typealias Auto = AutoModelForCausalLM
    static let name = "causal-lm"

    static func layout(_ options: TaskOptions, _ stored: TaskSettings?) -> LanguageModelingLayout {
        LanguageModelingLayout(withLabels: true)
    }

    static func prepared(
        _ model: CausalLanguageModel, _ encoder: LanguageModelingEncoder, _ options: TaskOptions,
        _ stored: TaskSettings?
    ) throws -> PreparedTask {
        PreparedTask(
            model: model, tokenizer: encoder.tokenizer, collator: DefaultDataCollator(),
            computeMetrics: LanguageModelingMetrics(predictsNext: true).compute,
            preprocessLogits: LanguageModelingMetrics.preprocess,
            finish: { metrics in metrics["perplexity"] = metrics["eval_loss"].map { perplexity($0) } },
            settings: TaskSettings(
                task: name,
                values: ["text_column": .string(encoder.textColumn), "max_length": .int(encoder.blockSize)]),
            lines: { _, _ in [] })
    }

    static func predictor(_ run: InferenceInputs) throws -> any TaskPredictor {
        let options = run.options
        let pipeline = try TextGenerationPipeline(
            folder: run.model,
            options: PipelineOptions { $0.device = run.arguments.useCpu ? .cpu : .automatic },
            generation: GenerationConfig {
                $0.maxNewTokens = options.maxNewTokens ?? 50
                $0.temperature = options.temperature
                $0.topK = options.topK
                $0.topP = options.topP
                if options.temperature != nil || options.topK != nil || options.topP != nil { $0.doSample = true }
            })
        return try predictor(run) { texts, batchSize in
            try pipeline.predict(texts, batchSize: batchSize).map { ["generated_text": .string($0)] }
        }
    }
}
