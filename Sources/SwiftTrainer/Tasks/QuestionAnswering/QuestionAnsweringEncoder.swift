public import Datasets
import Foundation
public import Tokenization

/// Turns questions and the texts that answer them into token ids, as Python's `run_qa.py`: a text that is too long becomes
/// several features, which overlap.
///
/// ```swift
/// let questions = try loadDataset(squad: ["train": "train.json", "validation": "dev.json"])
/// let encoder = try QuestionAnsweringEncoder(tokenizer: tokenizer)
/// let train = try encoder.encode(questions["train"])
/// let validation = try encoder.encode(questions["validation"])
/// let trainer = try Trainer(
///     model: model, trainDataset: train.dataset, evalDataset: validation.dataset, processingClass: tokenizer,
///     computeMetrics: validation.metrics())
/// ```
public struct QuestionAnsweringEncoder: Sendable {
    /// Which of a data set's columns are read.
    public struct Columns: Sendable, Hashable {
        /// Text; nil where rows are told apart by their numbers.
        public var id: String?
        public var question: String
        public var context: String
        /// A struct of the lists `text` and `answer_start`; nil where there are no answers.
        public var answers: String?

        public init(
            id: String? = "id", question: String = "question", context: String = "context", answers: String? = "answers"
        ) {
            self.id = id
            self.question = question
            self.context = context
            self.answers = answers
        }
    }

    public let tokenizer: Tokenizer
    public let columns: Columns
    /// Features are cut to this many tokens, special ones and the question included.
    public let maxLength: Int
    /// How many tokens neighbouring features of a text share.
    public let docStride: Int
    /// Whether features are padded to ``maxLength``.
    public let padToMaxLength: Bool

    /// - Parameters:
    ///   - tokenizer: the model's.
    ///   - columns: which columns are read.
    ///   - maxLength: Python's `max_seq_length`; no more than the tokenizer's maximum counts.
    ///   - docStride: Python's `doc_stride`.
    ///   - padToMaxLength: whether features are padded to `maxLength`, Python's `pad_to_max_length`; nil: where the
    ///     tokenizer pads on the left, which would move the places of answers in a batch.
    /// - Throws: ``TaskError`` where `maxLength` has no room for the shared tokens.
    public init(
        tokenizer: Tokenizer, columns: Columns = Columns(), maxLength: Int = 384, docStride: Int = 128,
        padToMaxLength: Bool? = nil
    ) throws {
        self.tokenizer = tokenizer
        self.columns = columns
        self.maxLength = min(maxLength, tokenizer.modelMaxLength)
        self.docStride = docStride
        self.padToMaxLength = padToMaxLength ?? (tokenizer.paddingSide == .left)
        guard docStride >= 0, self.maxLength - tokenizer.numSpecialTokensToAdd(pair: true) > docStride else {
            throw TaskError.argument(
                name: "docStride",
                problem:
                    "\(docStride) does not fit into \(self.maxLength) tokens beside the special ones and a question")
        }
    }

    /// The question stands before the text, or behind it where rows are padded on the left.
    private var contextIndex: Int { tokenizer.paddingSide == .right ? 1 : 0 }

    /// The features of all rows, with `start_positions` and `end_positions` where there are answers. A question that has
    /// none, and one whose answer is not in the feature, has the place of `[CLS]`.
    ///
    /// - Throws: ``TaskError`` naming the row, `DatasetError`, `TokenizerError`.
    public func encode(_ rows: Dataset) throws -> QuestionAnsweringFeatures {
        let hasAnswers = try self.hasAnswers(rows)
        var features = QuestionAnsweringFeatures.Builder()
        for start in stride(from: 0, to: rows.numRows, by: Self.batchSize) {
            let range = start..<min(start + Self.batchSize, rows.numRows)
            let questions: [String] = try range.map { Self.withoutLeadingSpace(try rows[$0][columns.question]) }
            let contexts: [String] = try range.map { try rows[$0][columns.context] }
            let encodings = try encode(questions: questions, contexts: contexts, firstRow: start, rows)
            for (feature, sample) in zip(encodings, encodings.overflowToSampleMapping) {
                let row = range.lowerBound + sample
                let answer = try hasAnswers ? answer(rows, row) : nil
                features.append(
                    feature, example: row, contextIndex: contextIndex,
                    positions: hasAnswers ? positions(in: feature, of: answer ?? nil) : nil)
            }
        }
        return try features.finish(examples: examples(rows, hasAnswers: hasAnswers))
    }

    private static let batchSize = 1000

    /// Whether any question has an answer: files for tests often have the column, but nothing in it.
    private func hasAnswers(_ rows: Dataset) throws -> Bool {
        guard let name = columns.answers, rows.columnNames.contains(name) else { return false }
        return try rows.indices.contains { try !answers(rows, $0).isEmpty }
    }

    private func encode(
        questions: [String], contexts: [String], firstRow: Int, _ rows: Dataset
    ) throws -> BatchEncoding {
        let questionFirst = contextIndex == 1
        func encode(_ questions: [String], _ contexts: [String]) throws -> BatchEncoding {
            try tokenizer(
                batch: questionFirst ? questions : contexts, textPairs: questionFirst ? contexts : questions,
                padding: padToMaxLength ? .maxLength : .doNotPad,
                truncation: questionFirst ? .onlySecond : .onlyFirst, maxLength: maxLength, stride: docStride,
                returnOverflowingTokens: true)
        }
        do {
            return try encode(questions, contexts)
        } catch let error as TokenizerError {
            // Which row is it?
            for (place, (question, context)) in zip(questions, contexts).enumerated() {
                guard (try? encode([question], [context])) == nil else { continue }
                throw TaskError.data(
                    place: rows.place(of: firstRow + place), problem: "the question can't be encoded (\(error))",
                    remedy: "shorten it, or give a larger maxLength or a smaller docStride")
            }
            throw error
        }
    }

    /// The first right answer, as Python trains on; nil where there is none.
    private func answer(_ rows: Dataset, _ row: Int) throws -> Range<Int>? {
        guard let first = try answers(rows, row).first else { return nil }
        return first.start..<first.start + first.text.unicodeScalars.count
    }

    private func answers(_ rows: Dataset, _ row: Int) throws -> [(text: String, start: Int)] {
        let name = columns.answers ?? ""
        let value: StructureValue = try rows[row][name]
        let texts = value["text"]?.elements ?? []
        let starts = value["answer_start"]?.elements ?? []
        func malformed(_ problem: String) -> TaskError {
            .data(
                place: rows.place(of: row), problem: "column '\(name)': \(problem)",
                remedy: "give the lists text and answer_start")
        }
        guard texts.count == starts.count else {
            throw malformed("\(texts.count) texts and \(starts.count) starts")
        }
        let length = try (rows[row][columns.context] as String).unicodeScalars.count
        return try zip(texts, starts).map { text, start in
            guard case .string(let text) = text, case .int(let start) = start, (0...length).contains(start) else {
                throw malformed("an answer does not start within the text")
            }
            return (text, start)
        }
    }

    /// The first and last token of an answer, or twice the place of `[CLS]`.
    private func positions(in feature: Encoding, of answer: Range<Int>?) -> (start: Int, end: Int) {
        let ids = feature.inputIds
        let start =
            [tokenizer.clsTokenId, tokenizer.specialTokens.bosToken.flatMap(tokenizer.tokenToId)].lazy
            .compactMap { id in id.flatMap { id in ids.firstIndex { Int($0) == id } } }.first ?? 0
        let sequences = feature.sequenceIds
        guard let answer, let first = sequences.firstIndex(of: contextIndex),
            let last = sequences.lastIndex(of: contextIndex)
        else { return (start, start) }
        let offsets = feature.offsets
        guard offsets[first].lowerBound <= answer.lowerBound, offsets[last].upperBound >= answer.upperBound else {
            return (start, start)
        }
        var begin = first
        while begin < offsets.count, offsets[begin].lowerBound <= answer.lowerBound, sequences[begin] == contextIndex {
            begin += 1
        }
        var end = last
        while end >= first, offsets[end].upperBound >= answer.upperBound { end -= 1 }
        return (begin - 1, end + 1)
    }

    private func examples(_ rows: Dataset, hasAnswers: Bool) throws -> [QuestionAnsweringFeatures.Example] {
        let id = columns.id.flatMap { rows.columnNames.contains($0) ? $0 : nil }
        return try rows.map { row in
            QuestionAnsweringFeatures.Example(
                id: try id.map { try row[$0] } ?? "\(row.index)", context: try row[columns.context],
                answers: try hasAnswers ? answers(rows, row.index).map(\.text) : [])
        }
    }

    /// Python's `lstrip`.
    private static func withoutLeadingSpace(_ text: String) -> String {
        let scalars = text.unicodeScalars.drop { scalar in
            scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
