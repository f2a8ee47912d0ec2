import Foundation
import OrderedJSON
import SwiftTrainer

/// A BERT of a few thousand parameters with a vocabulary of letters, made on the spot.
enum TinyModel {
    /// - Returns: the folder's path.
    static func make(in folder: TemporaryFolder, name: String = "model") throws -> String {
        let path = folder.path(name)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let letters = "abcdefghijklmnopqrstuvwxyz0123456789".map { String($0) }
        let words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "bad", "film", "fine", "dull", "a", "the"]
        let vocabulary = words + letters.filter { $0 != "a" } + letters.map { "##" + $0 }
        try Data((vocabulary.joined(separator: "\n") + "\n").utf8)
            .write(to: URL(filePath: path).appending(path: "vocab.txt"))
        let configuration = ModelConfiguration([
            "model_type": "bert", "vocab_size": .int(vocabulary.count), "hidden_size": 16, "num_hidden_layers": 1,
            "num_attention_heads": 2, "intermediate_size": 32, "max_position_embeddings": 32,
        ])
        let model = try withTorchErrors { try BertModel(configuration) }
        try model.savePretrained(path)
        return path
    }

    /// Rows that are easy to learn, with `text` and `label`.
    static func rows(_ count: Int, labels: [String] = ["bad", "good"]) -> String {
        "text,label\n"
            + (0..<count).map { row in
                let place = row % labels.count
                return "\(place == 0 ? "dull bad film" : "fine good film") \(row),\(labels[place])\n"
            }.joined()
    }
}
