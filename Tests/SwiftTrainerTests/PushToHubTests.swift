import Foundation
import HubTesting
import OrderedJSON
import Testing

@testable import SwiftTrainer

@Suite struct PushToHubTests {
    private func trainer(
        _ hub: HubServer, _ callbacks: [TrainerCallback] = [], _ configure: (inout TrainingArguments) -> Void
    ) async throws -> Trainer {
        let folder = try await PretrainedFolder.find("org/tiny", .all, api: hub.api())
        let tokenizer = try AutoTokenizer.fromPretrained(folder: folder)
        let model = try AutoModelForSequenceClassification.fromPretrained(folder: folder, numLabels: 2)
        model.config.nameOrPath = "org/tiny"
        let texts = (0..<8).map { $0 % 2 == 0 ? "dull bad film" : "fine good film" }
        let encodings = try texts.map { try tokenizer($0) }
        let rows = try Dataset.from(dictionary: [
            "input_ids": encodings.map { $0.inputIds.map { Int($0) } },
            "attention_mask": encodings.map { $0.attentionMask.map { Int($0) } }, "label": (0..<8).map { $0 % 2 },
        ])
        let arguments = TrainingArguments(outputDir: hub.folder.appending(path: "my-model").path) {
            $0.useCpu = true
            $0.perDeviceTrainBatchSize = 2
            $0.numTrainEpochs = 1
            $0.saveSteps = 2
            $0.disableTqdm = true
            $0.pushToHub = true
            $0.hubToken = "hf_good"
            configure(&$0)
        }
        return try Trainer(
            model: model, arguments: arguments, trainDataset: rows, processingClass: tokenizer,
            callbacks: callbacks + [PushToHubCallback(endpoint: hub.endpoint)])
    }

    private func state(_ hub: HubServer, _ id: String = "tester/my-model") async throws -> JSONValue {
        try #require(try await hub.control("state").arrayValue?.first { $0["id"]?.stringValue == id })
    }

    private func messages(_ state: JSONValue) -> [String] {
        (state["commits"]?.arrayValue ?? []).dropFirst().compactMap { $0["message"]?.stringValue }
    }

    @Test(arguments: HubStrategy.allCases)
    func whatIsUploadedWhen(strategy: HubStrategy) async throws {
        let hub = try await HubServer.withTinyModel()
        let trainer = try await trainer(hub) {
            $0.hubStrategy = strategy
            // So that none is left out on a slow machine.
            $0.hubAlwaysPush = true
            $0.hubPrivateRepo = true
        }
        try trainer.train()
        let trained = try await state(hub)
        #expect(trained["private"] == true)
        let files = Set(trained["files"]?.objectValue?.keys ?? [])
        let model: Set = ["model.safetensors", "config.json", "vocab.txt", "training_args.json"]
        #expect(model.isSubset(of: files) == (strategy != .end))
        #expect(!files.contains("optimizer.pt") && !files.contains { $0.hasPrefix(".tmp") })
        #expect(files.contains("last-checkpoint/optimizer.pt") == (strategy == .checkpoint))
        #expect(files.contains("checkpoint-2/optimizer.pt") == (strategy == .allCheckpoints))
        #expect(files.contains("checkpoint-4/model.safetensors") == (strategy == .allCheckpoints))
        let expected: [String]
        switch strategy {
        case .end: expected = []
        case .everySave: expected = ["Training in progress, step 2", "Training in progress, step 4"]
        case .checkpoint, .allCheckpoints:
            expected = [2, 4].flatMap {
                ["Training in progress, step \($0)", "Training in progress, step \($0), checkpoint"]
            }
        }
        #expect(messages(trained).sorted() == expected.sorted())
        try trainer.pushToHub { $0.datasets = ["films"] }
        let pushed = try await state(hub)
        #expect(messages(pushed).last == "End of training")
        let folder = try await hub.api().snapshotDownload("tester/my-model")
        let card = try String(contentsOf: folder.appending(path: "README.md"), encoding: .utf8)
        #expect(card.contains("license: mit\nbase_model: org/tiny\n") && card.contains("the films dataset."))
        // What came out is a model for anyone.
        let loaded = try AutoModelForSequenceClassification.fromPretrained(folder: folder)
        #expect(loaded.labels.count == 2)
        let leftovers = try FileManager.default.contentsOfDirectory(atPath: trainer.arguments.outputFolder.path)
        #expect(!leftovers.contains { $0.hasPrefix(".tmp") })
    }

    @Test func savingTheModelUploadsIt() async throws {
        let hub = try await HubServer.withTinyModel()
        let trainer = try await trainer(hub) { $0.hubModelId = "org/other" }
        try trainer.saveModel()
        #expect(try await messages(state(hub, "org/other")) == ["Model save"])
    }

    @Test func aServerThatFailsDoesNotEndTraining() async throws {
        let hub = try await HubServer.withTinyModel()
        let trainer = try await trainer(hub) { _ in }
        try await hub.faults(["match": "/commit/", "status": 400, "times": -1])
        try trainer.train()
        #expect(trainer.state.globalStep == 4)
        #expect(throws: HubError.self) { try trainer.pushToHub() }
    }

    @Test func withoutATokenNothingBegins() async throws {
        let hub = try await HubServer.withTinyModel()
        await #expect(throws: HubError.self) { try await trainer(hub) { $0.hubToken = "hf_bad" } }
    }

    @Test func theCallbackIsNeeded() throws {
        let model = try withTorchErrors { Classifier() }
        #expect(throws: TrainingError.self) {
            try Trainer(model: model, arguments: TrainingArguments { $0.pushToHub = true })
        }
    }

    @Test func theTokenIsNowhere() async throws {
        let hub = try await HubServer.withTinyModel()
        let trainer = try await trainer(hub) { $0.reportTo = [.html, .jsonLines] }
        try trainer.train()
        try trainer.pushToHub()
        let output = trainer.arguments.outputFolder
        for name in try FileManager.default.subpathsOfDirectory(atPath: output.path) {
            guard let data = FileManager.default.contents(atPath: output.path + "/" + name) else { continue }
            #expect(data.range(of: Data("hf_good".utf8)) == nil, "\(name)")
        }
        var dumped = "\(trainer.arguments) \(String(reflecting: trainer.arguments))"
        dump(trainer.arguments, to: &dumped)
        #expect(!dumped.contains("hf_good"))
    }

    @Test func eventsBeforeUploads() async throws {
        let hub = try await HubServer.withTinyModel()
        let counter = PushCounter()
        let trainer = try await trainer(hub, [counter]) { $0.hubAlwaysPush = true }
        try trainer.train()
        #expect(counter.count == 2)
        try trainer.pushToHub()
        #expect(counter.count == 3)
    }
}

private final class PushCounter: TrainerCallback {
    var count = 0
    override func onPushBegin(_ context: CallbackContext, control: inout TrainerControl) throws { count += 1 }
}

private final class Classifier: Module, TrainableModel {
    @Child var fc = Linear(2, 2)
    func forward(_ inputs: Batch) throws -> ModelOutput { ModelOutput(logits: fc(try inputs.require("x"))) }
}
