import Testing
import Torch

/// Parts of a model that are computed again in the backward pass.
@Suite(.serialized) struct ActivationCheckpointTests {
    private final class Block: Module {
        @Child var first = Linear(4, 8)
        @Child var second = Linear(8, 4)
        var runs = 0

        func callAsFunction(_ x: Tensor) -> Tensor {
            runs += 1
            return x + second(first(x).gelu().dropout(p: 0.3, train: true))
        }
    }

    private func gradients(_ block: Block, _ next: Block, again: Bool, narrow: Bool) -> [[Float]] {
        manualSeed(3)
        let x = Tensor.randn([5, 4])
        x.requiresGrad = true
        func run() -> Tensor {
            again ? checkpoint(checkpoint(x) { block($0) }) { next($0) } : next(block(x))
        }
        let output = narrow ? autocast(device: .cpu, dtype: .bfloat16, run) : run()
        // Draws between the passes must not matter, nor be disturbed.
        let between = Tensor.rand([3]).array(of: Float.self)
        (output * output).sum().backward()
        let after = Tensor.rand([3]).array(of: Float.self)
        let parameters = block.parameters() + next.parameters()
        let gradients = ([x] + parameters).map { $0.grad?.array(of: Float.self) ?? [] }
        for parameter in parameters { parameter.grad = nil }
        return gradients + [between, after]
    }

    @Test(arguments: [false, true]) func gradientsAndRandomNumbersAreTheSame(narrow: Bool) {
        let (block, next) = (Block(), Block())
        let plain = gradients(block, next, again: false, narrow: narrow)
        #expect(block.runs == 1)
        let again = gradients(block, next, again: true, narrow: narrow)
        #expect(block.runs == 3)
        #expect(plain == again)
    }

    @Test func withoutGradientsNothingIsDoneAgain() {
        let block = Block()
        _ = noGrad { checkpoint(Tensor.ones([2, 4])) { block($0) } }
        checkpoint(Tensor.ones([2, 4])) { block($0) }.sum().backward()
        #expect(block.runs == 2)
    }

    @Test func failuresInBothPassesAreErrors() throws {
        let x = Tensor.ones([2, 4])
        x.requiresGrad = true
        let error = #expect(throws: TorchError.self) {
            try withTorchErrors { checkpoint(x) { $0.matmul($0) }.sum().backward() }
        }
        #expect(error?.description.contains("matmul") == true)
        final class Calls { var count = 0 }
        let calls = Calls()
        let again = #expect(throws: TorchError.self) {
            try withTorchErrors {
                checkpoint(x) { input in
                    calls.count += 1
                    return calls.count == 1 ? input * 2 : input.matmul(input)
                }.sum().backward()
            }
        }
        #expect(again?.description.contains("matmul") == true)
        #expect(calls.count == 2)
    }

    @Test func theBodyIsKeptUntilTheGraphIsGone() {
        final class Watched {}
        weak var watched: Watched?
        let x = Tensor.ones([2])
        x.requiresGrad = true
        do {
            let object = Watched()
            watched = object
            let y = checkpoint(x) { input in withExtendedLifetime(object) { input * 2 } }
            y.sum().backward()
        }
        #expect(watched == nil)
    }
}
