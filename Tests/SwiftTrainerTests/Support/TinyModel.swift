import Foundation
import HubTesting
import OrderedJSON
import SwiftTrainer

/// A BERT of a few thousand parameters with a small vocabulary, made on the spot.
enum TinyModel {
    static func make(in folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let letters = "abcdefghijklmnopqrstuvwxyz0123456789".map { String($0) }
        let words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "bad", "film", "fine", "dull", "a", "the"]
        let vocabulary = words + letters.filter { $0 != "a" } + letters.map { "##" + $0 }
        try Data((vocabulary.joined(separator: "\n") + "\n").utf8).write(to: folder.appending(path: "vocab.txt"))
        let configuration = ModelConfiguration([
            "model_type": "bert", "vocab_size": .int(vocabulary.count), "hidden_size": 16, "num_hidden_layers": 1,
            "num_attention_heads": 2, "intermediate_size": 32, "max_position_embeddings": 32,
        ])
        try withTorchErrors { try BertModel(configuration) }.savePretrained(folder)
    }

    static func rows(_ count: Int) -> String {
        "text,label\n"
            + (0..<count).map { $0 % 2 == 0 ? "dull bad film,bad\n" : "fine good film,good\n" }.joined()
    }
}

extension HubServer {
    /// A server that has the tiny model as `org/tiny`.
    static func withTinyModel() async throws -> HubServer {
        let hub = try await HubServer().reset()
        let folder = hub.folder.appending(path: "tiny")
        try TinyModel.make(in: folder)
        try await hub.repository("org/tiny", folder: folder, ["tags": ["license:mit"]])
        return hub
    }

    /// A model's files with the token, and from this server, whatever the environment says.
    func api(token: HubToken = "hf_good") throws -> HfApi {
        try HfApi(
            endpoint: endpoint, token: token, cacheDir: cache, environment: HubEnvironment(["HOME": folder.path]))
    }
}
