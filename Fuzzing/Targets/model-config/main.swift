import Foundation
import FuzzSupport
import ModelHub
import OrderedJSON
import PretrainedModels
import Training

/// A model's `config.json` or an adapter's `adapter_config.json` beside the weights of a small BERT. The first byte says
/// which, and what the model is for. No size may take memory that the weights do not justify.
let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Tests/PretrainedModelsTests/Fixtures")
let folder = makeFolder()
let (modelFolder, adapterFolder) = (folder.appendingPathComponent("m"), folder.appendingPathComponent("a"))
// Names of models that made-up files hold must not be looked for on the Hub.
setenv("HF_HUB_OFFLINE", "1", 1)
Warnings.send { _ in }

for (from, to) in [
    ("tiny-bert/model.safetensors", modelFolder), ("lora/defaults/adapter_model.safetensors", adapterFolder),
] {
    try FileManager.default.createDirectory(at: to, withIntermediateDirectories: true)
    let target = to.appendingPathComponent((from as NSString).lastPathComponent)
    try? FileManager.default.removeItem(at: target)
    try FileManager.default.copyItem(at: fixtures.appendingPathComponent(from), to: target)
}

func load(_ task: UInt8, _ folder: URL) throws -> PretrainedModel {
    switch task {
    case 0: try AutoModelForSequenceClassification.fromPretrained(folder: folder)
    case 1: try AutoModelForTokenClassification.fromPretrained(folder: folder)
    case 2: try AutoModelForQuestionAnswering.fromPretrained(folder: folder)
    case 3: try AutoModelForMultipleChoice.fromPretrained(folder: folder)
    case 4: try AutoModelForMaskedLM.fromPretrained(folder: folder)
    default: try AutoModel.fromPretrained(folder: folder)
    }
}

func isExpected(_ error: any Error) -> Bool {
    error is PretrainedModelError || error is JSONError || error is TorchError || error is SafetensorsError
        || error is HubError
}

fuzz { input in
    guard let first = input.first else { return }
    let isAdapter = first & 8 == 8
    let name = isAdapter ? "adapter_config.json" : "config.json"
    var text = Data(input.dropFirst())
    if isAdapter {
        let place = Data(fixtures.appendingPathComponent("tiny-bert").path.utf8)
        if let range = text.range(of: Data("BASE".utf8)) { text.replaceSubrange(range, with: place) }
    }
    let target = isAdapter ? adapterFolder : modelFolder
    try? text.write(to: target.appendingPathComponent(name))
    do {
        let model = try load(first % 8, target)
        try model.savePretrained(folder.appendingPathComponent("saved"))
        guard let headed = model as? HeadedModel, headed.task != .multipleChoice else { return }
        _ = try headed.forward(Batch([(.inputIds, Tensor([[1, 2, 3]]))]))
    } catch { require(isExpected(error), "an error of another type: \(error)") }
}
