import Foundation
import OrderedJSON
import PretrainedModels
import Testing
import Torch
import Training

extension SmallModelTests {
    /// What is drawn from the random generator, against Python's numbers at the same seed: initial-weights.json and
    /// tiny-models of scripts/fixtures/tiny_models.py.
    @Suite struct RandomNumberTests {
        /// `family/head` of each model.
        static let names: [String] = {
            (try? Fixtures.json("initial-weights.json").objectValue?.members.map(\.key)) ?? []
        }()

        private static func folder(_ name: String) -> URL {
            Fixtures.folder.appending(path: "tiny-models").appending(path: name)
        }

        private static func auto(_ name: String) throws -> any AutoModelClass.Type {
            try #require(TinyModelTests.classes[URL(filePath: name).lastPathComponent])
        }

        private static func made<Auto: AutoModelClass>(_: Auto.Type, _ config: ModelConfiguration) throws
            -> PretrainedModel
        {
            try Auto.fromConfig(config)
        }

        private static func loaded<Auto: AutoModelClass>(
            _: Auto.Type, _ folder: URL, _ config: ModelConfiguration
        ) throws -> PretrainedModel {
            let values = config.values.members.map { ($0.key, $0.value) }
            return try Auto.fromPretrained(folder: folder, config: Dictionary(values) { _, last in last })
        }

        private func check(_ model: PretrainedModel, _ wanted: JSONValue?, _ name: String) throws {
            let parameters = model.namedParameters()
            for (key, value) in try #require(wanted?.objectValue).members {
                let own = try #require(parameters.first { $0.name == key }, "\(name) \(key)")
                #expect(digest(own.parameter) == value.stringValue, "\(name) \(key)")
            }
        }

        @Test(arguments: names) func newModel(_ name: String) throws {
            let expected = try Fixtures.json("initial-weights.json")[name]
            let config = try ModelConfiguration(folder: Self.folder(name))
            manualSeed(7)
            let model = try Self.made(Self.auto(name), config)
            #expect(randomProbe() == expected?["probe_new"]?.intValue)
            try check(model, expected?["new"], name)
            #expect(model.namedParameters().count == expected?["new"]?.objectValue?.count)
        }

        @Test(arguments: names) func headThatTheCheckpointLacks(_ name: String) throws {
            let expected = try Fixtures.json("initial-weights.json")[name]
            let config = try ModelConfiguration(folder: Self.folder(name))
            try Fixtures.withFolder { folder in
                try AutoModel.fromConfig(config).savePretrained(folder)
                let warnings = LoadingWarnings()
                manualSeed(7)
                let model = try Self.loaded(Self.auto(name), folder, config)
                try check(model, expected?["head"], name)
                #expect(warnings.lines.count == 1)
            }
        }

        /// Dropout at the same places, in the same order.
        @Test(arguments: names) func dropout(_ name: String) throws {
            let folder = Self.folder(name)
            let golden = try JSONValue(
                parsing: Data(contentsOf: folder.appending(path: "expected.json")), source: name)
            let wanted = try #require(golden["dropout"])
            let overrides = try #require(wanted["config"]?.objectValue).members.map { ($0.key, $0.value) }
            let model = try TinyModelTests.load(folder, config: Dictionary(overrides) { _, last in last })
            let batch = try TinyModelTests.batch(try #require(golden["cases"]?["right_padded"]), fast: false)
            model.train()
            manualSeed(wanted["seed"]?.intValue ?? 0)
            let loss = try #require(try model.forward(batch).loss)
            #expect(difference([loss.item()], wanted["loss"]?.doubles ?? []) < 1e-5, "\(name)")
            #expect(randomProbe() == wanted["probe"]?.intValue, "\(name)")
        }
    }
}

/// FNV-1a of the float32 numbers' bytes.
private func digest(_ tensor: Tensor) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for number in tensor.detach().contiguous().array(of: Float.self) {
        withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes in
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
    }
    let text = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
}
