import Foundation
import OrderedJSON
import PretrainedModels
import Testing
import Torch
import Training

/// An architecture of a user's own.
private final class MeanModel: SequenceClassificationModel {
    let table: Embedding
    let classifier: Linear

    init(_ configuration: ModelConfiguration, initialize: Bool) throws {
        table = Embedding(configuration["vocab_size"]?.intValue ?? 8, 4, initialize: initialize)
        classifier = Linear(4, configuration.numLabels, initialize: initialize)
        super.init(config: configuration)
    }

    override func logits(_ inputs: Batch) throws -> Tensor {
        let ids = try inputs.require(.inputIds)
        return try withTorchErrors { classifier(table(ids).mean(dim: 1)) }
    }
}

@Suite struct RegistryTests {
    @Test func architectureOfAUser() throws {
        ModelRegistry.register(
            ModelArchitecture(
                modelType: "mean-of-vectors", makeModel: { try MeanModel($0, initialize: $1) }
            ).with(.sequenceClassification) { try MeanModel($0, initialize: $1) })
        #expect(ModelRegistry.modelTypes.contains("mean-of-vectors"))
        let made = try MeanModel(
            ModelConfiguration(["model_type": "mean-of-vectors", "vocab_size": 12]), initialize: true)
        try Fixtures.withFolder { folder in
            try made.savePretrained(folder)
            let loaded = try AutoModelForSequenceClassification.fromPretrained(folder: folder)
            let batch = Batch([(.inputIds, Tensor([[1, 2], [3, 11]]))])
            let logits: [Float] = try loaded.logits(batch).array()
            #expect(try logits == made.logits(batch).array())
        }
    }
}
