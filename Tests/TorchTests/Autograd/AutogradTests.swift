import Testing

@testable import Torch

@Suite struct AutogradTests {
    @Test func gradientsAddUpAndCanBeDropped() {
        let x = Tensor([1, 2, 3] as [Float])
        x.requiresGrad = true
        (x * x).sum().backward()
        #expect(x.grad?.array(of: Float.self) == [2, 4, 6])
        (x * 2).sum().backward()
        #expect(x.grad?.array(of: Float.self) == [4, 6, 8])
        x.grad = nil
        #expect(x.grad == nil)
    }

    @Test func modesAreScopedAndRestored() {
        let x = Tensor.ones([2])
        x.requiresGrad = true
        #expect(!noGrad { x * 2 }.requiresGrad)
        #expect(enableGrad { x * 2 }.requiresGrad)
        #expect(!inferenceMode { x * 2 }.requiresGrad)
        struct Own: Error {}
        #expect(throws: Own.self) { try noGrad { throw Own() } }
        #expect(isGradEnabled)
    }

    @Test func aSecondBackwardIsAnErrorInAScope() {
        let x = Tensor.ones([2])
        x.requiresGrad = true
        let y = (x * x).sum()
        y.backward()
        #expect(throws: TorchError.self) { try withTorchErrors { y.backward() } }
    }
}
