import Foundation
import OrderedJSON
import SwiftTrainer

/// What a model's folder or a checkpoint holds.
struct FolderInspection {
    private(set) var lines: [String] = []
    /// What is wrong, one line each.
    private(set) var problems: [String] = []
    private let folder: URL

    init(_ path: String) {
        folder = URL(filePath: path)
        lines.append("folder          \(path)")
        readConfiguration()
        readWeights()
        readTokenizer()
        readState()
        listFiles()
    }

    private mutating func attempt<Value>(_ body: () throws -> Value) -> Value? {
        do {
            return try body()
        } catch {
            problems.append("\(error)")
            return nil
        }
    }

    private func has(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: name).path)
    }

    private var weightFile: String? {
        ["model.safetensors", "adapter_model.safetensors"].first(where: has)
    }

    /// An adapter alone, not a whole model.
    private var isAdapter: Bool { weightFile == "adapter_model.safetensors" && has(LoRAConfiguration.fileName) }

    private static func text(_ adapter: LoRAConfiguration) -> String {
        "LoRA, r \(adapter.r), alpha \(short(adapter.loraAlpha))"
            + (adapter.baseModelNameOrPath.map { ", on \($0)" } ?? "")
    }

    private mutating func add(_ title: String, _ text: String) {
        lines.append(title.padding(toLength: 16, withPad: " ", startingAt: 0) + text)
    }

    private mutating func readConfiguration() {
        let folder = folder
        guard let configuration = attempt({ try AutoConfig.fromPretrained(folder: folder) }) else { return }
        let names = configuration["architectures"]?.arrayValue?.compactMap(\.stringValue) ?? []
        add("architecture", names.isEmpty ? configuration.modelType ?? "unknown" : names.joined(separator: ", "))
        let sizes = [
            ("layers", "num_hidden_layers"), ("width", "hidden_size"), ("heads", "num_attention_heads"),
            ("vocabulary", "vocab_size"), ("positions", "max_position_embeddings"),
        ]
        let text = sizes.compactMap { title, key in configuration[key]?.intValue.map { "\(title) \($0)" } }
        if !text.isEmpty { add("sizes", text.joined(separator: ", ")) }
        if configuration["id2label"] != nil {
            let labels = configuration.labels
            add(
                "labels", labels.prefix(20).joined(separator: ", ") + (labels.count > 20 ? ", … (\(labels.count))" : "")
            )
        }
        guard weightFile != nil || has("model.safetensors.index.json") else { return }
        Warnings.send { _ in }
        guard !isAdapter else { return readAdapter() }
        _ = attempt {
            // Whether the weights fit shows only where they are loaded.
            names.contains { $0.hasSuffix("ForSequenceClassification") }
                ? try AutoModelForSequenceClassification.fromPretrained(folder: folder)
                : try AutoModel.fromPretrained(folder: folder)
        }
    }

    private mutating func readAdapter() {
        let folder = folder
        guard let model = attempt({ try AutoPeftModel.fromPretrained(folder: folder) }),
            let adapter = model.adapter?.configuration
        else { return }
        add("adapter", Self.text(adapter))
    }

    private mutating func readWeights() {
        guard let name = weightFile else {
            if !has("model.safetensors.index.json") { problems.append("\(folder.path) has no model.safetensors") }
            return
        }
        let url = folder.appending(path: name)
        // A broken file has been reported by loading the model.
        guard let file = try? SafetensorsFile(url: url) else { return }
        let count = file.tensors.reduce(0) { $0 + $1.tensor.shape.reduce(1, *) }
        let types = Set(file.tensors.map { "\($0.tensor.dtype)" }).sorted().joined(separator: ", ")
        add("parameters", "\(Self.grouped(count)) in \(file.tensors.count) tensors, \(types)")
    }

    private mutating func readTokenizer() {
        guard has("tokenizer.json") || has("vocab.txt") else {
            add("tokenizer", "none")
            return
        }
        let folder = folder
        guard let tokenizer = attempt({ try AutoTokenizer.fromPretrained(folder: folder) }) else { return }
        let length = tokenizer.modelMaxLength == .max ? "no maximum" : "at most \(tokenizer.modelMaxLength)"
        add("tokenizer", "\(tokenizer.vocabularySize) tokens, \(length) a text")
        if let words = try? AutoConfig.fromPretrained(folder: folder)["vocab_size"]?.intValue,
            tokenizer.largestId >= words
        {
            problems.append(
                "the tokenizer has ids up to \(tokenizer.largestId), but the model a vocabulary of \(words)")
        }
    }

    private mutating func readState() {
        let name = "trainer_state.json"
        let isCheckpoint = folder.lastPathComponent.hasPrefix("checkpoint-")
        guard let data = FileManager.default.contents(atPath: folder.appending(path: name).path) else {
            if isCheckpoint { problems.append("\(folder.path) has no \(name), so that training can't go on from it") }
            return
        }
        let path = folder.appending(path: name).path
        guard let state = attempt({ try TrainerState(fileContents: data, source: path) }) else { return }
        add("step", "\(state.globalStep) of \(state.maxSteps)")
        add("epoch", "\(Self.short(state.epoch)) of \(state.numTrainEpochs)")
        if let best = state.bestMetric {
            add("best metric", Self.short(best) + (state.bestModelCheckpoint.map { " in \($0)" } ?? ""))
        }
        for record in state.logHistory.suffix(5) { add("log", JSONValue.object(record).serialized()) }
        guard isCheckpoint else { return }
        for file in ["optimizer.pt", "scheduler.pt", "rng_state.pth"] where !has(file) {
            add("resume", "not possible: there is no \(file) (save_only_model leaves it out)")
        }
    }

    private mutating func listFiles() {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else { return }
        for name in names.sorted() {
            let path = folder.appending(path: name).path
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { continue }
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            let size = attributes?[.size] as? Int ?? 0
            add("file", isFolder.boolValue ? "\(name)/" : "\(name)  \(Self.grouped(size)) bytes")
        }
    }

    private static func grouped(_ number: Int) -> String {
        var text = ""
        for (index, digit) in String(number).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }

    private static func short(_ value: Double) -> String { String(format: "%.6g", value) }
}
