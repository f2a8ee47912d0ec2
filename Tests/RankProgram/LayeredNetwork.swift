import OrderedJSON
import Training

/// Layers of one width between an entry and a head, with a table that all of them use.
final class LayeredNetwork: WatchedModel, TrainableModel, ActivationCheckpointingModel {
    @Child var entry: Linear
    @Child var layers: [Layer]
    @Child var head: Linear
    /// Outside layers, as word vectors are.
    @Parameter var scale: Tensor
    /// Used in every third step.
    @Child var seldom: Linear?
    var activationCheckpointing: ActivationCheckpointingOptions?
    var checkpointedLayers: [Module] { layers }

    final class Layer: Module {
        @Child var inner: Linear
        let dropout: Dropout
        init(_ width: Int, dropout: Double) {
            inner = Linear(width, width)
            self.dropout = Dropout(dropout)
        }
        func callAsFunction(_ input: Tensor) -> Tensor { input + dropout(inner(input).tanh()) }
    }

    init(_ options: JSONValue?) {
        let width = options?["width"]?.intValue ?? 8
        let dropout = options?["dropout"]?.doubleValue ?? 0
        entry = Linear(6, width)
        layers = (0..<(options?["layers"]?.intValue ?? 3)).map { _ in Layer(width, dropout: dropout) }
        head = Linear(width, 3)
        scale = Tensor.ones([width])
        super.init()
        if options?["seldom"] == true { seldom = Linear(width, 3) }
    }

    func forward(_ inputs: Batch) throws -> ModelOutput {
        try note(inputs)
        var hidden = entry(try inputs.require("input_ids")) * scale
        for layer in layers {
            hidden = layer.runAsLayer(
                hidden, isComputedAgain: training && activationCheckpointing != nil
            ) { layer($0) }
        }
        var logits = head(hidden)
        if let seldom, training, seen.count % 3 == 0 { logits = logits + seldom(hidden) }
        return ModelOutput(loss: inputs[.labels].map { crossEntropy(logits, $0) }, logits: logits)
    }
}
