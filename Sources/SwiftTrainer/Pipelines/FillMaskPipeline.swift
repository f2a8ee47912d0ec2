import PretrainedModels
public import Tokenization
import Torch
import Training

/// Words for the mask of a text; Python's `pipeline("fill-mask")`.
///
/// ```swift
/// let fill = try pipeline(.fillMask, model: "bert-base-uncased")
/// print(try fill("The capital of France is [MASK].")[0].tokenStr)
/// ```
public final class FillMaskPipeline: Pipeline {
    public static let task = "fill-mask"
    public let model: MaskedLanguageModel
    public let tokenizer: Tokenizer
    /// How many words are given for each mask.
    public let topK: Int
    private let runner: ModelRunner
    private let maxLength: Int
    private let mask: Int32

    /// - Throws: `PretrainedModelError`, `TokenizerError`, ``TaskError`` where the tokenizer has no mask.
    public init(folder: String, options: PipelineOptions = PipelineOptions()) throws {
        tokenizer = try AutoTokenizer.fromPretrained(folder: folder)
        model = try AutoModelForMaskedLM.fromPretrained(folder: folder)
        guard let mask = tokenizer.maskTokenId else {
            throw TaskError.argument(name: "tokenizer", problem: "it has no mask token")
        }
        self.mask = Int32(mask)
        topK = options.topK ?? 5
        guard topK > 0 else { throw TaskError.argument(name: "topK", problem: "\(topK) is not a positive number") }
        maxLength = options.maxLength ?? min(tokenizer.modelMaxLength, model.maxInputLength ?? .max)
        runner = try ModelRunner(model, tokenizer, isFast: options.isFast, device: options.device)
    }

    /// A word for a mask.
    public struct Fill: Sendable, Hashable {
        /// Its probability.
        public let score: Double
        public let token: Int
        /// The word as text.
        public let tokenStr: String
        /// The text with the word in the mask's place.
        public let sequence: String
    }

    /// For each text the likeliest words for its mask, the likeliest first.
    ///
    /// - Throws: ``TaskError`` for a text that does not have one mask, `TokenizerError`, `TorchError`.
    public func predict(_ texts: [String], batchSize: Int = 32) throws -> [[Fill]] {
        let encodings = try tokenizer(batch: texts, truncation: .longestFirst, maxLength: maxLength)
        let places = try encodings.enumerated().map { row, encoding -> Int in
            let masks = encoding.inputIds.indices.filter { encoding.inputIds[$0] == mask }
            guard masks.count == 1 else {
                throw TaskError.data(
                    place: "text \(row)", problem: "it has \(masks.count) masks",
                    remedy: "write \(tokenizer.idToToken(Int(mask)) ?? "the mask") once")
            }
            return masks[0]
        }
        var results = [[Fill]](repeating: [], count: texts.count)
        try runner.forEach(encodings.encodings, batchSize: batchSize) { row, logits in
            let ids = encodings[row].inputIds
            let width = logits.count / ids.count
            results[row] = fills(logits[places[row] * width..<(places[row] + 1) * width], ids, at: places[row])
        }
        return results
    }

    private func fills(_ logits: ArraySlice<Float>, _ ids: [Int32], at place: Int) -> [Fill] {
        let scores = Softmax.rows(Array(logits), width: logits.count)
        // Few are wanted out of many.
        let best = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }.prefix(topK)
        return best.map { token in
            var filled = ids.map { Int($0) }
            filled[place] = token
            return Fill(
                score: Double(scores[token]), token: token, tokenStr: tokenizer.decode([token]),
                sequence: tokenizer.decode(filled, skipSpecialTokens: true))
        }
    }
}
