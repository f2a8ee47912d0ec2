import Foundation
import SwiftTrainer

// swift run -c release TokenClassification [MODEL [TRAIN.conll]]
//
// Finds people and places. MODEL is the folder that scripts/setup fetches; without a file the sentences are made up here.
let words = CommandLine.arguments.dropFirst().map { $0 }
let folder = words.first ?? ".deps/models/all-MiniLM-L6-v2"

/// Sentences in CoNLL columns: a word and its tag on a line, an empty line after each sentence.
func madeUpSentences(_ count: Int) -> String {
    let people = [["Ada", "Lovelace"], ["Grace"], ["Alan", "Turing"], ["Emmy", "Noether"]]
    let places = [["London"], ["New", "York"], ["Paris"], ["Rio"]]
    func entity(_ words: [String], _ type: String) -> [String] {
        words.enumerated().map { "\($1)\t\($0 == 0 ? "B" : "I")-\(type)" }
    }
    return (0..<count).map { row in
        let lines =
            entity(people[row % 4], "PER") + ["lived\tO", "in\tO"] + entity(places[row / 4 % 4], "LOC") + [".\tO"]
        return lines.joined(separator: "\n") + "\n"
    }.joined(separator: "\n")
}
var file = words.dropFirst().first ?? ""
if file.isEmpty {
    file = "sentences.conll"
    try madeUpSentences(128).write(toFile: file, atomically: true, encoding: .utf8)
}

let tokenizer = try AutoTokenizer.fromPretrained(folder: folder)
let sentences = try loadDataset(conll: file)["train"].trainTestSplit(testSize: 0.25, seed: 42)
let encoder = try TokenClassificationEncoder(tokenizer: tokenizer, labels: sentences["train"].tagNames())
print(try encoder.preview(sentences["train"], count: 1))
let train = try encoder.encode(sentences["train"])
print(train.truncation)

setSeed(42)
let trainer = try Trainer(
    model: AutoModelForTokenClassification.fromPretrained(folder: folder, labels: encoder.labels),
    arguments: TrainingArguments(outputDir: "results") {
        $0.numTrainEpochs = 3
        $0.learningRate = 5e-4
        $0.evalStrategy = .epoch
        $0.saveStrategy = .no
    },
    dataCollator: DataCollatorForTokenClassification(tokenizer), trainDataset: train.dataset,
    evalDataset: encoder.encode(sentences["test"]).dataset, processingClass: tokenizer,
    computeMetrics: TokenClassificationMetrics(labels: encoder.labels).compute)
try trainer.train()
print(try trainer.evaluate())
try trainer.saveModel("my-tagger")

let tag = try pipeline(.tokenClassification, model: "my-tagger", options: .init { $0.aggregationStrategy = .first })
for entity in try tag("Grace lived in New York.") { print(entity.entity, entity.word, entity.start..<entity.end) }
