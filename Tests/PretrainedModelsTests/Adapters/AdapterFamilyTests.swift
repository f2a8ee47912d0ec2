import Foundation
import OrderedJSON
import PretrainedModels
import Testing
import Torch
import Training

/// Adapters of PEFT on the small models of every family: scripts/fixtures/lora_families.py.
struct AdapterFamily {
    /// `gpt2/causal-lm`, `gpt2/causal-lm.all-linear`
    let name: String
    let expected: JSONValue
    let folder: URL

    static let root = Fixtures.folder.appending(path: "lora-families")
    static let names: [String] = families.flatMap { family in
        contents(root.appending(path: family)).map { "\(family)/\($0)" }
    }
    private static let families = contents(root)

    private static func contents(_ folder: URL) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
    }

    init(_ name: String) throws {
        self.name = name
        folder = Self.root.appending(path: name)
        expected = try Fixtures.json("lora-families/\(name)/expected.json")
    }

    /// The model below.
    func base() throws -> HeadedModel {
        let name = name.replacing(".all-linear", with: "")
        return try TinyModelTests.load(Fixtures.folder.appending(path: "tiny-models").appending(path: name))
    }

    func outputs(_ model: HeadedModel, fast: Bool = false) throws -> [(name: String, tensor: Tensor)] {
        let inputs: JSONValue = ["inputs": expected["inputs"] ?? .null, "labels": [:]]
        let output = try model.eval().forward(try TinyModelTests.batch(inputs, fast: fast))
        return (output.logits.map { [("logits", $0)] } ?? []) + output.others.map { ($0.name, $0.tensor) }
    }

    /// What PEFT is asked for in the script.
    var asked: LoRAConfiguration {
        get throws {
            let written = try LoRAConfiguration(folder: folder)
            return LoRAConfiguration(taskType: written.taskType) {
                $0.r = 2
                $0.loraAlpha = 3
                if name.hasSuffix(".all-linear") { $0.targetModules = .allLinear }
                if written.taskType == nil { $0.modulesToSave = ["classifier"] }
            }
        }
    }
}

extension SmallModelTests {
    @Suite struct AdapterFamilyTests {
        private func compare(
            _ family: AdapterFamily, _ model: HeadedModel, _ key: String, fast: Bool = false
        ) throws {
            for (name, values) in try family.outputs(model, fast: fast) {
                guard let wanted = family.expected[key]?[name]?.doubles else { continue }
                // Where padding is left out, its scores are zeros.
                if fast, name == "logits", values.dim == 3 { continue }
                #expect(difference(values.array(), wanted) < 1e-5, "\(key) \(name)")
            }
        }

        @Test(arguments: AdapterFamily.names) func pythonsAdaptersAreReadSavedAndMerged(_ name: String) throws {
            let family = try AdapterFamily(name)
            let model = try family.base()
            try model.loadAdapter(folder: family.folder)
            try compare(family, model, "adapted")
            try compare(family, model, "adapted", fast: true)
            try Fixtures.withFolder { saved in
                try model.savePretrained(saved)
                let files = try [saved, family.folder].map {
                    try SafetensorsFile(url: $0.appending(path: "adapter_model.safetensors"))
                }
                #expect(Set(files[0].tensors.map(\.name)) == Set(files[1].tensors.map(\.name)))
                for tensor in files[1].tensors {
                    #expect(try files[0].require(tensor.name) == files[1].require(tensor.name), "\(tensor.name)")
                }
                #expect(
                    try LoRAConfiguration(folder: saved).fanInFanOut
                        == LoRAConfiguration(folder: family.folder).fanInFanOut)
            }
            try model.mergeAdapter()
            try compare(family, model, "merged")
        }

        @Test(arguments: AdapterFamily.names) func theUsualLayersArePythons(_ name: String) throws {
            let family = try AdapterFamily(name)
            let model = try family.base()
            try model.addAdapter(family.asked)
            let file = family.folder.appending(path: "adapter_model.safetensors")
            let wanted = try SafetensorsFile(url: file).tensors.map(\.name).filter { $0.hasSuffix(".lora_A.weight") }
            let layers = try #require(model.adapter?.layers)
            #expect(Set(layers.map { "base_model.model.\($0.name).lora_A.weight" }) == Set(wanted))
        }

        @Test(arguments: [
            ("deberta-v2", "sequence-classification", ["pooler.dense"]),
            ("electra", "multiple-choice", ["sequence_summary.summary"]),
            ("modernbert", "sequence-classification", ["head.dense", "head.norm"]),
            ("distilbert", "sequence-classification", []), ("roberta", "sequence-classification", []),
        ])
        func newLayersThatWouldBeLostAreNamed(_ family: String, _ head: String, _ lost: [String]) throws {
            let source = Fixtures.folder.appending(path: "tiny-models/\(family)/\(head)")
            try Fixtures.withFolder { folder in
                let encoder = try AutoModel.fromPretrained(folder: source)
                try encoder.savePretrained(folder)
                let configuration = LoRAConfiguration(
                    taskType: head == "multiple-choice" ? nil : .sequenceClassification
                ) {
                    if head == "multiple-choice" { $0.modulesToSave = ["classifier"] }
                }
                func warnings(_ configuration: LoRAConfiguration) throws -> [String] {
                    let auto = try #require(TinyModelTests.classes[head])
                    func load<Auto: AutoModelClass>(_: Auto.Type) throws -> PretrainedModel {
                        try Auto.fromPretrained(folder: folder)
                    }
                    let model = try load(auto)
                    let warnings = LoadingWarnings()
                    try model.addAdapter(configuration)
                    return warnings.lines
                }
                let found = try warnings(configuration)
                #expect(found.count == (lost.isEmpty ? 0 : 1), "\(found)")
                for name in lost { #expect(found.first?.contains(name) == true, "\(found)") }
                #expect(lost.isEmpty || found.first?.contains("--lora-modules-to-save") == true)
                var complete = configuration
                complete.modulesToSave = (complete.modulesToSave ?? []) + lost
                #expect(try warnings(complete).isEmpty)
            }
        }
    }
}
