import PretrainedModels
import Tokenization
import Torch
import Training

/// Runs a model over rows of tokens in batches of similar length.
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

    /// Calls `body` with each row's place and the logits of the row, `[labels]`, in no particular order.
    func forEachRow(
        _ encodings: [Encoding], batchSize: Int, _ body: (_ place: Int, _ logits: ArraySlice<Float>) throws -> Void
    ) throws {
        try forEachBatch(rows(encodings), batchSize) { places, output in
            guard let logits = output.logits, logits.dim == 2 else { throw unexpected("one row of logits a text") }
            let (width, values) = (logits.size(1), logits.to(.float32).array(of: Float.self))
            for (row, place) in places.enumerated() { try body(place, values[row * width..<(row + 1) * width]) }
        }
    }

    /// Calls `body` with each row's place and the logits of its own tokens, `[tokens, labels]` row by row, in no
    /// particular order.
    func forEach(
        _ encodings: [Encoding], batchSize: Int, _ body: (_ place: Int, _ logits: [Float]) throws -> Void
    ) throws {
        try forEachBatch(rows(encodings), batchSize) { places, output in
            guard let logits = output.logits, logits.dim == 3 else { throw unexpected("logits for each token") }
            let (length, width) = (logits.size(1), logits.size(2))
            let values = logits.to(.float32).array(of: Float.self)
            for (row, place) in places.enumerated() {
                let tokens = tokens(row, count: encodings[place].count, length)
                try body(place, Array(values[tokens.lowerBound * width..<tokens.upperBound * width]))
            }
        }
    }

    /// Calls `body` with each row's place and the scores of its own tokens as start and end of an answer.
    func forEach(
        _ encodings: [(ids: [Int32], types: [Int32], mask: [Int32])], batchSize: Int,
        _ body: (_ place: Int, _ scores: [(start: Float, end: Float)]) throws -> Void
    ) throws {
        let rows = encodings.map { row($0.ids, $0.types, mask: $0.mask) }
        try forEachBatch(rows, batchSize) { places, output in
            let named = Dictionary(output.others.map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first })
            guard let starts = named["start_logits"], let ends = named["end_logits"] else {
                throw unexpected("start_logits and end_logits")
            }
            let length = starts.size(1)
            let pairs = zip(
                starts.to(.float32).array(of: Float.self), ends.to(.float32).array(of: Float.self)
            ).map { (start: $0, end: $1) }
            for (row, place) in places.enumerated() {
                try body(place, Array(pairs[tokens(row, count: encodings[place].ids.count, length)]))
            }
        }
    }

    private func forEachBatch(
        _ rows: [DataCollatorWithPadding.Row], _ batchSize: Int, _ body: (_ places: [Int], ModelOutput) throws -> Void
    ) throws {
        let size = max(batchSize, 1)
        // Texts of one length need little padding.
        let order =
            isFast ? rows.indices.sorted { rows[$0].inputIds.count > rows[$1].inputIds.count } : Array(rows.indices)
        for start in stride(from: 0, to: order.count, by: size) {
            let places = Array(order[start..<min(start + size, order.count)])
            try withTorchErrors {
                var batch = collate(places.map { rows[$0] }, places: places).to(device: device)
                batch.step = StepContext(globalStep: 0, microBatch: 0, seed: 0, isFast: isFast)
                try body(places, inferenceMode { try model.evaluating { try model.forward(batch) } })
            }
        }
    }

    private func rows(_ encodings: [Encoding]) -> [DataCollatorWithPadding.Row] {
        encodings.map { row($0.inputIds, $0.tokenTypeIds, mask: $0.attentionMask) }
    }

    private func row(_ ids: [Int32], _ types: [Int32], mask: [Int32]) -> DataCollatorWithPadding.Row {
        let takesTypes = model.inputNames?.contains("token_type_ids") ?? true
        return DataCollatorWithPadding.Row(
            inputIds: ids, tokenTypeIds: takesTypes ? types : nil,
            attentionMask: mask)
    }

    /// The places of a row's own tokens among those of the batch.
    private func tokens(_ row: Int, count: Int, _ length: Int) -> Range<Int> {
        let first = row * length + (collate.paddingSide == .left ? length - count : 0)
        return first..<first + count
    }

    private func unexpected(_ wanted: String) -> TaskError {
        .argument(name: "model", problem: "\(type(of: model)) does not give \(wanted)")
    }
}
