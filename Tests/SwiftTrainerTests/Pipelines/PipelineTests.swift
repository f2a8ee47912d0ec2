import Foundation
import SwiftTrainer
import Testing

/// Pipelines over small models made on the spot: one answer an input, the same one by one, in batches and as a stream.
struct PipelineTests {
    private let texts = ["a fine film", "dull", "the bad film is dull", "good good good", "a"]

    /// A small model with a head, saved with its tokenizer.
    private func withModel(_ make: (ModelConfiguration) throws -> PretrainedModel, _ body: (String) throws -> Void)
        throws
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pipeline-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try TinyModel.make(in: folder)
        setSeed(3)
        let configuration = try AutoConfig.fromPretrained(folder: folder)
        try withTorchErrors { try make(configuration) }.savePretrained(folder)
        try body(folder.path)
    }

    private func sameAnswers<Made: Pipeline>(_ made: Made, _ inputs: [Made.Input]) throws where Made.Output: Equatable {
        let all = try made.predict(inputs, batchSize: inputs.count)
        var streamed: [Made.Output] = []
        try made.stream(inputs, batchSize: 2) { streamed.append($1) }
        #expect(streamed.count == inputs.count)
        #expect(all.count == inputs.count)
        #expect(try made.predict([], batchSize: 2).isEmpty)
    }

    @Test func textClassification() throws {
        try withModel({ try BertForSequenceClassification($0) }) { folder in
            let classify = try pipeline(.textClassification, model: folder)
            let all = try classify(texts)
            for (text, answer) in zip(texts, all) {
                let one = try classify(text)
                #expect(one.label == answer.label && abs(one.score - answer.score) < 1e-6)
            }
            try sameAnswers(classify, texts)
        }
    }

    @Test func tokenClassification() throws {
        try withModel({ configuration in
            var configuration = configuration
            configuration.labels = ["B-A", "I-A", "B-B", "I-B"]
            return try BertForTokenClassification(configuration)
        }) { folder in
            let tag = try pipeline(
                .tokenClassification, model: folder, options: .init { $0.aggregationStrategy = .first })
            try sameAnswers(tag, texts)
            for (text, entities) in zip(texts, try tag(texts)) {
                #expect(!entities.isEmpty)
                let scalars = Array(text.unicodeScalars)
                for entity in entities {
                    #expect(String(String.UnicodeScalarView(scalars[entity.start..<entity.end])) == entity.word)
                }
            }
            // In parts that overlap: every word is still seen.
            let short = try pipeline(.tokenClassification, model: folder, options: .init { $0.maxLength = 8 })
            let long = Array(repeating: "fine bad film", count: 10).joined(separator: " ")
            #expect(try short(long).map(\.end).max() == long.unicodeScalars.count)
        }
    }

    @Test func fillMask() throws {
        try withModel({ try BertForMaskedLM($0) }) { folder in
            let fill = try pipeline(.fillMask, model: folder, options: .init { $0.topK = 3 })
            let found = try fill("a [MASK] film")
            #expect(found.count == 3)
            #expect(found.map(\.score) == found.map(\.score).sorted(by: >))
            #expect(found.allSatisfy { $0.sequence.hasPrefix("a") && $0.sequence.hasSuffix("film") })
            #expect(throws: TaskError.self) { try fill("a film") }
            #expect(throws: TaskError.self) { try fill("[MASK] [MASK]") }
        }
    }

    @Test func questionAnswering() throws {
        try withModel({ try BertForQuestionAnswering($0) }) { folder in
            let answer = try pipeline(.questionAnswering, model: folder)
            let questions = texts.map {
                QuestionAnsweringPipeline.Question(question: "bad film", context: $0 + " the good film")
            }
            try sameAnswers(answer, questions)
            for (question, found) in zip(questions, try answer(questions)) {
                #expect(question.context.contains(found.text) && !found.text.isEmpty)
            }
        }
    }

    @Test func aModelOfAnotherTask() throws {
        try withModel({ try BertForSequenceClassification($0) }) { folder in
            #expect(throws: (any Error).self) { try pipeline(.textClassification, model: folder + "/nowhere") }
        }
    }
}
