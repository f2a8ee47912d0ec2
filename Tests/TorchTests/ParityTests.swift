import Testing

@testable import Torch

/// Same seeds, same numbers as in Python. Serialized, for the generator is one for the process.
@Suite(.serialized) struct ParityTests {
    let numbers: [String: Any]
    init() throws { numbers = try Fixture.numbers() }

    @Test func randomNumbers() {
        manualSeed(42)
        #expect(Tensor.randn([5]).array(of: Float.self) == Fixture.floats(numbers["randn"]))
        #expect(Tensor.rand([3]).array(of: Float.self) == Fixture.floats(numbers["rand"]))
        #expect(Tensor.randperm(8).array(of: Int.self) == numbers["randperm"] as? [Int])
        #expect(Tensor.empty([], dtype: .int64).random_().item(as: Int.self) == numbers["int64"] as? Int)
        #expect(seededPermutation(10, seed: 43) == numbers["seeded_permutation"] as? [Int])
    }

    @Test func generatorStatesGoBack() {
        manualSeed(7)
        let state = Generator().state()
        let first = Tensor.rand([4]).array(of: Float.self)
        Generator().setState(state)
        #expect(Tensor.rand([4]).array(of: Float.self) == first)
        #expect(Generator().initialSeed == 7)
        #expect(state.shape == [5056])
    }

    @Test func initialValues() {
        manualSeed(0)
        let linear = Linear(6, 3)
        let embedding = Embedding(5, 4, paddingIdx: 1)
        let expected = numbers["linear"] as? [String: Any]
        #expect(linear.weight.array(of: Float.self) == Fixture.floats(expected?["weight"]))
        #expect(linear.bias?.array(of: Float.self) == Fixture.floats(expected?["bias"]))
        #expect(embedding.weight.array(of: Float.self) == Fixture.floats(numbers["embedding"]))
        #expect(
            Init.xavierUniform_(Tensor.empty([2, 3])).array(of: Float.self) == Fixture.floats(numbers["xavier"]))
    }

    @Test(arguments: ["adamw", "sgd", "sgd_nesterov"]) func trainingSteps(name: String) throws {
        manualSeed(1)
        let first = Linear(4, 8)
        let norm = LayerNorm([8])
        let last = Linear(8, 3)
        let bias = try #require(first.bias)
        let normBias = try #require(norm.bias)
        let lastBias = try #require(last.bias)
        let rate = name == "adamw" ? 0.05 : 0.1
        let groups = [
            ParameterGroup([first.weight, last.weight], learningRate: rate, weightDecay: 0.1),
            ParameterGroup([bias, norm.weight, normBias, lastBias], learningRate: rate),
        ]
        let optimizer: Optimizer =
            switch name {
            case "adamw": AdamW(groups: groups)
            case "sgd": SGD(groups: groups, momentum: 0.9, dampening: 0.1)
            default: SGD(groups: groups, momentum: 0.9, nesterov: true)
            }
        let parameters = [first.weight, bias, norm.weight, normBias, last.weight, lastBias]
        let x = Tensor.randn([7, 4])
        let y = Tensor([0, 2, 1, -100, 0, 1, 2])
        let weight = Tensor([1, 2, 0.5] as [Float])
        var losses: [Double] = []
        var norms: [Double] = []
        for step in 0..<4 {
            let loss = crossEntropy(last(norm(first(x).tanh())), y, weight: weight, labelSmoothing: 0.1)
            loss.backward()
            norms.append(clipGradNorm_(parameters, maxNorm: 0.5).item())
            try optimizer.step()
            optimizer.zeroGrad()
            losses.append(loss.item())
            // Saving and taking back the state changes nothing.
            if step == 1 { try optimizer.loadStateDict(optimizer.stateDict()) }
        }
        let expected = numbers[name] as? [String: Any]
        #expect(difference(losses, Fixture.doubles(expected?["losses"])) < 1e-6)
        #expect(difference(norms, Fixture.doubles(expected?["norms"])) < 1e-6)
        #expect(difference(last.weight.array(of: Double.self), Fixture.doubles(expected?["final"])) < 1e-6)
    }

    /// A table with sparse gradients takes the same steps as with dense ones, clipping included.
    @Test(arguments: [0.0, 0.1]) func sparseGradientsTrainAsDenseOnes(weightDecay: Double) throws {
        func train(sparse: Bool, fused: Bool = false) throws -> (table: [Double], norms: [Double]) {
            manualSeed(3)
            let table = Embedding(50, 6, paddingIdx: 0)
            let head = Linear(6, 2)
            let parameters = [table.weight] + head.parameters()
            let group = ParameterGroup(parameters, learningRate: 0.05, weightDecay: weightDecay)
            let optimizer = AdamW(groups: [group], fusesParameters: fused)
            let clipping = FusedGradientClipping(parameters)
            var norms: [Double] = []
            for step in 0..<6 {
                for part in 0..<2 {
                    let ids = Tensor([0, 3, 3, 7 + step, 20 + part])
                    crossEntropy(head(table(ids, sparseGradient: sparse)), Tensor([0, 1, 1, 0, 1])).backward()
                }
                #expect(table.weight.grad?.isSparse == sparse)
                norms.append(
                    fused ? clipping.clip(maxNorm: 0.5) : clipGradNorm_(parameters, maxNorm: 0.5).item())
                try optimizer.step()
                optimizer.zeroGrad()
                if step == 2 { try optimizer.loadStateDict(optimizer.stateDict()) }
            }
            return (table.weight.array(of: Double.self), norms)
        }
        let dense = try train(sparse: false)
        let sparse = try train(sparse: true)
        #expect(difference(sparse.norms, dense.norms) < 1e-6)
        #expect(difference(sparse.table, dense.table) < 1e-6)
        for isSparse in [false, true] {
            let fused = try train(sparse: isSparse, fused: true)
            #expect(difference(fused.norms, dense.norms) < 1e-6)
            #expect(difference(fused.table, dense.table) < 1e-6)
        }
    }
}
