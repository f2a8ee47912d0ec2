internal import Synchronization

/// Encodes texts one after the other, using its memory again.
final class EncodingWorker {
    private var encoder: SequenceEncoder
    private var first = TokenSequence()
    private var second = TokenSequence()
    private var word = TokenSequence()

    init(_ tokenizer: Tokenizer) {
        encoder = SequenceEncoder(tokenizer.matchers, tokenizer.pipeline)
    }

    /// The encoding of a text or a pair, cut but not padded, by the tokenizer that this was made for.
    func encode(
        _ text: TextInput, _ textPair: TextInput?, _ options: EncodingOptions, _ tokenizer: Tokenizer
    ) throws(TokenizerError) -> Encoding {
        var (first, second) = (TokenSequence(), TokenSequence())
        swap(&first, &self.first)
        swap(&second, &self.second)
        defer {
            swap(&first, &self.first)
            swap(&second, &self.second)
        }
        try tokenize(text, into: &first)
        if let textPair { try tokenize(textPair, into: &second) } else { second.removeAll() }
        let template = textPair == nil ? tokenizer.singleTemplate : tokenizer.pairTemplate
        let specials = options.addSpecialTokens ? template.specialCount : 0
        if options.truncation != .doNotTruncate, options.truncationLength < specials {
            throw .invalidArgument(
                "maxLength is \(options.truncationLength), which has no room for the \(specials) special tokens")
        }
        let plan = try TruncationPlan(
            first: first.count, second: textPair == nil ? nil : second.count,
            limit: options.truncationLength - specials, strategy: options.truncation)
        func windows(_ total: Int, _ length: Int) throws(TokenizerError) -> TruncationWindows {
            try TruncationWindows(
                total: total, length: length, stride: options.stride, side: options.truncationSide)
        }
        let firstWindows = try windows(first.count, plan.first)
        let secondWindows = try windows(second.count, plan.second)
        let capacity = max(plan.first + plan.second + specials, options.padding?.length ?? 0)
        func assemble(_ first: SequencePart, _ second: SequencePart) -> Encoding {
            Encoding(
                template, first: first, second: second, addSpecialTokens: options.addSpecialTokens,
                capacity: capacity, table: tokenizer.table, margins: tokenizer.margins)
        }
        let firstPart = SequencePart(tokens: first, range: firstWindows.first)
        let secondPart = SequencePart(tokens: second, range: secondWindows.first)
        var encoding = assemble(firstPart, secondPart)
        if options.returnOverflowingTokens {
            let keepsTypeIds = !(options.addSpecialTokens && tokenizer.pipeline.postProcessor is RobertaProcessing)
            let pairs = try Self.overflow(firstWindows, secondWindows, template, capacity: capacity)
            encoding.overflowing = pairs.map { ranges in
                func part(_ part: SequencePart, _ range: Range<Int>, _ number: Int32) -> SequencePart {
                    let typeId = keepsTypeIds && range != part.range ? number : nil
                    return SequencePart(tokens: part.tokens, range: range, typeId: typeId)
                }
                return assemble(part(firstPart, ranges.0, 0), part(secondPart, ranges.1, 1))
            }
        }
        return encoding
    }

    /// Replaces `sequence` by the tokens of `text`.
    private func tokenize(_ text: TextInput, into sequence: inout TokenSequence) throws(TokenizerError) {
        switch text {
        case .text(let text): try encoder.encode(text, into: &sequence)
        case .words(let words):
            sequence.removeAll()
            for (number, text) in words.enumerated() {
                try encoder.encode(text, into: &word)
                sequence.append(word, asWord: Int32(truncatingIfNeeded: number))
            }
        }
    }

    /// More tokens than this in all parts of one text are refused.
    private static let overflowLimit = 1 << 28

    /// The parts of the texts that go together beside the first ones: each further part of the text that stands first
    /// with all of the other's, then its first part with the further ones of the other.
    private static func overflow(
        _ first: TruncationWindows, _ second: TruncationWindows, _ template: [TemplatePiece], capacity: Int
    ) throws(TokenizerError) -> [(Range<Int>, Range<Int>)] {
        let count = first.count.multipliedReportingOverflow(by: second.count)
        let tokens = count.partialValue.multipliedReportingOverflow(by: capacity)
        guard !count.overflow, !tokens.overflow, count.partialValue == 1 || tokens.partialValue < overflowLimit else {
            throw .truncation(
                "the parts of the texts and their combinations would have more than \(overflowLimit) tokens; make stride "
                    + "smaller, or cut only one of the texts")
        }
        guard count.partialValue > 1 else { return [] }
        let secondLeads = template.first { if case .sequence = $0 { true } else { false } }.map {
            if case .sequence(.second, _) = $0 { true } else { false }
        }
        let (outer, inner) = secondLeads == true ? (second.all, first.all) : (first.all, second.all)
        var pairs: [(Range<Int>, Range<Int>)] = []
        for part in outer.dropFirst() { for other in inner { pairs.append((part, other)) } }
        for other in inner.dropFirst() { pairs.append((outer[0], other)) }
        return secondLeads == true ? pairs.map { ($1, $0) } : pairs
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
