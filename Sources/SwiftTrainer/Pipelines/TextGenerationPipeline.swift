public import PretrainedModels
public import Tokenization
import Torch
import Training

/// Texts that go on from those given; Python's `pipeline("text-generation")`.
///
/// ```swift
/// let write = try pipeline(.textGeneration, model: "out")
/// print(try write("Once upon a time"))
/// ```
public final class TextGenerationPipeline: Pipeline {
    public static let task = "text-generation"
    public let model: CausalLanguageModel
    public let tokenizer: Tokenizer
    /// How texts are generated; what is nil is taken from the model's `generation_config.json`.
    public var generation: GenerationConfig
    private let device: Device

    /// - Throws: `PretrainedModelError`, `TokenizerError`, `TorchError`.
    public convenience init(folder: String, options: PipelineOptions = PipelineOptions()) throws {
        try self.init(folder: folder, options: options, generation: GenerationConfig())
    }

    /// Loads a folder that training has left.
    ///
    /// - Parameters:
    ///   - folder: with configuration, weights and tokenizer.
    ///   - options: where it computes.
    ///   - generation: how texts are generated.
    /// - Throws: `PretrainedModelError`, `TokenizerError`, `TorchError`.
    public init(folder: String, options: PipelineOptions = PipelineOptions(), generation: GenerationConfig) throws {
        tokenizer = try AutoTokenizer.fromPretrained(folder: folder)
        model = try AutoModelForCausalLM.fromPretrained(folder: folder)
        self.generation = generation
        device = options.device
        try withTorchErrors { _ = model.to(device: options.device) }
    }

    /// Each text with what goes on from it.
    ///
    /// - Throws: `TokenizerError`, `PretrainedModelError`, `TorchError`.
    public func predict(_ texts: [String], batchSize: Int = 32) throws -> [String] {
        let encodings = try tokenizer(batch: texts).inputIds
        var results = [String?](repeating: nil, count: texts.count)
        // Texts of one length need no padding, which the models of this kind often have no token for.
        let groups = Dictionary(grouping: encodings.indices) { encodings[$0].count }
        for (_, places) in groups.sorted(by: { $0.key < $1.key }) {
            for start in stride(from: 0, to: places.count, by: max(batchSize, 1)) {
                let part = Array(places[start..<min(start + max(batchSize, 1), places.count)])
                let made = try withTorchErrors {
                    let ids = Tensor(part.map { encodings[$0].map { Int($0) } }).to(device: device)
                    return try model.evaluating {
                        try model.generate(inputIds: ids, attentionMask: ids.onesLike(), config: generation)
                    }
                }
                let width = made.size(1)
                let tokens = made.array(of: Int.self)
                let each = made.size(0) / part.count
                for (row, place) in part.enumerated() {
                    let first = row * each * width
                    results[place] = tokenizer.decode(Array(tokens[first..<first + width]), skipSpecialTokens: true)
                }
            }
        }
        return results.compactMap { $0 }
    }
}
