import Foundation
import OrderedJSON
import Testing
import Torch

/// Against PyTorch's GradScaler: scripts/fixtures/precision.py.
@Suite struct GradScalerTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../Fixtures/scaler")

    @Test func scalesStepsAndParametersArePyTorchs() throws {
        let file = Self.folder.appending(path: "steps.json")
        let steps = try #require(try JSONValue(parsing: Data(contentsOf: file), source: file.path).arrayValue)
        let (first, second) = (Tensor.ones([3]), Tensor.ones([2]))
        for parameter in [first, second] { parameter.requiresGrad = true }
        let optimizer = SGD([first, second], learningRate: 0.1)
        let scaler = GradScaler(initialScale: 1024, growthInterval: 3)
        var skipped = 0
        for step in steps {
            optimizer.zeroGrad()
            let factor = Double(step["factor"]?.stringValue ?? "") ?? 0
            scaler.scale((first * factor).sum() + second.sum() * 0.5).backward()
            #expect(second.grad?.array(of: Double.self) == step["scaled"]?.arrayValue?.compactMap { $0.doubleValue })
            scaler.unscale_(optimizer)
            if !(try scaler.step(optimizer)) { skipped += 1 }
            scaler.update()
            #expect(scaler.currentScale == step["scale"]?.doubleValue)
            #expect(scaler.growthTracker == step["tracker"]?.intValue)
            for (parameter, wanted) in zip([first, second], step["parameters"]?.arrayValue ?? []) {
                #expect(parameter.array(of: Double.self) == wanted.arrayValue?.compactMap { $0.doubleValue })
            }
        }
        #expect(skipped == 2)
    }

    @Test func unscalingTwiceIsOnce() throws {
        let parameter = Tensor.ones([2])
        parameter.requiresGrad = true
        let optimizer = SGD([parameter], learningRate: 1)
        let scaler = GradScaler()
        scaler.scale(parameter.sum()).backward()
        #expect(parameter.grad?.array(of: Double.self) == [65536, 65536])
        scaler.unscale_(optimizer)
        scaler.unscale_(optimizer)
        #expect(parameter.grad?.array(of: Double.self) == [1, 1])
        #expect(try scaler.step(optimizer))
        #expect(parameter.array(of: Double.self) == [0, 0])
    }

    @Test func aStepThatIsBrokenOffLeavesNothing() throws {
        let parameter = Tensor.ones([1])
        parameter.requiresGrad = true
        let optimizer = SGD([parameter], learningRate: 1)
        let scaler = GradScaler(initialScale: 2)
        scaler.scale(parameter.sum() * Double.infinity).backward()
        scaler.unscale_(optimizer)
        scaler.abandonStep()
        optimizer.zeroGrad()
        scaler.scale(parameter.sum()).backward()
        #expect(try scaler.step(optimizer))
        #expect(parameter.item() == 0)
        scaler.update()
        #expect(scaler.currentScale == 2)
    }

    @Test func sparseGradientsAreUnscaledToo() throws {
        let table = Embedding(4, 2)
        let optimizer = AdamW([table.weight], learningRate: 0.1)
        let scaler = GradScaler(initialScale: 8)
        scaler.scale(table(Tensor([1, 1, 2]), sparseGradient: true).sum()).backward()
        scaler.unscale_(optimizer)
        #expect(table.weight.grad?.toDense().array(of: Double.self) == [0, 0, 2, 2, 1, 1, 0, 0])
        #expect(try scaler.step(optimizer))
    }

    @Test func pythonsFileIsRead() throws {
        let value = try TorchArchive.load(Self.folder.appending(path: "scaler.pt"))
        #expect(value["growth_interval"]?.intValue == 3)
        #expect((value["scale"]?.doubleValue ?? 0) > 0)
        #expect(value["_growth_tracker"]?.intValue != nil)
    }

    @Test func theStateComesBack() {
        let scaler = GradScaler()
        #expect(
            scaler.state
                == .init(scale: 65536, growthFactor: 2, backoffFactor: 0.5, growthInterval: 2000, growthTracker: 0))
        let other = GradScaler(initialScale: 3, growthInterval: 7)
        scaler.state = other.state
        #expect(scaler.state == other.state)
        #expect(scaler.scale(Tensor.ones([])).item() == 3)
    }
}
