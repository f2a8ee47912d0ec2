import Foundation
public import ModelHub
import PretrainedModels
public import Torch

/// A trained model with its tokenizer, ready to answer; Python's `pipeline`.
///
/// ```swift
/// let classify = try pipeline(.textClassification, model: "out")
/// print(try classify("a fine film").label)
/// let tags = try pipeline(.tokenClassification, model: "tagger", options: .init { $0.device = .cuda })
/// try tags.stream(lines) { line, entities in print(line, entities) }
/// ```
/// A pipeline belongs to one thread at a time.
public protocol Pipeline: AnyObject {
    associatedtype Input
    associatedtype Output

    /// The task's name, as Python has it.
    static var task: String { get }

    /// Loads a folder that training has left.
    ///
    /// - Parameters:
    ///   - folder: with configuration, weights and tokenizer.
    ///   - options: where and how it computes.
    init(folder: String, options: PipelineOptions) throws

    /// Answers for several inputs, in order.
    ///
    /// - Parameters:
    ///   - inputs: the inputs.
    ///   - batchSize: inputs that are computed at once.
    func predict(_ inputs: [Input], batchSize: Int) throws -> [Output]
}

/// Where and how a ``Pipeline`` computes.
public struct PipelineOptions: Sendable, Hashable {
    public var device = Device.cpu
    /// Whether arithmetic may be reordered for speed; true by default.
    public var isFast = true
    /// Texts are cut, or read in parts, of this many tokens; nil for what was stored at training, or the most that
    /// tokenizer and model take.
    public var maxLength: Int?
    /// How many tokens the parts of a long text share (question answering); nil for what was stored at training, or 128.
    public var docStride: Int?
    /// How tags of pieces become entities (token classification).
    public var aggregationStrategy = AggregationStrategy.simple
    /// How many answers are given (question answering, filling masks); nil for 1 and 5.
    public var topK: Int?

    /// - Parameter set: Sets what differs from the defaults.
    public init(_ set: (inout PipelineOptions) -> Void = { _ in }) { set(&self) }
}

extension Pipeline {
    /// Answers for one input.
    public func callAsFunction(_ input: Input) throws -> Output {
        guard let output = try predict([input], batchSize: 1).first else {
            throw TaskError.argument(name: "input", problem: "the model gave no answer")
        }
        return output
    }

    /// Answers for several inputs, in order, 32 at once.
    public func callAsFunction(_ inputs: [Input]) throws -> [Output] { try predict(inputs, batchSize: 32) }

    /// Answers for inputs as they come, in order, without keeping them: for more than memory holds.
    ///
    /// - Parameters:
    ///   - inputs: any sequence, such as the rows of a streamed data set.
    ///   - batchSize: inputs that are computed at once.
    ///   - body: gets each input with its answer.
    public func stream(
        _ inputs: some Sequence<Input>, batchSize: Int = 32, _ body: (Input, Output) throws -> Void
    ) throws {
        var waiting: [Input] = []
        func answer() throws {
            for (input, output) in zip(waiting, try predict(waiting, batchSize: batchSize)) { try body(input, output) }
            waiting.removeAll(keepingCapacity: true)
        }
        for input in inputs {
            waiting.append(input)
            if waiting.count >= max(batchSize, 1) { try answer() }
        }
        if !waiting.isEmpty { try answer() }
    }
}

/// Which ``Pipeline`` is made: `.textClassification`, `.tokenClassification`, ….
public struct PipelineTask<Made: Pipeline>: Sendable {
    /// Python's name of the task.
    public var name: String { Made.task }
    init() {}
}

extension PipelineTask where Made == TextClassificationPipeline {
    /// A label, several, or a number for each text.
    public static var textClassification: PipelineTask { PipelineTask() }
}

extension PipelineTask where Made == TokenClassificationPipeline {
    /// The entities of each text.
    public static var tokenClassification: PipelineTask { PipelineTask() }
}

extension PipelineTask where Made == QuestionAnsweringPipeline {
    /// The part of a text that answers a question.
    public static var questionAnswering: PipelineTask { PipelineTask() }
}

extension PipelineTask where Made == FillMaskPipeline {
    /// The likeliest words for a text's mask.
    public static var fillMask: PipelineTask { PipelineTask() }
}

extension PipelineTask where Made == TextGenerationPipeline {
    /// Texts that go on from those given.
    public static var textGeneration: PipelineTask { PipelineTask() }
}

/// Loads a model and its tokenizer for a task.
///
/// - Parameters:
///   - task: the task.
///   - folder: with configuration, weights and tokenizer.
///   - options: where and how it computes.
/// - Throws: `PretrainedModelError`, `TokenizerError`, ``TaskError``.
public func pipeline<Made: Pipeline>(
    _ task: PipelineTask<Made>, model folder: String, options: PipelineOptions = PipelineOptions()
) throws -> Made {
    try Made(folder: folder, options: options)
}

/// Loads a model and its tokenizer from a folder that exists, or from a repository of the Hub.
///
/// - Parameters:
///   - task: the task.
///   - idOrFolder: a folder, or `org/name`.
///   - revision: a branch, tag or commit; nil: `main`.
///   - token: the access token; by default the environment's, or that of a login.
///   - options: where and how it computes.
/// - Throws: `HubError`, `PretrainedModelError`, `TokenizerError`, ``TaskError``.
public func pipeline<Made: Pipeline & SendableMetatype>(
    _ task: PipelineTask<Made>, model idOrFolder: String, revision: String? = nil, token: HubToken = .implicit,
    options: PipelineOptions = PipelineOptions()
) async throws -> sending Made {
    let folder = try await PretrainedFolder.find(
        idOrFolder, .all, otherFiles: [TaskSettings.fileName, GenerationConfig.fileName], revision: revision,
        api: HfApi(token: token))
    return try Made(folder: folder.path, options: options)
}
