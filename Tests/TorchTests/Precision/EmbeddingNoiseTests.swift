import Testing
import Torch

@Suite(.serialized) struct EmbeddingNoiseTests {
    @Test func noiseIsUniformOneDrawAndForTrainingAlone() {
        let table = Embedding(10, 6)
        let ids = Tensor([[1, 2, 3, 0], [4, 5, 6, 7]])
        let plain = table(ids)
        table.noiseAlpha = 5
        manualSeed(9)
        let noisy = table(ids)
        manualSeed(9)
        // Python rounds the bound to float32.
        let bound = Double(Float(1 / Float(24).squareRoot()) * 5)
        let wanted = plain + Tensor.zeros([2, 4, 6]).uniform_(from: -bound, to: bound)
        #expect(noisy.array(of: Float.self) == wanted.array(of: Float.self))
        table.eval()
        #expect(table(ids).array(of: Float.self) == plain.array(of: Float.self))
    }

    @Test func packedRowsTakeTheirPaddedLength() {
        let table = Embedding(10, 6)
        table.noiseAlpha = 5
        let ids = Tensor([1, 2, 3])
        let noise = table(ids, sequenceLength: 24) - table.weight.embedding(ids)
        #expect(noise.abs().max().item() <= 5 / 12.0)
    }
}
