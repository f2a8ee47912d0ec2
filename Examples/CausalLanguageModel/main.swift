import Foundation
import SwiftTrainer

// swift run -c release CausalLanguageModel [TOKENIZER [TEXT.txt]]
//
// Trains a small GPT-2 from nothing and lets it write. TOKENIZER is a folder with one, by default that of the model that
// scripts/setup fetches; without a file the lines are made up here.
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
let encoder = try LanguageModelingEncoder(tokenizer: tokenizer, blockSize: 32, withLabels: true)

setSeed(42)
let model = try AutoModelForCausalLM.fromConfig(
    ModelConfiguration([
        "model_type": "gpt2", "vocab_size": .int(tokenizer.largestId + 1), "n_embd": 64, "n_layer": 2, "n_head": 4,
        "n_positions": 64, "bos_token_id": .int(tokenizer.clsTokenId ?? 0),
        "eos_token_id": .int(tokenizer.sepTokenId ?? 0),
    ]))
let trainer = try Trainer(
    model: model,
    arguments: TrainingArguments(outputDir: "results") {
        $0.numTrainEpochs = 6
        $0.learningRate = 5e-3
        $0.saveStrategy = .no
    },
    dataCollator: DefaultDataCollator(), trainDataset: encoder.encode(lines["train"]),
    evalDataset: encoder.encode(lines["test"]), processingClass: tokenizer)
try trainer.train()
if let loss = try trainer.evaluate()["eval_loss"] { print("perplexity \(perplexity(loss))") }
try trainer.saveModel("my-writer")

let writer = try TextGenerationPipeline(
    folder: "my-writer", generation: GenerationConfig { $0.maxNewTokens = 8 })
print(try writer("the dog"))
