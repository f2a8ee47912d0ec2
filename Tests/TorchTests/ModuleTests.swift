import Testing

@testable import Torch

private final class Attention: Module {
    @Child var query: Linear
    @Child("LayerNorm") var layerNorm = LayerNorm([4])
    @Buffer var positionIds = Tensor([0, 1])
    @Buffer("cache", Tensor.zeros([1]), persistent: false) var cache
    override init() { query = Linear(4, 4, bias: false) }
}

private final class Network: Module {
    @Parameter("gamma") var scale = Tensor.ones([1])
    let layer: [Attention] = [Attention(), Attention()]
    @Child var outputHead: Linear?
    let absent: Linear? = nil
    init(head: Bool) { outputHead = head ? Linear(4, 2) : nil }
}

@Suite struct ModuleTests {
    @Test func keysArePythons() {
        #expect(
            Network(head: true).stateDict().names == [
                "gamma", "layer.0.position_ids", "layer.0.query.weight", "layer.0.LayerNorm.weight",
                "layer.0.LayerNorm.bias", "layer.1.position_ids", "layer.1.query.weight", "layer.1.LayerNorm.weight",
                "layer.1.LayerNorm.bias", "output_head.weight", "output_head.bias",
            ])
        #expect(Network(head: false).stateDict()["output_head.weight"] == nil)
    }

    @Test func modesReachEveryModuleAndComeBack() {
        let network = Network(head: true)
        network.evaluating { #expect(network.namedModules().allSatisfy { !$0.module.training }) }
        #expect(network.namedModules().allSatisfy { $0.module.training })
    }

    @Test func stateDictsLoadOrSayWhatDoesNotFit() throws {
        let source = Network(head: true)
        let target = Network(head: true)
        noGrad { _ = source.layer[1].query.weight.fill_(3) }
        try target.loadStateDict(source.stateDict())
        #expect(target.layer[1].query.weight.sum().item() == 48)
        let error = #expect(throws: StateDictError.self) {
            try Network(head: false).loadStateDict(source.stateDict())
        }
        #expect(error?.description.contains("unexpected output_head.weight, output_head.bias") == true)
        var wrong = source.stateDict()
        wrong["gamma"] = Tensor.ones([2])
        #expect(throws: StateDictError.shapes(["gamma: the weights have [2], the model [1]"])) {
            try target.loadStateDict(wrong)
        }
        let report = try Network(head: true).loadStateDict(Network(head: false).stateDict(), strict: false)
        #expect(report.missing == ["output_head.weight", "output_head.bias"])
    }

    @Test func parametersTrainAndConvert() {
        let network = Network(head: true)
        #expect(network.parameters().allSatisfy { $0.requiresGrad })
        #expect(network.numParameters() == 1 + 2 * (16 + 8) + 10)
        network.to(dtype: .float64)
        #expect(network.parameters().allSatisfy { $0.dtype == .float64 })
        #expect(network.layer[0].positionIds.dtype == .int64)
        #expect(network.layer[0].query(Tensor.ones([1, 4], dtype: .float64)).requiresGrad)
    }
}
