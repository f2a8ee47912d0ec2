import Foundation
import SwiftTrainer

// swift run -c release QuestionAnswering [MODEL [SQUAD.json]]
//
// Learns to mark answers in texts. MODEL is the folder that scripts/setup fetches; without a file the questions are made up
// here, in SQuAD's layout.
let words = CommandLine.arguments.dropFirst().map { $0 }
let folder = words.first ?? ".deps/models/all-MiniLM-L6-v2"

func madeUpQuestions(_ count: Int) -> String {
    let names = ["Ada", "Grace", "Alan", "Emmy", "Kurt", "Mary"]
    let cities = ["London", "Paris", "Oslo", "Lima", "Rome", "Cairo"]
    let paragraphs = (0..<count).map { row in
        let (name, city, other) = (names[row % 6], cities[row / 6 % 6], names[(row + 1) % 6])
        let start = "\(name) lives in ".count
        return """
            {"context": "\(name) lives in \(city) since May. \(other) is elsewhere.", "qas": [{"id": "\(row)", \
            "question": "Where does \(name) live?", "answers": [{"text": "\(city)", "answer_start": \(start)}]}]}
            """
    }
    return "{\"version\": \"1.1\", \"data\": [{\"title\": \"made up\", \"paragraphs\": ["
        + paragraphs.joined(separator: ",\n") + "]}]}\n"
}
var file = words.dropFirst().first ?? ""
if file.isEmpty {
    file = "questions.json"
    try madeUpQuestions(144).write(toFile: file, atomically: true, encoding: .utf8)
}

let tokenizer = try AutoTokenizer.fromPretrained(folder: folder)
let questions = try loadDataset(squad: file)["train"].trainTestSplit(testSize: 0.25, seed: 42)
// A text longer than this many tokens becomes several rows, which overlap.
let encoder = try QuestionAnsweringEncoder(tokenizer: tokenizer, maxLength: 64, docStride: 16)
let train = try encoder.encode(questions["train"])
let validation = try encoder.encode(questions["test"])

setSeed(42)
let trainer = try Trainer(
    model: AutoModelForQuestionAnswering.fromPretrained(folder: folder),
    arguments: TrainingArguments(outputDir: "results") {
        $0.numTrainEpochs = 4
        $0.learningRate = 3e-4
        $0.saveStrategy = .no
    },
    trainDataset: train.dataset, evalDataset: validation.dataset, processingClass: tokenizer,
    computeMetrics: validation.metrics())
try trainer.train()
print(try trainer.evaluate())
try trainer.saveModel("my-answerer")

let answer = try pipeline(.questionAnswering, model: "my-answerer")
print(
    try answer(.init(question: "Where does Ada live?", context: "Ada lives in Oslo since May. Kurt is elsewhere.")).text
)
