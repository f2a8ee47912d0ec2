@_exported public import Torch

/// A model that ``Trainer`` can train: any `Module` with a forward pass over a ``Batch``.
///
/// ```swift
/// final class Classifier: Module, TrainableModel {
///     @Child var fc: Linear
///     init(inputSize: Int, labels: Int) { fc = Linear(inputSize, labels) }
///
///     func forward(_ inputs: Batch) throws -> ModelOutput {
///         let logits = fc(try inputs.require("input_ids"))
///         return ModelOutput(loss: inputs[.labels].map { crossEntropy(logits, $0) }, logits: logits)
///     }
/// }
/// ```
public protocol TrainableModel: Module {
    /// Computes the outputs, and the loss where the batch has labels.
    func forward(_ inputs: Batch) throws -> ModelOutput

    /// Whether Python's Trainer takes this model to normalise its loss by the number of labels itself (its `forward` has
    /// `**kwargs` there). Matters for `lossScaling: .python` alone. Default false.
    var acceptsLossCount: Bool { get }

    /// Whether each place's scores are compared with the label after it. Python's Trainer then shifts the labels where it
    /// smooths them, and the model's loss is a sum divided by the step's count of labels. Default false.
    var predictsNextToken: Bool { get }

    /// How many labels of this batch count in the loss (Python's `num_items_in_batch`, whose sum over a step's batches
    /// `computeLossFunc` gets). Asked with the batch on the CPU. Default: ``Batch/labelCount``, the labels other than -100,
    /// or the rows where there are no labels. A model that predicts the next token counts `labels[..., 1:]`.
    func labelCount(_ inputs: Batch) -> Int

    /// What Python's Trainer counts instead, where that differs. Matters for `lossScaling: .python` alone. Default:
    /// ``labelCount(_:)``.
    func pythonLabelCount(_ inputs: Batch) -> Int

    /// Weight of this batch's mean loss among the micro-batches of a step: the labels that count, or their class weights
    /// added up. Asked with the batch on the CPU. Default: ``labelCount(_:)``. Matters for
    /// `lossScaling: .mean` alone.
    func lossWeight(_ inputs: Batch) -> Double

    /// Names of the inputs that ``forward(_:)`` reads; nil where it may read any. Other columns are left out of batches
    /// (`removeUnusedColumns`).
    var inputNames: [String]? { get }

    /// Names of the batch entries that are labels, where the arguments name none: evaluation reports a loss where all of
    /// them are there. Default `labels`; a model that answers questions has `start_positions` and `end_positions`.
    var labelNames: [String] { get }

    /// Outputs that are not kept for metrics and predictions (Python's `keys_to_ignore_at_inference`). Default
    /// `past_key_values`.
    var keysToIgnoreAtInference: [String] { get }

    /// Floating point operations of a training step on this batch, for `total_flos`. Default 0, as Python's for models of
    /// one's own.
    func floatingPointOperations(_ inputs: Batch) -> Double
}

extension TrainableModel {
    public var acceptsLossCount: Bool { false }
    public var predictsNextToken: Bool { false }
    public func labelCount(_ inputs: Batch) -> Int {
        inputs.labelCount ?? inputs[.labels].map { $0.ne(-100).sum().item(as: Int.self) } ?? inputs.count
    }
    public func pythonLabelCount(_ inputs: Batch) -> Int { labelCount(inputs) }
    public func lossWeight(_ inputs: Batch) -> Double { Double(labelCount(inputs)) }
    public var inputNames: [String]? { nil }
    public var labelNames: [String] { ["labels"] }
    public var keysToIgnoreAtInference: [String] { ["past_key_values"] }
    public func floatingPointOperations(_ inputs: Batch) -> Double { 0 }
}
