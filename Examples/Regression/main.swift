import SwiftTrainer

// swift run -c release Regression [MODEL [TRAIN.csv]]
//
// Says with a number how alike two sentences are. MODEL is the folder that scripts/setup fetches; TRAIN.csv has the columns
// sentence1, sentence2 and score; without a file the pairs are made up here.
let words = CommandLine.arguments.dropFirst().map { $0 }
let folder = words.first ?? ".deps/models/all-MiniLM-L6-v2"

/// Pairs of sentences and, from 0 to 5, how alike they are: of somebody, a doing and a place each may be another.
func madeUpPairs(_ count: Int) throws -> Dataset {
    let parts = [
        ["A man", "A woman", "The child", "My neighbour"], ["is singing", "is cooking", "plays chess", "reads a book"],
        ["at home", "in the park", "by the river", "on the train"],
    ]
    var first: [String] = []
    var second: [String] = []
    var scores: [Double] = []
    for row in 0..<count {
        let choice = parts.indices.map { (row / ($0 + 1) + $0 * row) % 4 }
        let changed = parts.indices.map { row >> $0 & 1 == 1 }
        let other = zip(choice, changed).map { ($0 + ($1 ? 1 + row % 3 : 0)) % 4 }
        first.append(zip(parts, choice).map { $0[$1] }.joined(separator: " ") + ".")
        second.append(zip(parts, other).map { $0[$1] }.joined(separator: " ") + ".")
        scores.append(5 - Double(changed.count { $0 }) * 5 / 3)
    }
    return try Dataset.from(dictionary: ["sentence1": first, "sentence2": second, "score": scores])
}

let tokenizer = try AutoTokenizer.fromPretrained(folder: folder)
let rows = try words.count > 1 ? loadDataset(csv: words[1])["train"] : madeUpPairs(256)
let pairs = try rows.trainTestSplit(testSize: 0.25, seed: 42).map { row -> [String: CellValue] in
    let tokens = try tokenizer(row["sentence1"], textPair: row["sentence2"], truncation: true)
    return [
        "input_ids": .int32s(tokens.inputIds), "token_type_ids": .int32s(tokens.tokenTypeIds),
        "labels": .double(try row["score"]),
    ]
}

setSeed(42)
// One label, whose number is not a class.
let trainer = try Trainer(
    model: AutoModelForSequenceClassification.fromPretrained(
        folder: folder, labels: ["score"], config: ["problem_type": "regression"]),
    arguments: TrainingArguments(outputDir: "results") {
        $0.numTrainEpochs = 4
        $0.learningRate = 5e-4
        $0.evalStrategy = .epoch
        $0.saveStrategy = .no
    },
    dataCollator: DataCollatorWithPadding(tokenizer), trainDataset: pairs["train"], evalDataset: pairs["test"],
    processingClass: tokenizer, computeMetrics: RegressionMetrics.compute)
try trainer.train()
print(try trainer.evaluate())
try trainer.saveModel("my-scorer")

let scorer = try TextClassificationPipeline(folder: "my-scorer")
let alike = try scorer.predict(["A man reads a book at home."], pairs: ["A woman reads a book at home."])
print("score", alike[0].score)
