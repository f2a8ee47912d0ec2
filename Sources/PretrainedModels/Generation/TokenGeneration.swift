public import Training

/// A text in the making: gives the rows' next tokens one step at a time, as
/// ``CausalLanguageModel/generate(inputIds:attentionMask:config:seed:onStep:)`` computes them.
///
/// ```swift
/// let generation = try model.generation(inputIds: ids, config: GenerationConfig { $0.maxNewTokens = 100 })
/// while let tokens = try generation.next() { print(tokens) }
/// ```
public final class TokenGeneration {
    private let model: CausalLanguageModel
    private let rules: GenerationRules
    private let processing: ScoreProcessing
    private let cache: KeyValueCache?
    private let device: Device
    private let promptLength: Int
    /// The rows so far: what was given, with its padding, and what was generated.
    public private(set) var rows: [[Int]]
    private var isOpen: [Bool]
    /// For padded rows: which tokens count, and the position of each row's last one.
    private var padding: Padding?

    private struct Padding {
        /// `[N, tokens]`
        var mask: Tensor
        /// `[N, tokens not seen yet]`
        var positions: Tensor
        /// Positions of all tokens, where nothing is kept.
        var allPositions: Tensor
    }

    init(
        _ model: CausalLanguageModel, _ inputIds: Tensor, _ attentionMask: Tensor?, _ config: GenerationConfig
    ) throws {
        guard inputIds.dim == 2, inputIds.numel > 0 else {
            throw PretrainedModelError.argument(
                "generation needs input_ids [N, L] with at least one token; they are \(inputIds.shape)")
        }
        if let attentionMask, attentionMask.shape != inputIds.shape {
            throw PretrainedModelError.argument(
                "attention_mask must be \(inputIds.shape) like input_ids; it is \(attentionMask.shape)")
        }
        let vocabulary = model.vocabularySize ?? Int.max
        let rules = try GenerationRules(
            config.over(model.generationConfig), promptLength: inputIds.size(1), positions: model.learnedPositions,
            vocabulary: vocabulary)
        let prompt = Prompt(inputIds, attentionMask, rules)
        if let id = prompt.rows.joined().first(where: { !(0..<vocabulary).contains($0) }) {
            throw PretrainedModelError.argument(
                "input_ids has the token \(id); the model's vocabulary has \(vocabulary)")
        }
        if prompt.masks.contains(where: { $0.last == 0 }) {
            Warnings.warn(
                "generation goes on from padding: rows for a decoder must be padded on the left (padding_side)")
        }
        self.model = model
        self.rules = rules
        device = model.device
        promptLength = inputIds.size(1)
        rows = prompt.rows
        processing = ScoreProcessing(rules: rules, padding: prompt.masks.map { $0.firstIndex { $0 != 0 } ?? 0 })
        cache = rules.useCache ? KeyValueCache() : nil
        isOpen = rows.map { _ in true }
        if prompt.masks.contains(where: { $0.contains(0) }) {
            let mask = Tensor(prompt.masks).to(device: device)
            let positions = (mask.cumsum(dim: -1) - 1).maskedFill(mask.eq(0), 0)
            padding = Padding(mask: mask, positions: positions, allPositions: positions)
        }
    }

    /// Whether every row has ended or the most tokens are there.
    public var isFinished: Bool { rows[0].count - promptLength >= rules.maxNewTokens || !isOpen.contains(true) }

    /// Generates the next token of every row.
    ///
    /// - Returns: A token for each row, nil for those that had ended; nil where all have ended.
    /// - Throws: ``PretrainedModelError``, `TorchError`.
    public func next() throws -> [Int?]? {
        guard !isFinished else { return nil }
        let chosen = try withTorchErrors { try noGrad { try model.evaluating { try chooseTokens() } } }
        let step = zip(chosen, isOpen).map { token, isOpen in isOpen ? token : nil }
        for (row, token) in step.enumerated() {
            rows[row].append(token ?? rules.padTokenId)
            if let token, rules.eosTokenIds.contains(token) { isOpen[row] = false }
        }
        return step
    }

    private func chooseTokens() throws -> [Int] {
        let hidden = try model.hiddenStates(inputs(), cache: cache)
        let last = hidden.select(dim: 1, index: hidden.size(1) - 1)
        let scores = processing(
            model.scores(last).to(.float32), rows: rows, generated: rows[0].count - promptLength)
        padding = padding.map(advanced)
        let tokens =
            rules.doSample ? scores.softmax(dim: -1).multinomial(1).squeeze(1) : scores.argmax(dim: -1)
        return tokens.array(of: Int.self)
    }

    /// What the model has not seen yet.
    private func inputs() -> DecoderInputs {
        let seen = cache?.length ?? 0
        let new = Tensor(rows.map { Array($0.dropFirst(seen)) }).to(device: device)
        return DecoderInputs(
            inputIds: new, attentionMask: padding?.mask,
            positionIds: cache == nil ? padding?.allPositions : padding?.positions)
    }

    private func advanced(_ padding: Padding) -> Padding {
        let count = padding.positions.size(1)
        let next = padding.positions.narrow(dim: 1, start: count - 1, length: 1) + 1
        let ones = Tensor.ones([rows.count, 1], dtype: .int64, device: device)
        return Padding(
            mask: Tensor.cat([padding.mask, ones], dim: 1), positions: next,
            allPositions: Tensor.cat([padding.allPositions, next], dim: 1))
    }
}

/// The rows given, each as often as texts are asked for.
private struct Prompt {
    let rows: [[Int]]
    let masks: [[Int]]

    init(_ inputIds: Tensor, _ attentionMask: Tensor?, _ rules: GenerationRules) {
        let width = inputIds.size(1)
        func split(_ tensor: Tensor) -> [[Int]] {
            let flat = tensor.array(of: Int.self)
            return stride(from: 0, to: flat.count, by: width).flatMap { start in
                [[Int]](repeating: Array(flat[start..<start + width]), count: rules.numReturnSequences)
            }
        }
        rows = split(inputIds)
        // As in Python a mask is told from padding tokens only where these cannot be ends of texts.
        let tellsPadding = rules.givenPadTokenId.map { !rules.eosTokenIds.contains($0) } ?? false
        masks = attentionMask.map(split) ?? rows.map { $0.map { tellsPadding && $0 == rules.padTokenId ? 0 : 1 } }
    }
}

extension CausalLanguageModel {
    /// Generates texts that go on from those given, as Python's `generate`.
    ///
    /// Rows of different lengths are padded on the left. A row ends with a token of `eosTokenId`; the work ends when all
    /// rows have ended.
    ///
    /// - Parameters:
    ///   - inputIds: The texts' token ids, `[N, L]`, int64.
    ///   - attentionMask: `[N, L]`, 1 for tokens and 0 for padding; nil: told from the padding token, as in Python.
    ///   - config: How; what is nil there is taken from ``generationConfig``.
    ///   - seed: Seeds the default generators first; nil: they go on. With the same seed the CPU draws what Python draws.
    ///   - onStep: Told each step's tokens, one for each row, nil for those that had ended. An error that it throws ends
    ///     the work.
    /// - Returns: What was given and what was generated, `int64 [N · numReturnSequences, …]` on the CPU; rows that ended
    ///   before others go on with `padTokenId`.
    /// - Throws: ``PretrainedModelError`` that names an option that is not supported or cannot be; `TorchError`; what
    ///   `onStep` throws.
    public func generate(
        inputIds: Tensor, attentionMask: Tensor? = nil, config: GenerationConfig = GenerationConfig(),
        seed: Int? = nil, onStep: ([Int?]) throws -> Void = { _ in }
    ) throws -> Tensor {
        let generation = try generation(inputIds: inputIds, attentionMask: attentionMask, config: config)
        if let seed { manualSeed(seed) }
        while let tokens = try generation.next() { try onStep(tokens) }
        return Tensor(generation.rows)
    }

    /// The texts of ``generate(inputIds:attentionMask:config:seed:onStep:)`` step by step.
    ///
    /// - Throws: ``PretrainedModelError``.
    public func generation(
        inputIds: Tensor, attentionMask: Tensor? = nil, config: GenerationConfig = GenerationConfig()
    ) throws -> TokenGeneration {
        try withTorchErrors { try TokenGeneration(self, inputIds, attentionMask, config) }
    }
}
