import Foundation
import OrderedJSON
import PretrainedModels
import Testing
import Torch
import Training

extension SmallModelTests {
    @Suite struct SavingTests {
        @Test func roundTripKeepsEverything() throws {
            try Fixtures.withFolder { folder in
                let model = try AutoModelForSequenceClassification.fromPretrained(folder: Fixtures.tinyBert)
                try model.savePretrained(folder.appending(path: "deep/er"))
                let saved = folder.appending(path: "deep/er")
                for name in ["config.json", "model.safetensors"] {
                    #expect(
                        try Data(contentsOf: saved.appending(path: name))
                            == Data(contentsOf: Fixtures.tinyBert.appending(path: name)), "\(name) is Python's")
                }
                #expect(try FileManager.default.contentsOfDirectory(atPath: saved.path).count == 2)
            }
        }

        @Test func unknownKeysSurvive() throws {
            try Fixtures.withCopy { folder in
                var configuration = try ModelConfiguration(folder: folder)
                configuration["my_key"] = ["a": [1, 2.5, nil]]
                configuration["_name_or_path"] = "somewhere"
                configuration["attn_implementation"] = "eager"
                try configuration.fileContents.write(to: folder.appending(path: "config.json"))
                let model = try AutoModelForSequenceClassification.fromPretrained(folder: folder)
                try model.savePretrained(folder)
                let reloaded = try ModelConfiguration(folder: folder)
                #expect(reloaded["my_key"] == ["a": [1, 2.5, nil]])
                #expect(reloaded["_name_or_path"] == nil && reloaded["attn_implementation"] == nil)
                #expect(reloaded.values.keys == reloaded.values.keys.sorted())
            }
        }

        @Test func labels() throws {
            let model = try AutoModelForSequenceClassification.fromPretrained(folder: Fixtures.tinyBert)
            #expect(model.labels == ["bad", "fair", "good"])
            try Fixtures.withFolder { folder in
                let renamed = try AutoModelForSequenceClassification.fromPretrained(
                    folder: Fixtures.tinyBert, labels: ["a", "b", "c"])
                try renamed.savePretrained(folder)
                let configuration = try AutoConfig.fromPretrained(folder: folder)
                #expect(configuration.labels == ["a", "b", "c"])
                #expect(configuration["label2id"] == ["a": 0, "b": 1, "c": 2])
            }
            #expect(throws: PretrainedModelError.self) {
                try AutoModelForSequenceClassification.fromPretrained(
                    folder: Fixtures.tinyBert, labels: ["a", "a", "b"])
            }
            #expect(throws: PretrainedModelError.self) {
                try AutoModelForSequenceClassification.fromPretrained(folder: Fixtures.tinyBert, numLabels: 0)
            }
        }

        @Test func halfPrecisionIsRead() throws {
            try Fixtures.withCopy { folder in
                let url = folder.appending(path: "model.safetensors")
                let half = StateDict(
                    try Safetensors.load(url, copying: true).entries.map { ($0.name, $0.tensor.to(.float16)) })
                try Safetensors.save(half, to: url)
                let model = try AutoModelForSequenceClassification.fromPretrained(folder: folder)
                let logits = try model.logits(Batch([(.inputIds, Tensor([[1, 2, 3]]))]))
                #expect(logits.isfinite().all().item() == 1)
            }
        }

        @Test func olderNamesAndPrefixes() throws {
            try Fixtures.withCopy { folder in
                let url = folder.appending(path: "model.safetensors")
                let tensors = try SafetensorsFile(url: url).tensors.map { name, tensor in
                    (
                        name: name.replacing("LayerNorm.weight", with: "LayerNorm.gamma")
                            .replacing("LayerNorm.bias", with: "LayerNorm.beta"), tensor: tensor
                    )
                }
                let positions = try #require(SerializedTensor([Int64](0..<24), dtype: .int64, shape: [1, 24]))
                try Safetensors.write(tensors + [("bert.embeddings.position_ids", positions)], to: url)
                let warnings = LoadingWarnings()
                let model = try AutoModelForSequenceClassification.fromPretrained(
                    folder: folder)
                #expect(warnings.lines.isEmpty)
                let base = try AutoModel.fromPretrained(folder: folder)
                #expect(warnings.lines.count == 1)
                #expect(warnings.lines.first?.contains("classifier.bias, classifier.weight") == true)
                #expect(try base.parameters()[0].serialized() == model.parameters()[0].serialized())
            }
        }
    }
}
