import Foundation
import OrderedJSON
import PretrainedModels
import Testing
import Torch
import Training

extension SmallModelTests {
    /// Folders with adapters, Python's and ours.
    @Suite struct AdapterFileTests {
        private let fixture: LoRAFixture

        init() throws { fixture = try LoRAFixture() }

        @Test(arguments: ["defaults", "patterns", "own biases", "all biases"])
        func pythonsFoldersAreRead(_ name: String) throws {
            let wanted = fixture.expected["cases"]?[name]?["logits"]?.doubles ?? []
            try LoRAFixture.withAdapter(name.replacing(" ", with: "-")) { folder in
                let loaded = try AutoModelForSequenceClassification.fromPretrained(folder: folder)
                #expect(loaded.adapter != nil && !loaded.training)
                #expect(difference(try loaded.logits(fixture.batch).array(), wanted) < 1e-5)
                let model = try fixture.model()
                try model.loadAdapter(folder: folder)
                #expect(difference(try model.logits(fixture.batch).array(), wanted) < 1e-5)
                #expect(try AutoConfig.fromPretrained(folder: folder).labels == ["bad", "fair", "good"])
            }
        }

        @Test(arguments: LoRAFixture.cases.map(\.name)) func whatIsSavedIsRead(_ name: String) throws {
            let configuration = try #require(LoRAFixture.cases.first { $0.name == name }?.configuration)
            let model = try fixture.model()
            try model.addAdapter(configuration)
            LoRAFixture.disturb(model)
            try Fixtures.withFolder { folder in
                try model.savePretrained(folder)
                #expect(
                    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
                        "adapter_config.json", "adapter_model.safetensors", "model_config.json",
                    ])
                let loaded = try AutoModelForSequenceClassification.fromPretrained(folder: folder)
                let (a, b) = (try loaded.logits(fixture.batch), try model.logits(fixture.batch))
                #expect(a.array(of: Float.self) == b.array(of: Float.self))
                #expect(loaded.adapter?.configuration == model.adapter?.configuration)
                try checkConfiguration(folder, name)
            }
        }

        /// The same keys as PEFT's, and the same values except where PEFT's are a set without order.
        private func checkConfiguration(_ folder: URL, _ name: String) throws {
            let file = folder.appending(path: "adapter_config.json")
            let ours = try #require(try JSONValue(parsing: Data(contentsOf: file)).objectValue)
            let wanted = try #require(fixture.expected["cases"]?[name]?["config"]?.objectValue)
            #expect(ours.keys == wanted.keys)
            for (key, value) in wanted where key != "base_model_name_or_path" {
                if key == "lora_alpha" || key == "layers_pattern" || key == "layers_to_transform" { continue }
                if ["target_modules", "exclude_modules"].contains(key), let names = value.arrayValue {
                    let sorted = names.compactMap(\.stringValue).sorted()
                    #expect(ours[key]?.arrayValue?.compactMap(\.stringValue).sorted() == sorted, "\(key)")
                } else if let patterns = value.objectValue, key.hasSuffix("_pattern") {
                    let sorted = ours[key]?.objectValue?.sorted { $0.key < $1.key }.map { [.string($0.key), $0.value] }
                    #expect(sorted == patterns.map { [.string($0.key), $0.value] as [JSONValue] }, "\(key)")
                } else if key == "auto_mapping" {
                    #expect((ours[key] == .null) == (value == .null))
                } else {
                    #expect(ours[key] == value, "\(key)")
                }
            }
        }

        @Test func otherAdaptersAreRefusedByName() throws {
            func message(_ change: (inout JSONObject) -> Void) throws -> String {
                try LoRAFixture.withAdapter("defaults") { folder in
                    let file = folder.appending(path: "adapter_config.json")
                    var json = try #require(try JSONValue(parsing: Data(contentsOf: file)).objectValue)
                    change(&json)
                    try Data(JSONValue.object(json).serialized().utf8).write(to: file)
                    do {
                        _ = try AutoModelForSequenceClassification.fromPretrained(folder: folder)
                        return ""
                    } catch { return "\(error)" }
                }
            }
            #expect(try message { $0["use_dora"] = true }.contains("use_dora is true"))
            #expect(try message { $0["peft_type"] = "IA3" }.contains("peft_type is \"IA3\""))
            #expect(try message { $0["init_lora_weights"] = "pissa" }.contains("init_lora_weights is \"pissa\""))
            #expect(try message { $0["target_parameters"] = ["a"] }.contains("target_parameters is"))
            #expect(try message { $0["r"] = 1_000_000 }.contains("lora_A.weight is [8, 32] in the file"))
            #expect(try message { $0["r"] = 0 }.contains("r is 0"))
            #expect(try message { $0["target_modules"] = ["key"] }.contains("it lacks"))
            #expect(try message { $0["base_model_name_or_path"] = nil }.contains("base_model_name_or_path"))
            #expect(try message { $0["base_model_name_or_path"] = "/nowhere" }.contains("there is no folder"))
            #expect(try message { $0["some_new_setting"] = 3 }.contains("some_new_setting is 3"))
        }

        @Test func anAdapterForOtherLabelsSaysSo() throws {
            try LoRAFixture.withAdapter("defaults") { folder in
                let error = #expect(throws: PretrainedModelError.self) {
                    try AutoModelForSequenceClassification.fromPretrained(folder: folder, numLabels: 5)
                }
                #expect("\(String(describing: error))".contains("numLabels"))
                let plain = try fixture.model()
                let names = plain.stateDict().names
                try Data().write(to: folder.appending(path: "adapter_model.safetensors"))
                #expect(throws: (any Error).self) { try plain.loadAdapter(folder: folder) }
                #expect(plain.adapter == nil && plain.stateDict().names == names)
            }
        }

        /// As in Python: an adapter beside a whole model goes on that, whatever model it names.
        @Test func anAdapterBesideAModelGoesOnIt() throws {
            let wanted = fixture.expected["cases"]?["defaults"]?["logits"]?.doubles ?? []
            try LoRAFixture.withAdapter("defaults") { folder in
                for name in ["config.json", "model.safetensors"] {
                    try FileManager.default.copyItem(
                        at: Fixtures.tinyBert.appending(path: name), to: folder.appending(path: name))
                }
                let warnings = LoadingWarnings()
                let loaded = try AutoModelForSequenceClassification.fromPretrained(folder: folder)
                #expect(loaded.adapter?.configuration.baseModelNameOrPath == folder.path)
                #expect(difference(try loaded.logits(fixture.batch).array(), wanted) < 1e-5)
                #expect(warnings.lines.count == 1 && warnings.lines.first?.contains("holds a whole model and") == true)

                // Another model below: the folder's own counts, but for what reads adapters alone.
                let other = try fixture.model()
                noGrad { for parameter in other.parameters() { _ = parameter.mul_(0.5) } }
                try Safetensors.save(other.stateDict(), to: folder.appending(path: "model.safetensors"))
                let onOther = try AutoModelForSequenceClassification.fromPretrained(folder: folder)
                #expect(difference(try onOther.logits(fixture.batch).array(), wanted) > 1e-3)
                let named = try #require(
                    try AutoPeftModel.fromPretrained(folder: folder) as? SequenceClassificationModel)
                #expect(difference(try named.logits(fixture.batch).array(), wanted) < 1e-5)

                // The next whole model is not under an old adapter.
                try other.savePretrained(folder)
                #expect(
                    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
                        "config.json", "model.safetensors",
                    ])
                #expect(try AutoModelForSequenceClassification.fromPretrained(folder: folder).adapter == nil)
            }
        }
    }
}
