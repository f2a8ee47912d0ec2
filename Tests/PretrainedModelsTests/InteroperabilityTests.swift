import Foundation
import OrderedJSON
import PretrainedModels
import Testing
import Torch
import Training

/// Models that scripts/interop gives to Python: every family and head with new weights, saved with what they compute.
@Suite(.enabled(if: interopFolder != nil)) struct InteroperabilityTests {
    @Test(arguments: SmallModelTests.RandomNumberTests.names + DecoderTests.names) func save(_ name: String) throws {
        let folder = try #require(interopFolder).appending(path: name)
        let source = Fixtures.folder.appending(path: "tiny-models").appending(path: name)
        let expected = try JSONValue(
            parsing: Data(contentsOf: source.appending(path: "expected.json")), source: source.path)
        let model = try TinyModelTests.load(source)
        fill(model.parameters())
        try model.savePretrained(folder)
        let written = try #require(expected["cases"]?["left_padded"] ?? expected["cases"]?["right_padded"])
        let output = try model.forward(try TinyModelTests.batch(written, fast: false))
        let tensors =
            (output.loss.map { [("loss", $0)] } ?? []) + (output.logits.map { [("logits", $0)] } ?? [])
            + output.others.map { ($0.name, $0.tensor) }
        var result = JSONObject()
        for (key, tensor) in tensors { result[key] = .array(tensor.view(-1).array().map { .double($0) }) }
        for key in ["inputs", "labels"] { result[key] = written[key] }
        result["attention"] = expected["attention"]
        try Data(JSONValue.object(result).serialized().utf8).write(to: folder.appending(path: "outputs.json"))
    }

    /// Adapters on all of them, as PEFT would put them there.
    @Test(arguments: AdapterFamily.names) func saveAdapter(_ name: String) throws {
        let folder = try #require(interopFolder).appending(path: "adapters").appending(path: name)
        let family = try AdapterFamily(name)
        let model = try family.base()
        try model.addAdapter(family.asked)
        fill(model.parameters().filter(\.requiresGrad))
        try model.savePretrained(folder)
        var result = JSONObject()
        for (key, tensor) in try family.outputs(model) {
            result[key] = .array(tensor.view(-1).array().map { .double($0) })
        }
        result["inputs"] = family.expected["inputs"]
        try Data(JSONValue.object(result).serialized().utf8).write(to: folder.appending(path: "outputs.json"))
    }

    /// Other numbers than Python gave, large enough to show in the results.
    private func fill(_ parameters: [Tensor]) {
        noGrad {
            for (number, parameter) in parameters.enumerated() {
                let places = Tensor.arange(parameter.numel, dtype: .float32).view(parameter.shape)
                let wave = (places * 0.7 + Double(number)).sin() * (parameter.dim > 1 ? 0.3 : 0.1)
                parameter.copy_(parameter.dim > 1 ? wave : wave + 1)
            }
        }
    }
}

private let interopFolder = ProcessInfo.processInfo.environment["SWIFT_TRAINER_INTEROP"].map { URL(filePath: $0) }
