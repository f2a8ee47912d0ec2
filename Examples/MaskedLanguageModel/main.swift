import Foundation
import SwiftTrainer

// swift run -c release MaskedLanguageModel [MODEL [TEXT.txt]]
//
// Goes on with the training of an encoder on texts of one's own: some words are hidden and must be told. MODEL is the folder
// that scripts/setup fetches; without a file the lines are made up here.
let words = CommandLine.arguments.dropFirst().map { $0 }
let folder = words.first ?? ".deps/models/all-MiniLM-L6-v2"

func madeUpLines(_ count: Int) -> String {
    let (who, what) = (["the cat", "the dog", "a bird"], ["sleeps on the mat", "drinks cold milk", "sings at night"])
    return (0..<count).map { "\(who[$0 % 3]) \(what[$0 / 3 % 3]) .\n" }.joined()
}
var file = words.dropFirst().first ?? ""
if file.isEmpty {
    file = "lines.txt"
    try madeUpLines(300).write(toFile: file, atomically: true, encoding: .utf8)
}

let tokenizer = try AutoTokenizer.fromPretrained(folder: folder)
let lines = try loadDataset(text: file)["train"].trainTestSplit(testSize: 0.1, seed: 42)
let encoder = try LanguageModelingEncoder(tokenizer: tokenizer, blockSize: 32)

setSeed(42)
let trainer = try Trainer(
    model: AutoModelForMaskedLM.fromPretrained(folder: folder),
    arguments: TrainingArguments(outputDir: "results") {
        $0.numTrainEpochs = 6
        $0.learningRate = 5e-4
        $0.saveStrategy = .no
    },
    dataCollator: DataCollatorForLanguageModeling(tokenizer) { $0.mlmProbability = 0.15 },
    trainDataset: encoder.encode(lines["train"]), evalDataset: encoder.encode(lines["test"]),
    processingClass: tokenizer)
try trainer.train()
if let loss = try trainer.evaluate()["eval_loss"] { print("perplexity \(perplexity(loss))") }
try trainer.saveModel("my-encoder")

let fill = try pipeline(.fillMask, model: "my-encoder")
for word in try fill("the cat drinks cold [MASK] .") { print(word.tokenStr, word.score) }
