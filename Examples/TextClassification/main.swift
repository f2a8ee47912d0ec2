import SwiftTrainer

// swift run -c release TextClassification MODEL TRAIN.csv TEST.csv
//
// MODEL is the folder that scripts/setup fetches (.deps/models/all-MiniLM-L6-v2); `trainer demo` writes train.csv and
// test.csv with the columns text and label.
let words = CommandLine.arguments.dropFirst().map { $0 }
let folder = words.first ?? ".deps/models/all-MiniLM-L6-v2"
let train = words.count > 1 ? words[1] : "trainer_demo/train.csv"
let test = words.count > 2 ? words[2] : "trainer_demo/test.csv"

let tokenizer = try AutoTokenizer.fromPretrained(folder: folder)
let messages = try loadDataset(csv: ["train": train, "test": test])
let classes = try LabelMapping(training: messages["train"], column: "label", file: train)
let encoded = try messages.map { row -> [String: CellValue] in
    let tokens = try tokenizer(row["text"], truncation: true)
    return ["input_ids": .int32s(tokens.inputIds), "label": .int(classes.number(of: try row["label"]) ?? -100)]
}

setSeed(42)
let model = try AutoModelForSequenceClassification.fromPretrained(folder: folder, labels: classes.names)
let trainer = try Trainer(
    model: model,
    arguments: TrainingArguments(outputDir: "results") {
        $0.numTrainEpochs = 2
        $0.perDeviceTrainBatchSize = 32
        $0.learningRate = 1e-4
        $0.evalStrategy = .epoch
        $0.saveStrategy = .epoch
        $0.loadBestModelAtEnd = true
        $0.metricForBestModel = "accuracy"
    },
    trainDataset: encoded["train"], evalDataset: encoded["test"],
    processingClass: tokenizer,
    computeMetrics: { ["accuracy": accuracy($0.predictions.argmax(dim: -1), $0.labelIds)] })

try trainer.train()
print(try trainer.evaluate())
let predictions = try trainer.predict(encoded["test"])
print(predictions.metrics)
try trainer.saveModel("my-model")

let reloaded = try TextClassificationPipeline(folder: "my-model")
print(try reloaded.predict(["The parcel never arrived."])[0].label)
