import Training

/// Initial values of ModernBERT: each matrix is drawn twice as in Python, from the normal distribution that all models share,
/// then from a truncated one by what the matrix is for.
struct ModernBertInitialization {
    private let config: ModernBertConfiguration

    init(_ config: ModernBertConfiguration) { self.config = config }

    /// Draws what is part of a module that holds matrices of known purpose; others are passed over.
    ///
    /// - Parameters:
    ///   - module: A part of the model or of its head.
    ///   - isMissing: Whether the parameter of this name in the module is to be set.
    func draw(_ module: Module, _ isMissing: (String) -> Bool) {
        for group in groups(module) { draw(group, isMissing) }
        if let bias = (module as? LanguageHead)?.bias, isMissing("decoder.bias") { Init.zeros_(bias.bias) }
    }

    private typealias Part = (key: String, weight: Tensor, bias: Tensor?, std: Double)

    /// The matrices of a module; those of a group are drawn once each before any is drawn again.
    private func groups(_ module: Module) -> [[Part]] {
        let inward = config.initializerRange
        let outward = inward / (2 * Double(config.layers.count)).squareRoot()
        func part(_ key: String, _ layer: Linear, _ std: Double) -> Part { (key, layer.weight, layer.bias, std) }
        switch module {
        case let embeddings as ModernBertEmbeddings:
            return [[("tok_embeddings", embeddings.tokEmbeddings.weight, nil, inward)]]
        case let mlp as ModernBertMLP:
            return [[part("Wi", mlp.inputs, inward), part("Wo", mlp.output, outward)]]
        case let attention as ModernBertAttention:
            return [[part("Wqkv", attention.inputs, inward), part("Wo", attention.output, outward)]]
        case let head as ClassificationHead:
            let dense = head.dense.map { [part(head.design.dense?.key ?? "", $0, outward)] }
            let output = part(head.design.output, head.output, 1 / Double(config.hiddenSize).squareRoot())
            return [dense ?? [], [output]]
        case let head as LanguageHead: return head.drawn.map { [part($0.key, $0.layer, outward)] }
        default: return []
        }
    }

    private func draw(_ parts: [Part], _ isMissing: (String) -> Bool) {
        for part in parts {
            if isMissing(part.key + ".weight") { Init.normal_(part.weight, std: config.initializerRange) }
            if let bias = part.bias, isMissing(part.key + ".bias") { Init.zeros_(bias) }
        }
        for part in parts where isMissing(part.key + ".weight") {
            let bound = config.initializerCutoff * part.std
            Init.truncNormal_(part.weight, std: part.std, a: -bound, b: bound)
        }
    }
}
