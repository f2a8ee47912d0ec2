import Foundation
import OrderedJSON
import SwiftTrainer

/// A small BERT with a vocabulary of the training sentences' words, for the demo without a pretrained model.
enum DemoScratchModel {
    /// Writes the model's folder.
    /// - Returns: its path.
    static func write(_ texts: [String], folder: String, seed: Int) throws -> String {
        let words = vocabulary(texts)
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let url = URL(filePath: folder)
            try Data((words.joined(separator: "\n") + "\n").utf8)
                .write(to: url.appending(path: "vocab.txt"), options: .atomic)
            let settings: JSONValue = [
                "do_lower_case": true, "model_max_length": 64, "tokenizer_class": "BertTokenizer",
            ]
            try Data(settings.serialized(JSONFormat(indent: 2)).utf8)
                .write(to: url.appending(path: "tokenizer_config.json"), options: .atomic)
        } catch {
            throw CommandFailure.failed("cannot write to the folder \(folder): \(error.localizedDescription)")
        }
        setSeed(seed)
        let model = try withTorchErrors { try BertForSequenceClassification(configuration(words: words.count)) }
        try model.savePretrained(folder)
        return folder
    }

    private static func configuration(words: Int) -> ModelConfiguration {
        ModelConfiguration([
            "model_type": "bert", "vocab_size": .int(words), "hidden_size": 128, "num_hidden_layers": 2,
            "num_attention_heads": 4, "intermediate_size": 512, "max_position_embeddings": 64,
            "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1, "hidden_act": "gelu",
            "type_vocab_size": 2, "pad_token_id": 0, "initializer_range": 0.02, "layer_norm_eps": 1e-12,
            "id2label": .object(labels(by: { ("\($0)", .string($1)) })),
            "label2id": .object(labels(by: { ($1, .int($0)) })),
        ])
    }

    private static func labels(by pair: (Int, String) -> (String, JSONValue)) -> JSONObject {
        var object = JSONObject()
        for (id, name) in DemoCorpus.labels.enumerated() {
            let (key, value) = pair(id, name)
            object[key] = value
        }
        return object
    }

    /// Special tokens, every word of the texts, and single characters from which unknown words are made.
    private static func vocabulary(_ texts: [String]) -> [String] {
        var counts: [String: Int] = [:]
        for text in texts {
            for word in text.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
                counts[String(word), default: 0] += 1
            }
        }
        let characters = (0x21...0x7E).compactMap { UnicodeScalar($0) }.map { String($0) }
            .filter { $0 == $0.lowercased() }
        let pieces =
            characters
            + characters.filter { $0.first?.isLetter == true || $0.first?.isNumber == true }
            .map { "##" + $0 }
        let words = counts.filter { $0.value > 1 && $0.key.count > 1 }.keys.sorted()
        var seen: Set<String> = []
        return (["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + pieces + words).filter { seen.insert($0).inserted }
    }
}
