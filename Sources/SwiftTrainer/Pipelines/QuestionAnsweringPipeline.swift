import Datasets
import OrderedJSON
import PretrainedModels
public import Tokenization
import Torch
import Training

/// The part of a text that answers a question; Python's `pipeline("question-answering")`.
///
/// ```swift
/// let answer = try pipeline(.questionAnswering, model: "out")
/// print(try answer(.init(question: "Who wrote it?", context: "Ada Lovelace wrote it in 1843.")).text)
/// ```
public final class QuestionAnsweringPipeline: Pipeline {
    public static let task = "question-answering"
    public let model: QuestionAnsweringModel
    public let tokenizer: Tokenizer
    private let encoder: QuestionAnsweringEncoder
    private let runner: ModelRunner
    private let topK: Int?
    /// How answers are chosen; at first as was stored at training.
    public var selection: AnswerSelection

    /// A question with the text that answers it.
    public struct Question: Sendable, Hashable {
        public var question: String
        public var context: String

        /// - Parameters:
        ///   - question: the question.
        ///   - context: the text.
        public init(question: String, context: String) {
            self.question = question
            self.context = context
        }
    }

    /// - Throws: `PretrainedModelError`, `TokenizerError`, ``TaskError``.
    public init(folder: String, options: PipelineOptions = PipelineOptions()) throws {
        let stored = try TaskSettings.load(folder: folder)
        tokenizer = try AutoTokenizer.fromPretrained(folder: folder)
        model = try AutoModelForQuestionAnswering.fromPretrained(folder: folder)
        let most = min(tokenizer.modelMaxLength, model.maxInputLength ?? .max)
        let length = options.maxLength ?? stored?["max_length"]?.intValue ?? min(384, most)
        encoder = try QuestionAnsweringEncoder(
            tokenizer: tokenizer, columns: .init(answers: nil), maxLength: length,
            docStride: options.docStride ?? min(stored?["doc_stride"]?.intValue ?? 128, length / 2))
        selection = AnswerSelection(stored: stored)
        selection.nBestSize = max(selection.nBestSize, options.topK ?? 1)
        topK = options.topK
        runner = try ModelRunner(model, tokenizer, isFast: options.isFast, device: options.device)
    }

    /// The answer to each question, with further ones in ``AnswerPrediction/nBest``.
    ///
    /// - Throws: ``TaskError`` for a question that is too long, `TokenizerError`, `TorchError`.
    public func predict(_ questions: [Question], batchSize: Int = 32) throws -> [AnswerPrediction] {
        if questions.isEmpty { return [] }
        let rows = try Dataset.from(columns: [
            ("question", questions.map(\.question)), ("context", questions.map(\.context)),
        ])
        let features = try encoder.encode(rows)
        let ids: [[Int32]] = try features.dataset.column("input_ids")
        let types: [[Int32]] = try features.dataset.column("token_type_ids")
        let masks: [[Int32]] = try features.dataset.column("attention_mask")
        let width = ids.map(\.count).max() ?? 0
        // Beyond a feature's tokens nothing can be an answer.
        let lowest = -Float.greatestFiniteMagnitude / 4
        var starts = [Float](repeating: lowest, count: ids.count * width)
        var ends = starts
        try runner.forEach(ids.indices.map { (ids[$0], types[$0], masks[$0]) }, batchSize: batchSize) {
            place, outputs in
            for (token, pair) in outputs.enumerated() {
                starts[place * width + token] = pair.start
                ends[place * width + token] = pair.end
            }
        }
        return try features.answers(
            startLogits: Tensor(starts, shape: [ids.count, width]),
            endLogits: Tensor(ends, shape: [ids.count, width]), selection: selection
        ).map { answer in
            guard let topK else { return answer }
            return AnswerPrediction(
                id: answer.id, text: answer.text, nBest: Array(answer.nBest.prefix(topK)), scoreDiff: answer.scoreDiff)
        }
    }
}
