import SwiftTrainer

// swift run -c release SeveralLabels [MODEL [TRAIN.csv]]
//
// Gives a message all of the labels that it deserves: none, one or several. MODEL is the folder that scripts/setup fetches;
// TRAIN.csv has the columns text and labels (separated by |); without a file the messages are made up here.
let words = CommandLine.arguments.dropFirst().map { $0 }
let folder = words.first ?? ".deps/models/all-MiniLM-L6-v2"

/// Messages to a shop, and what they are about.
func madeUpMessages(_ count: Int) throws -> Dataset {
    let topics = [
        ("billing", ["I was charged twice.", "The invoice is wrong.", "My refund has not come."]),
        ("delivery", ["The parcel is late.", "Nobody rang the bell.", "The box went to my neighbour."]),
        ("quality", ["The lid is cracked.", "It stopped working.", "The colour is not as shown."]),
    ]
    var texts: [String] = []
    var labels: [String] = []
    for row in 0..<count {
        let chosen = topics.indices.filter { (row % 8) >> $0 & 1 == 1 }
        var sentences = chosen.map { topics[$0].1[(row / 8 + $0 * row) % 3] }
        if row / 8 % 2 == 1 { sentences.reverse() }
        if row / 8 % 3 == 0 { sentences.insert("Hello,", at: 0) }
        texts.append(sentences.isEmpty ? "Just to say thank you." : sentences.joined(separator: " "))
        labels.append(chosen.map { topics[$0].0 }.joined(separator: "|"))
    }
    return try Dataset.from(dictionary: ["text": texts, "labels": labels])
}

let tokenizer = try AutoTokenizer.fromPretrained(folder: folder)
let rows = try words.count > 1 ? loadDataset(csv: words[1])["train"] : madeUpMessages(480)
let names = Set((try rows.column("labels") as [String]).flatMap { $0.split(separator: "|").map(String.init) }).sorted()
let messages = try rows.trainTestSplit(testSize: 0.25, seed: 42).map { row -> [String: CellValue] in
    let tokens = try tokenizer(row["text"], truncation: true)
    let given = Set((try row["labels"] as String).split(separator: "|").map(String.init))
    return [
        "input_ids": .int32s(tokens.inputIds), "labels": .floats(names.map { given.contains($0) ? 1 : 0 }),
    ]
}

setSeed(42)
let trainer = try Trainer(
    model: AutoModelForSequenceClassification.fromPretrained(
        folder: folder, labels: names, config: ["problem_type": "multi_label_classification"]),
    arguments: TrainingArguments(outputDir: "results") {
        $0.numTrainEpochs = 4
        $0.learningRate = 5e-4
        $0.evalStrategy = .epoch
        $0.saveStrategy = .no
    },
    dataCollator: DataCollatorWithPadding(tokenizer), trainDataset: messages["train"], evalDataset: messages["test"],
    processingClass: tokenizer, computeMetrics: MultiLabelMetrics().compute)
try trainer.train()
print(try trainer.evaluate())
try trainer.saveModel("my-labeller")

let labeller = try TextClassificationPipeline(folder: "my-labeller")
let found = try labeller.predict(["The parcel is late. I was charged twice."])[0]
for score in found.scores where score.probability > 0.5 { print(score.label, score.probability) }
