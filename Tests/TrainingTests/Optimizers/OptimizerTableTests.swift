import Foundation
import OrderedJSON
import Testing
import Training

@Suite struct OptimizerTableTests {
    /// `OptimizerNames` of transformers 5.23.
    static let pythons: Set<String> = [
        "adamw_torch", "adamw_torch_fused", "adamw_torch_xla", "adamw_torch_npu_fused", "adafactor",
        "adamw_anyprecision", "adamw_torch_4bit", "adamw_torch_8bit", "ademamix", "sgd", "adagrad", "adamw_bnb_8bit",
        "adamw_8bit", "ademamix_8bit", "lion_8bit", "lion_32bit", "paged_adamw_32bit", "paged_adamw_8bit",
        "paged_ademamix_32bit", "paged_ademamix_8bit", "paged_lion_32bit", "paged_lion_8bit", "rmsprop", "rmsprop_bnb",
        "rmsprop_bnb_8bit", "rmsprop_bnb_32bit", "galore_adamw", "galore_adamw_8bit", "galore_adafactor",
        "galore_adamw_layerwise", "galore_adamw_8bit_layerwise", "galore_adafactor_layerwise", "lomo", "adalomo",
        "grokadamw", "schedule_free_radam", "schedule_free_adamw", "schedule_free_sgd", "apollo_adamw",
        "apollo_adamw_layerwise", "stable_adamw",
    ]

    @Test func everyNameOfPythonsIsThereOrRefused() {
        let refused = OptimizerTable.refused.map(\.name)
        #expect(Set(refused).count == refused.count)
        #expect(Set(refused).union(OptimizerNames.allCases.map(\.rawValue)) == Self.pythons)
        #expect(Set(refused).isDisjoint(with: OptimizerNames.allCases.map(\.rawValue)))
        for name in refused {
            var arguments = TrainingArguments()
            let error = #expect(throws: TrainingArgumentsError.self) { try arguments.set("optim", to: .string(name)) }
            let reason = OptimizerTable.refused.first { $0.name == name }?.reason ?? ""
            #expect(error?.description == "optim: \(name) is not supported: \(reason)")
        }
    }

    @Test func theDocumentationSaysTheSame() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../../Sources/Training/Training.docc/Optimizers.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        for refused in OptimizerTable.refused {
            let row = text.split(separator: "\n").first { $0.contains("`\(refused.name)`") }
            #expect(row?.hasSuffix("| No: \(refused.reason) |") == true, "\(refused.name)")
        }
        for name in OptimizerNames.allCases { #expect(text.contains("`\(name.rawValue)`"), "\(name)") }
    }
}
