import Foundation
import Testing
import Torch

/// Against PyTorch: scripts/fixtures/convolution.py.
@Suite(.serialized) struct ConvolutionTests {
    private let numbers: [String: Any]

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/convolution.json")
        numbers = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
    }

    private func near(_ tensor: Tensor, _ name: String) -> Bool {
        difference(tensor.detach().array(of: Double.self), Fixture.doubles(numbers[name])) < 1e-6
    }

    @Test func equalsPythons() throws {
        manualSeed(0)
        let convolution = Conv2d(4, 6, kernelSize: [3, 2], stride: [2], padding: [1], groups: 2)
        let plain = Conv2d(1, 2, kernelSize: [3], bias: false)
        let norm = BatchNorm2d(6)
        let x = Tensor.randn([2, 4, 5, 5])
        let bias = try #require(convolution.bias)
        #expect(convolution.weight.detach().array(of: Float.self) == Fixture.floats(numbers["weight"]))
        #expect(bias.detach().array(of: Float.self) == Fixture.floats(numbers["bias"]))
        #expect(plain.weight.detach().array(of: Float.self) == Fixture.floats(numbers["plain"]))
        #expect(plain.stateDict().names == ["weight"])
        #expect(norm.stateDict().names == numbers["keys"] as? [String])

        let output = norm(convolution(x))
        #expect(output.shape == numbers["shape"] as? [Int])
        #expect(near(output, "training"))
        (output * output).mean().backward()
        #expect(near(try #require(convolution.weight.grad), "weight_grad"))
        #expect(near(norm.runningMean, "running_mean"))
        #expect(near(norm.runningVar, "running_var"))
        #expect(norm.numBatchesTracked.item(as: Int.self) == 1)
        norm.eval()
        #expect(near(norm(convolution(x)), "evaluation"))
        #expect(norm.numBatchesTracked.item(as: Int.self) == 1)
    }
}
