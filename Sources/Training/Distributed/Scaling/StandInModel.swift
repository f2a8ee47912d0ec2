public import Torch

/// Square layers one after the other: the arithmetic of a model of which only the number of parameters is known.
///
/// Attention, whose cost grows with the square of the length, is not in it.
public final class StandInModel: Module, TrainableModel {
    @Child var layers: [Linear]
    public let acceptsLossCount = false
    /// How many times as many parameters the model has that it stands for.
    public let scale: Double

    /// More than so many parameters are not made: a step's time grows in proportion.
    private static let mostParameters = 16 << 20

    /// - Parameter parameters: Of the model that it stands for; at least 1.
    public init(parameters: Int) {
        let held = min(max(parameters, 1), Self.mostParameters)
        // As wide as models of that size, and at least a few layers.
        var width = 1024
        while width > 8, width * width * 4 > held { width /= 2 }
        let count = max(1, held / (width * width))
        layers = (0..<count).map { _ in Linear(width, width) }
        scale = Double(parameters) / Double(count * width * (width + 1))
        super.init()
    }

    /// Rows for it: `count` texts of `length` tokens.
    public func rows(count: Int, length: Int) -> TensorDataset {
        let width = layers[0].weight.size(0)
        return TensorDataset(["inputs": .rand([count, length, width])])
    }

    public func forward(_ inputs: Batch) throws -> ModelOutput {
        var hidden = try inputs.require("inputs")
        for layer in layers { hidden = layer(hidden).relu() }
        return ModelOutput(loss: (hidden * hidden).mean(), logits: hidden.mean(dim: [1]))
    }
}

extension StepCosts {
    /// The costs of a model with so many times the parameters, in as many times the layers.
    public func scaled(by factor: Double) -> StepCosts {
        let whole = Int(factor)
        let rest = factor - Double(whole)
        var all = [[GradientBuckets.Gradient]](repeating: gradients, count: min(whole, 1 << 12)).flatMap { $0 }
        if rest > 0 || whole == 0 {
            all += gradients.map { .init(bytes: Int(Double($0.bytes) * rest), work: $0.work * rest) }
        }
        var result = self
        result.forward *= factor
        result.backward *= factor
        result.update *= factor
        result.gradients = all
        return result
    }
}
