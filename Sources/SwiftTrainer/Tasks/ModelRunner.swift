import PretrainedModels
import Tokenization
import Torch
import Training

/// Runs a model over encodings in batches of similar length.
struct ModelRunner {
    private let model: HeadedModel
    private let collate: DataCollatorWithPadding
    private let isFast: Bool
    private let device: Device

    /// - Throws: `PretrainedModelError` where the tokenizer has no padding token, `TorchError`.
    init(_ model: HeadedModel, _ tokenizer: Tokenizer, isFast: Bool, device: Device) throws {
        self.model = model
        collate = try DataCollatorWithPadding(tokenizer)
        self.isFast = isFast
        self.device = device
        try withTorchErrors { _ = model.to(device: device) }
    }

    /// Calls `body` with each encoding's place and the logits of its own tokens, `[tokens, width]` row by row, in no
    /// particular order.
    func forEach(
        _ encodings: [Encoding], batchSize: Int, _ body: (_ place: Int, _ logits: [Float]) throws -> Void
    ) throws {
        // Texts of one length need little padding.
        let order =
            isFast ? encodings.indices.sorted { encodings[$0].count > encodings[$1].count } : Array(encodings.indices)
        for start in stride(from: 0, to: order.count, by: max(batchSize, 1)) {
            let places = Array(order[start..<min(start + max(batchSize, 1), order.count)])
            let (logits, length, width) = try logits(encodings, places)
            for (row, place) in places.enumerated() {
                let count = encodings[place].count
                let first = row * length + (collate.paddingSide == .left ? length - count : 0)
                try body(place, Array(logits[first * width..<(first + count) * width]))
            }
        }
    }

    private func logits(_ encodings: [Encoding], _ places: [Int]) throws -> (values: [Float], length: Int, width: Int) {
        let takesTypes = model.inputNames?.contains("token_type_ids") ?? true
        let rows = places.map { place in
            DataCollatorWithPadding.Row(
                inputIds: encodings[place].inputIds, tokenTypeIds: takesTypes ? encodings[place].tokenTypeIds : nil,
                attentionMask: encodings[place].attentionMask)
        }
        return try withTorchErrors {
            var batch = collate(rows, places: places).to(device: device)
            batch.step = StepContext(globalStep: 0, microBatch: 0, seed: 0, isFast: isFast)
            let logits = try inferenceMode { try model.evaluating { try model.forward(batch).logits } }
            guard let logits, logits.dim == 3 else {
                throw TrainingError.argument("\(type(of: model)) gives no logits for each token")
            }
            return (logits.to(.float32).array(of: Float.self), logits.size(1), logits.size(2))
        }
    }
}
