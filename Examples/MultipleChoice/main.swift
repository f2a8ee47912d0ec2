import SwiftTrainer

// swift run -c release MultipleChoice [MODEL]
//
// Learns which of three endings goes on from a sentence. MODEL is the folder that scripts/setup fetches; the rows are made up
// here, with the columns that `trainer train --task multiple-choice` reads from a file too.
let folder = CommandLine.arguments.dropFirst().first ?? ".deps/models/all-MiniLM-L6-v2"

let pairs = [
    ("It rains, so", "take an umbrella"), ("It is dark, so", "light a candle"), ("I am hungry, so", "bake bread"),
]
var starts: [String] = []
var endings = [[String]](repeating: [], count: 3)
var labels: [Int] = []
for row in 0..<180 {
    let right = row / 3 % 3
    starts.append(pairs[row % 3].0)
    labels.append(right)
    for choice in 0..<3 { endings[choice].append(pairs[(row + choice - right + 3) % 3].1) }
}
let rows = try Dataset.from(columns: [
    ("sent1", starts), ("ending0", endings[0]), ("ending1", endings[1]), ("ending2", endings[2]), ("label", labels),
]).trainTestSplit(testSize: 0.2, seed: 42)

let tokenizer = try AutoTokenizer.fromPretrained(folder: folder)
let encoder = try MultipleChoiceEncoder(
    tokenizer: tokenizer, columns: .init(question: nil, endings: ["ending0", "ending1", "ending2"]))

setSeed(42)
let trainer = try Trainer(
    model: AutoModelForMultipleChoice.fromPretrained(folder: folder),
    arguments: TrainingArguments(outputDir: "results") {
        $0.numTrainEpochs = 2
        $0.learningRate = 2e-4
        $0.saveStrategy = .no
    },
    dataCollator: DataCollatorForMultipleChoice(tokenizer), trainDataset: encoder.encode(rows["train"]),
    evalDataset: encoder.encode(rows["test"]), processingClass: tokenizer,
    computeMetrics: { ["accuracy": accuracy($0.predictions.argmax(dim: -1), $0.labelIds)] })
try trainer.train()
print(try trainer.evaluate())
try trainer.saveModel("my-chooser")
