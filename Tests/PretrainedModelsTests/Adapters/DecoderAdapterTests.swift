import Foundation
import PretrainedModels
import Testing
import Training

extension SmallModelTests {
    /// Adapters on GPT-2, whose layers hold their weights the other way round.
    @Suite struct DecoderAdapterTests {
        private static let folder = Fixtures.folder.appending(path: "tiny-models/gpt2/causal-lm")

        private func logits(_ model: CausalLanguageModel) throws -> [Float] {
            let ids = Tensor([[5, 9, 3, 14], [1, 2, 3, 4]])
            return try #require(try model.forward(Batch([(.inputIds, ids)])).logits).array()
        }

        private func largest(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).map { abs($0 - $1) }.max() ?? .infinity }

        @Test func addedMergedSavedAndLoaded() throws {
            let model = try AutoModelForCausalLM.fromPretrained(folder: Self.folder)
            let before = try logits(model)
            try model.addAdapter(LoRAConfiguration(taskType: .causalLM) { $0.r = 2 })
            #expect(try largest(logits(model), before) == 0)
            let trained = model.namedParameters().filter { $0.parameter.requiresGrad }
            #expect(!trained.isEmpty && trained.allSatisfy { $0.name.contains("c_attn.lora_") })
            manualSeed(3)
            for (name, parameter) in trained where name.contains("lora_B") { Init.normal_(parameter, std: 0.3) }
            let adapted = try logits(model)
            #expect(largest(adapted, before) > 1e-3)
            try Fixtures.withFolder { folder in
                try model.savePretrained(folder)
                let plain = try AutoModelForCausalLM.fromPretrained(folder: Self.folder)
                try plain.loadAdapter(folder: folder)
                #expect(try largest(logits(plain.eval()), adapted) < 1e-6)
            }
            try model.mergeAdapter()
            #expect(try largest(logits(model), adapted) < 1e-5)
            try model.unmergeAdapter()
            #expect(try largest(logits(model), adapted) < 1e-5)
        }
    }
}
