import Testing

@testable import Torch

/// `Linear` and `crossEntropy` are one node each of the backward graph; libtorch's own operators are several. Bits agree.
struct NodeTests {
    private func bits(_ tensor: Tensor?) -> [UInt32] {
        guard let tensor, tensor.isDefined else { return [] }
        return tensor.detach().reshape([-1]).array(of: Float.self).map { $0.bitPattern }
    }

    private func leaf(_ shape: [Int], _ requiresGrad: Bool = true) -> Tensor {
        let tensor = Tensor.randn(shape)
        tensor.requiresGrad = requiresGrad
        return tensor
    }

    /// Output and gradients, by a function of three leaves.
    private func run(
        _ sizes: (rows: Int, inputs: Int, outputs: Int), _ needs: (Bool, Bool, Bool),
        _ body: (Tensor, Linear) throws -> Tensor
    ) throws -> [[UInt32]] {
        manualSeed(3)
        return try withTorchErrors {
            let x = leaf([sizes.rows, sizes.inputs], needs.0)
            let layer = Linear(sizes.inputs, sizes.outputs)
            layer.weight.requiresGrad = needs.1
            layer.bias?.requiresGrad = needs.2
            let output = try body(x, layer)
            if needs.0 || needs.1 || needs.2 { (output * output.exp()).sum().backward() }
            return [bits(output), bits(x.grad), bits(layer.weight.grad), bits(layer.bias?.grad)]
        }
    }

    @Test(arguments: [(1, 1, 1), (8, 768, 2), (1, 5, 3), (7, 1, 4), (32, 64, 48), (3, 9, 1), (1, 1, 37)])
    func aLinearLayer(_ rows: Int, _ inputs: Int, _ outputs: Int) throws {
        for needs in [(true, true, true), (false, true, true), (true, false, false), (false, false, true)] {
            let own = try run((rows, inputs, outputs), needs) { $1($0) }
            let theirs = try run((rows, inputs, outputs), needs) { $0.linear(weight: $1.weight, bias: $1.bias) }
            #expect(own == theirs)
            #expect(!own[0].isEmpty)
        }
    }

    @Test func otherInputsOfALinearLayer() throws {
        manualSeed(4)
        let layer = Linear(6, 4)
        let plain = Linear(6, 4, bias: false)
        for x in [Tensor.randn([6, 5]).t(), .randn([2, 3, 6]), .randn([6]), .randn([0, 6])] {
            #expect(bits(layer(x)) == bits(x.linear(weight: layer.weight, bias: layer.bias)))
            #expect(bits(plain(x)) == bits(x.linear(weight: plain.weight)))
        }
        #expect(throws: TorchError.self) { try withTorchErrors { layer(.randn([3, 5])) } }
        #expect(noGrad { layer(.randn([2, 6])).requiresGrad } == false)
    }

    @Test(arguments: [Reduction.mean, .sum, .none], [-100, 1])
    func crossEntropies(_ reduction: Reduction, _ ignoreIndex: Int) throws {
        let labels = Tensor([0, 1, 2, 1, ignoreIndex, 2] as [Int])
        var results: [[[UInt32]]] = []
        for isOwn in [true, false] {
            manualSeed(5)
            results.append(
                try withTorchErrors {
                    let logits = leaf([6, 3])
                    let loss =
                        isOwn
                        ? crossEntropy(logits, labels, ignoreIndex: ignoreIndex, reduction: reduction)
                        : logits.crossEntropyLoss(labels, reduction: reduction.rawValue, ignoreIndex: ignoreIndex)
                    (loss * 3).sum().backward()
                    return [bits(loss), bits(logits.grad)]
                })
        }
        #expect(results[0] == results[1])
    }

    @Test func labelsThatDoNotFit() throws {
        let logits = leaf([2, 3])
        for labels in [Tensor([0, 3] as [Int]), Tensor([0, -1] as [Int]), Tensor([0, 1, 2] as [Int])] {
            #expect(throws: TorchError.self) { try withTorchErrors { crossEntropy(logits, labels) } }
        }
        let nothing = try withTorchErrors { crossEntropy(logits, Tensor([-100, -100] as [Int])).item() }
        #expect(nothing.isNaN)
    }

    @Test func whatWasUsedMustStay() throws {
        let (labels, logits) = (Tensor([0, 1] as [Int]), leaf([2, 3]))
        #expect(throws: TorchError.self) {
            try withTorchErrors {
                let loss = crossEntropy(logits, labels)
                labels.fill_(1)
                loss.backward()
            }
        }
        let (x, layer) = (Tensor.randn([2, 3]), Linear(3, 2))
        #expect(throws: TorchError.self) {
            try withTorchErrors {
                let output = layer(x)
                x.fill_(0)
                output.sum().backward()
            }
        }
        #expect(throws: TorchError.self) {
            try withTorchErrors {
                let loss = crossEntropy(layer(x), labels)
                loss.backward()
                loss.backward()
            }
        }
        try withTorchErrors {
            let loss = crossEntropy(layer(x), labels)
            loss.backward(retainGraph: true)
            loss.backward()
        }
    }
}
