public import Datasets
import Tokenization

/// Questions as a model takes them, and what is needed to read answers off its predictions.
public struct QuestionAnsweringFeatures: Sendable {
    /// A question of the data set.
    public struct Example: Sendable, Hashable {
        public let id: String
        public let context: String
        /// The right answers; none where the question has none, or they are not known.
        public let answers: [String]
    }

    /// `input_ids`, `token_type_ids`, `attention_mask` and, where there are answers, `start_positions` and
    /// `end_positions`; one row a feature.
    public let dataset: Dataset
    public let examples: [Example]
    /// The number of the question that each feature belongs to.
    public let exampleOfFeature: [Int]
    /// Whether the right answers are known.
    public let hasAnswers: Bool
    let offsets: [ContextOffsets]

    /// Where in the text a feature's tokens are.
    struct ContextOffsets: Sendable {
        /// -1 for tokens that are not of the text.
        let starts: [Int32]
        let ends: [Int32]

        init(_ encoding: Encoding, contextIndex: Int) {
            let sequences = encoding.sequenceIds
            let offsets = encoding.offsets
            starts = offsets.indices.map { sequences[$0] == contextIndex ? Int32(offsets[$0].lowerBound) : -1 }
            ends = offsets.indices.map { sequences[$0] == contextIndex ? Int32(offsets[$0].upperBound) : -1 }
        }

        /// nil for a token that is not of the text, and beyond the end.
        subscript(token: Int) -> (start: Int, end: Int)? {
            guard starts.indices.contains(token), starts[token] >= 0 else { return nil }
            return (Int(starts[token]), Int(ends[token]))
        }
    }

    struct Builder {
        private var inputIds: [[Int32]] = []
        private var tokenTypeIds: [[Int32]] = []
        private var attentionMask: [[Int32]] = []
        private var starts: [Int] = []
        private var ends: [Int] = []
        private var examples: [Int] = []
        private var offsets: [ContextOffsets] = []

        mutating func append(
            _ encoding: Encoding, example: Int, contextIndex: Int, positions: (start: Int, end: Int)?
        ) {
            inputIds.append(encoding.inputIds)
            tokenTypeIds.append(encoding.tokenTypeIds)
            attentionMask.append(encoding.attentionMask)
            examples.append(example)
            offsets.append(ContextOffsets(encoding, contextIndex: contextIndex))
            if let positions {
                starts.append(positions.start)
                ends.append(positions.end)
            }
        }

        func finish(examples: [Example]) throws -> QuestionAnsweringFeatures {
            let hasAnswers = !starts.isEmpty
            var columns: [(name: String, values: any ColumnConvertible)] = [
                ("input_ids", inputIds), ("token_type_ids", tokenTypeIds), ("attention_mask", attentionMask),
            ]
            if hasAnswers { columns += [("start_positions", starts), ("end_positions", ends)] }
            return QuestionAnsweringFeatures(
                dataset: try Dataset.from(columns: columns), examples: examples, exampleOfFeature: self.examples,
                hasAnswers: hasAnswers, offsets: offsets)
        }
    }
}
