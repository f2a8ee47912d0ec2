public import Training

extension BatchKey {
    /// `start_positions`: the answer's first token in each row, `[N]`, int64.
    public static let startPositions = BatchKey("start_positions")
    /// `end_positions`: the answer's last token in each row, `[N]`, int64.
    public static let endPositions = BatchKey("end_positions")
}

/// Base class of models that mark where in a text the answer to a question begins and ends.
open class QuestionAnsweringModel: HeadedModel {
    open override var task: HeadTask { .questionAnswering }
    open override var labelNames: [String] { ["start_positions", "end_positions"] }
    open override func labelCount(_ inputs: Batch) -> Int { inputs.count }
    // The mean is over the rows whose positions lie inside; a row outside counts for nothing in its half of the loss.
    open override func lossWeight(_ inputs: Batch) -> Double { Double(inputs.count) }

    /// Scores of the tokens as begin and end, `[N, L, 2]`.
    open func scores(_ inputs: Batch) throws -> Tensor {
        preconditionFailure("a QuestionAnsweringModel subclass must override scores(_:)")
    }

    /// `start_logits` and `end_logits` (`[N, L]` each), and the mean of their cross entropies with the batch's
    /// `start_positions` and `end_positions` (`int64 [N]`; those beyond the row are ignored) where it has both.
    open override func output(_ inputs: Batch) throws -> ModelOutput {
        let parts = try scores(inputs).split(1, dim: -1)
        let (start, end) = (parts[0].squeeze(-1).contiguous(), parts[1].squeeze(-1).contiguous())
        var loss: Tensor?
        if let first = inputs[.startPositions], let last = inputs[.endPositions] {
            let length = start.size(1)
            func half(_ logits: Tensor, _ positions: Tensor) -> Tensor {
                crossEntropy(logits, positions.reshape(-1).clamp(min: 0, max: .int(length)), ignoreIndex: length)
            }
            loss = (half(start, first) + half(end, last)) / 2
        }
        return ModelOutput(loss: loss, others: [("start_logits", start), ("end_logits", end)])
    }
}

/// An architecture with a head that finds answers: `BertForQuestionAnswering` and the like.
public final class ForQuestionAnswering<Base: Backbone>: QuestionAnsweringModel, BackboneHolder {
    @Child public var base: Base
    @Child public var head: ClassificationHead
    public override var backbone: (any Backbone)? { base }
    public override var memberOrder: [String] { Base.partOrder }

    /// A new model with Python's initial values, drawn from the CPU's generator.
    ///
    /// - Parameter config: Sizes and settings.
    /// - Throws: ``PretrainedModelError`` where the configuration cannot be used.
    public convenience init(_ config: ModelConfiguration) throws { try self.init(config, initialize: true) }

    init(_ config: ModelConfiguration, initialize: Bool) throws {
        guard config.numLabels == 2 else {
            throw PretrainedModelError.argument(
                "question answering needs 2 labels, for begin and end; the configuration has \(config.numLabels)")
        }
        let design = try Base.design(.questionAnswering, config)
        let (base, head) = try Base.assembled(
            config, addPoolingLayer: false, initialize: initialize
        ) { width in
            ClassificationHead(design, width: width, outputs: 2, initialize: initialize)
        }
        _base = Child(Base.prefix(.questionAnswering), base)
        _head = Child("", head)
        super.init(config: config)
        if initialize { head.apply { initializeMissing($0) } }
    }

    // Padding is computed too: in Python its scores are part of the softmax over the row.
    public override func scores(_ inputs: Batch) throws -> Tensor {
        let states = try base.tokenStates(inputs, allowsPacking: false)
        return head(states.hidden, HeadDropout(states, after: base.dropoutSites, training: training))
    }
}
