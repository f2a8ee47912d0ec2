import Datasets
import Foundation
import PretrainedModels
import Testing
import Tokenization
import Torch
import Training

/// Streams of tokenized rows as training data.
@Suite struct StreamTrainingTests {
    private func tokenizer() throws -> Tokenizer {
        try Fixtures.withFolder { folder in
            let words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "good", "film"]
            try Data(words.joined(separator: "\n").utf8).write(to: folder.appending(path: "vocab.txt"))
            return try AutoTokenizer.fromPretrained(folder: folder)
        }
    }

    private func rows() throws -> Dataset {
        try Dataset.from(dictionary: [
            "text": (0..<22).map { String(repeating: "good film a ", count: 1 + $0 % 3) },
            "label": (0..<22).map { $0 % 3 },
        ])
    }

    private func trainer(
        _ data: any TrainerDataset, _ folder: URL, _ tokenizer: Tokenizer, _ resume: ResumeFromCheckpoint? = nil
    ) throws -> Trainer {
        let arguments = TrainingArguments(outputDir: folder.path) {
            $0.maxSteps = 8
            $0.perDeviceTrainBatchSize = 4
            $0.saveStrategy = .steps
            $0.saveSteps = 1
            $0.useCpu = true
            $0.disableTqdm = true
            $0.resumeFromCheckpoint = resume
        }
        return try Trainer(
            model: AutoModelForSequenceClassification.fromPretrained(folder: Fixtures.tinyBert.path),
            arguments: arguments, trainDataset: data, processingClass: tokenizer)
    }

    private func weights(_ trainer: Trainer) -> [Float] {
        trainer.model.namedParameters().flatMap { $0.1.array(of: Float.self) }
    }

    @Test func aStreamTrainsAndIsResumed() throws {
        let tokenizer = try tokenizer()
        let stream = try rows().toIterableDataset(numShards: 2).map { try tokenizer($0["text"], truncation: true) }
            .shuffle(seed: 5, bufferSize: 6)
        try Fixtures.withFolder { folder in
            let whole = try trainer(stream, folder, tokenizer)
            try whole.train()
            #expect(whole.state.globalStep == 8)
            // 22 rows are 6 batches: the stream has begun anew.
            for step in [2, 7] {
                let resumed = try trainer(stream, folder, tokenizer, .folder(folder.path + "/checkpoint-\(step)"))
                try resumed.train()
                #expect(weights(resumed) == weights(whole), "from step \(step)")
            }
        }
    }

    @Test func epochsHaveOrdersOfTheirOwn() throws {
        let tokenizer = try tokenizer()
        let stream = try rows().toIterableDataset().map { try tokenizer($0["text"], truncation: true) }
            .shuffle(seed: 5, bufferSize: 22)
        let context = CollationContext(processingClass: tokenizer)
        func labels(_ epoch: Int) throws -> [Int] {
            let loader = StreamLoader(try stream.stream(context), batchSize: 22)
            return try loader.batches(epoch: epoch, skipping: 0).next()?[.labels]?.array(of: Int.self) ?? []
        }
        #expect(try labels(0).sorted() == labels(1).sorted())
        #expect(try labels(0) != labels(1))
        #expect(try labels(1) == labels(1))
    }

    @Test func errorsReachTheCaller() throws {
        let tokenizer = try tokenizer()
        struct Broken: Error {}
        let broken = try rows().toIterableDataset().map { row -> Encoding in
            if row.index == 9 { throw Broken() }
            return try tokenizer(row["text"], truncation: true)
        }
        try Fixtures.withFolder { folder in
            #expect(throws: Broken.self) { try trainer(broken, folder, tokenizer).train() }
            let untokenized = try rows().toIterableDataset()
            #expect(throws: TrainingError.self) { try trainer(untokenized, folder, tokenizer).train() }
        }
    }
}
