/// The optimizers, by Python's names. ``OptimizerTable`` holds those that there are not, with the reasons.
public enum OptimizerNames: String, ArgumentChoice {
    /// AdamW in one fused kernel.
    case adamwTorchFused = "adamw_torch_fused"
    /// AdamW.
    case adamwTorch = "adamw_torch"
    /// Adafactor with the learning rate as given: neither relative steps nor scaled ones.
    case adafactor
    /// Stochastic gradient descent.
    case sgd
    /// Adagrad.
    case adagrad
    /// RMSprop.
    case rmsprop
    /// Lion with its state in float32.
    case lion32bit = "lion_32bit"
    /// AdEMAMix with its state in float32.
    case ademamix

    public static var valuesToCome: [String] { OptimizerTable.refused.map(\.name) }
    public static func reasonAgainst(_ value: String) -> String? {
        OptimizerTable.refused.first { $0.name == value }?.reason
    }
}
