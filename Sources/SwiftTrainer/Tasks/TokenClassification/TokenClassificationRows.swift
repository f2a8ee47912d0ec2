public import Datasets
import Tokenization
import Training

/// Tagged words as a model takes them, and what was lost on the way.
public struct TokenClassificationRows: Sendable {
    /// `input_ids`, `token_type_ids`, `attention_mask` and `labels`.
    public let dataset: Dataset
    /// For each row and each token that has a label, whether it begins a word: for
    /// `TokenClassificationMetrics(wordStarts:)`, so that scores are of words. Empty without labels.
    public let wordStarts: [[Bool]]
    public let truncation: TruncationReport

    /// How many words and entities have no token, because their row was cut or the tokenizer makes nothing of them.
    public struct TruncationReport: Sendable, Hashable, CustomStringConvertible {
        /// Rows that lack words.
        public internal(set) var rows = 0
        public internal(set) var words = 0
        public internal(set) var lostWords = 0
        public internal(set) var entities = 0
        /// Entities that lack a word or more: none of them can be found whole.
        public internal(set) var lostEntities = 0

        public var description: String {
            if lostWords == 0 { return "nothing is cut off: \(words) words, \(entities) entities" }
            return "\(lostWords) of \(words) words and \(lostEntities) of \(entities) entities are cut off, in \(rows) "
                + "row\(rows == 1 ? "" : "s"); a larger maxLength or shorter sentences keep them"
        }
    }

    struct Builder {
        private let hasLabels: Bool
        private var inputIds: [[Int32]] = []
        private var tokenTypeIds: [[Int32]] = []
        private var attentionMask: [[Int32]] = []
        private var labels: [[Int32]] = []
        private var wordStarts: [[Bool]] = []
        private var report = TruncationReport()

        init(hasLabels: Bool) { self.hasLabels = hasLabels }

        mutating func append(_ encoding: Encoding, labels row: [Int32]?, _ wordIds: [Int?]) {
            inputIds.append(encoding.inputIds)
            tokenTypeIds.append(encoding.tokenTypeIds)
            attentionMask.append(encoding.attentionMask)
            guard let row else { return }
            labels.append(row)
            var before: Int?
            var starts: [Bool] = []
            for (word, label) in zip(wordIds, row) {
                if label != -100 { starts.append(word != before) }
                before = word
            }
            wordStarts.append(starts)
        }

        mutating func count(words: Int, tags: [String]?, _ wordIds: [Int?]) throws {
            var isThere = [Bool](repeating: false, count: words)
            for case let word? in wordIds { isThere[word] = true }
            let lost = isThere.count { !$0 }
            report.words += words
            report.lostWords += lost
            report.rows += lost > 0 ? 1 : 0
            guard let tags, tags.contains(where: { $0 != "O" }) else { return }
            let entities = try TaggedEntity.find(in: [tags])
            report.entities += entities.count
            if lost > 0 { report.lostEntities += entities.count { !isThere[$0.tokens].allSatisfy { $0 } } }
        }

        func finish() throws -> TokenClassificationRows {
            var columns: [(name: String, values: any ColumnConvertible)] = [
                ("input_ids", inputIds), ("token_type_ids", tokenTypeIds), ("attention_mask", attentionMask),
            ]
            if hasLabels { columns.append(("labels", labels)) }
            return TokenClassificationRows(
                dataset: try Dataset.from(columns: columns), wordStarts: wordStarts, truncation: report)
        }
    }
}
