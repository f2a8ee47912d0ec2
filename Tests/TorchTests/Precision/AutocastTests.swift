import Testing
import Torch

@Suite struct AutocastTests {
    @Test func matrixProductsAreNarrowAndParametersStay() {
        let layer = Linear(4, 3)
        let x = Tensor.ones([2, 4])
        let inside = autocast(device: .cpu, dtype: .bfloat16) { layer(x) }
        #expect(inside.dtype == .bfloat16)
        #expect(layer(x).dtype == .float32)
        inside.to(.float32).sum().backward()
        #expect(layer.weight.dtype == .float32)
        #expect(layer.weight.grad?.dtype == .float32)
        #expect(layer.weight.grad?.array(of: Float.self) == [Float](repeating: 2, count: 12))
    }

    @Test func modesNestAndComeBack() {
        #expect(autocastDType(.cpu) == nil)
        autocast(device: .cpu, dtype: .bfloat16) {
            #expect(autocastDType(.cpu) == .bfloat16)
            autocast(device: .cpu, enabled: false) { #expect(autocastDType(.cpu) == nil) }
            autocast(device: .cpu, dtype: .float16) { #expect(autocastDType(.cpu) == .float16) }
            #expect(autocastDType(.cpu) == .bfloat16)
            #expect(autocastDType(.cuda) == nil)
        }
        struct Own: Error {}
        #expect(throws: Own.self) { try autocast(device: .cpu) { throw Own() } }
        #expect(autocastDType(.cpu) == nil)
    }

    @Test func theDefaultTypeIsPyTorchs() {
        autocast(device: .cpu) { #expect(autocastDType(.cpu) == .bfloat16) }
        autocast(device: .cuda) { #expect(autocastDType(.cuda) == .float16) }
    }

    /// Weights are converted once within the outermost call, and anew after they changed.
    @Test func convertedWeightsAreForgottenAtTheEnd() {
        let layer = Linear(2, 1, bias: false)
        let x = Tensor.ones([1, 2])
        func result() -> Double { autocast(device: .cpu, dtype: .bfloat16) { layer(x) }.item() }
        noGrad { _ = layer.weight.fill_(1) }
        #expect(result() == 2)
        noGrad { _ = layer.weight.fill_(3) }
        #expect(result() == 6)
    }

    @Test func theMachineIsToldTruly() {
        #expect(Device.cpu.supportsBFloat16)
        #expect(!Device.cpu.supportsTF32)
        #expect(Device.cpu.computeCapability == nil)
        if Device.cudaDeviceCount == 0 { #expect(!Device.cuda().supportsBFloat16) }
        Device.cpu.emptyCache()
    }
}
