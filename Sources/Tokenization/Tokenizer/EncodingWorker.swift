internal import Synchronization

/// Encodes texts one after the other, using its memory again.
final class EncodingWorker {
    private var encoder: SequenceEncoder
    private var first = TokenSequence()
    private var second = TokenSequence()

    init(_ tokenizer: Tokenizer) {
        encoder = SequenceEncoder(tokenizer.matchers, tokenizer.pipeline)
    }

    /// The encoding of a text or a pair, cut but not padded, by the tokenizer that this was made for.
    func encode(
        _ text: String, _ textPair: String?, _ options: EncodingOptions, _ tokenizer: Tokenizer
    ) throws(TokenizerError) -> Encoding {
        try encoder.encode(text, into: &first)
        if let textPair { try encoder.encode(textPair, into: &second) } else { second.removeAll() }
        let template = textPair == nil ? tokenizer.singleTemplate : tokenizer.pairTemplate
        let specials = options.addSpecialTokens ? template.specialCount : 0
        if options.truncation != .doNotTruncate, options.truncationLength < specials {
            throw .invalidArgument(
                "maxLength is \(options.truncationLength), which has no room for the \(specials) special tokens")
        }
        let plan = try TruncationPlan(
            first: first.count, second: textPair == nil ? nil : second.count,
            limit: options.truncationLength - specials, strategy: options.truncation)
        func kept(_ count: Int, of sequence: TokenSequence) -> Range<Int> {
            options.truncationSide == .right ? 0..<count : sequence.count - count..<sequence.count
        }
        let total = plan.first + plan.second + specials
        return Encoding(
            template, first: first, firstRange: kept(plan.first, of: first), second: second,
            secondRange: kept(plan.second, of: second), addSpecialTokens: options.addSpecialTokens,
            capacity: max(total, options.padding?.length ?? 0), table: tokenizer.table,
            margins: tokenizer.margins)
    }
}

/// A tokenizer's workers, which keep their memory and the words they have met from one call to the next.
final class EncodingWorkers: Sendable {
    /// A worker on its way from one thread to another.
    private struct Idle: @unchecked Sendable {
        // It is in the list while no thread uses it, and taken out under the lock.
        let worker: EncodingWorker
    }

    private let idle = Mutex<[Idle]>([])

    /// Runs `body` with a worker that nobody else uses.
    func withWorker<Result>(
        of tokenizer: Tokenizer, _ body: (EncodingWorker) throws(TokenizerError) -> Result
    ) throws(TokenizerError) -> Result {
        let worker = idle.withLock { $0.popLast() } ?? Idle(worker: EncodingWorker(tokenizer))
        defer { idle.withLock { $0.append(worker) } }
        return try body(worker.worker)
    }
}
