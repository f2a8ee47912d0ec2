import Testing

@testable import Torch

/// The fast kernels against plain operators on padded or sliced tensors.
@Suite struct PackedRowsTests {
    static let lengths = [5, 1, 17, 3]
    static let heads = 2
    static let width = 16

    static func numbers(_ shape: [Int], seed: Int) -> Tensor {
        let count = shape.reduce(1, *)
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15
        let values = (0..<count).map { _ -> Float in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(Int64(bitPattern: state) >> 40) / Float(1 << 22)
        }
        let tensor = Tensor(values, shape: shape)
        tensor.requiresGrad = true
        return tensor
    }

    /// Attention of each row by PyTorch's own operators.
    static func reference(_ q: Tensor, _ k: Tensor, _ v: Tensor, firstOnly: Bool) -> Tensor {
        var start = 0
        var rows: [Tensor] = []
        for (row, length) in lengths.enumerated() {
            func split(_ t: Tensor, _ start: Int, _ length: Int) -> Tensor {
                t[start..<start + length].reshape(length, heads, width / heads).transpose(0, 1)
            }
            let query = firstOnly ? split(q, row, 1) : split(q, start, length)
            let scores = query.matmul(split(k, start, length).transpose(1, 2)) * 0.35
            let result = scores.softmax(dim: -1).matmul(split(v, start, length))
            rows.append(result.transpose(0, 1).reshape(firstOnly ? 1 : length, width))
            start += length
        }
        return Tensor.cat(rows)
    }

    @Test(arguments: [false, true]) func attentionAndItsGradients(firstOnly: Bool) {
        let tokens = Self.lengths.reduce(0, +)
        let packed = PackedRows(lengths: Self.lengths, rowKeys: nil)
        let queries = firstOnly ? Self.lengths.count : tokens
        func run(_ body: (Tensor, Tensor, Tensor) -> Tensor) -> [[Float]] {
            let q = Self.numbers([queries, Self.width], seed: 1)
            let k = Self.numbers([tokens, Self.width], seed: 2)
            let v = Self.numbers([tokens, Self.width], seed: 3)
            let out = body(q, k, v)
            (out * Self.numbers(out.shape, seed: 4).detach()).sum().backward()
            return ([out] + [q, k, v].compactMap { $0.grad }).map { $0.array(of: Float.self) }
        }
        let ours = run {
            packed.attention(
                query: $0, key: $1, value: $2, heads: Self.heads, scale: 0.35, site: 1, firstOnly: firstOnly)
        }
        let theirs = run { Self.reference($0, $1, $2, firstOnly: firstOnly) }
        for (a, b) in zip(ours, theirs) {
            #expect(difference(a.map(Double.init), b.map(Double.init)) < 2e-6)
        }
        #expect(ours.count == 4)
    }

    @Test func normalisationAndItsGradients() throws {
        let norm = LayerNorm([Self.width], eps: 1e-12)
        let bias = try #require(norm.bias)
        noGrad {
            _ = norm.weight.copy_(Self.numbers([Self.width], seed: 5))
            _ = bias.copy_(Self.numbers([Self.width], seed: 6))
        }
        let packed = PackedRows(lengths: Self.lengths, rowKeys: nil)
        func run(_ body: (Tensor, Tensor) -> Tensor) -> [[Double]] {
            norm.zeroGrad()
            let x = Self.numbers([packed.tokenCount, Self.width], seed: 7)
            let r = Self.numbers([packed.tokenCount, Self.width], seed: 8)
            let out = body(x, r)
            (out * Self.numbers(out.shape, seed: 4).detach()).sum().backward()
            return ([out] + [x, r, norm.weight, bias].compactMap { $0.grad }).map { $0.array(of: Double.self) }
        }
        let ours = run { packed.dropoutAddNorm($0, residual: $1, norm: norm, dropout: 0.3, site: 1) }
        let theirs = run { norm($0 + $1) }
        #expect(ours.count == 5)
        for (a, b) in zip(ours, theirs) { #expect(difference(a, b) < 5e-6) }
    }

    /// With dropout the kernels are linear in what they drop, so finite differences and repeated runs tell.
    @Test func dropoutDependsOnKeysAloneAndItsGradientUsesTheSameMask() {
        let keys = Self.lengths.indices.map { PackedRows.rowKey(seed: 1, step: 2, microBatch: 0, row: $0 + 10) }
        let packed = PackedRows(lengths: Self.lengths, rowKeys: keys)
        let x = Self.numbers([packed.tokenCount, Self.width], seed: 7)
        let first = packed.dropout(x, p: 0.25, site: 3)
        #expect(first.array(of: Float.self) == packed.dropout(x, p: 0.25, site: 3).array(of: Float.self))
        #expect(first.array(of: Float.self) != packed.dropout(x, p: 0.25, site: 4).array(of: Float.self))
        first.sum().backward()
        let mask = x.grad?.array(of: Float.self) ?? []
        #expect(Set(mask) == [0, 1 / 0.75])
        #expect((first.detach() - x.detach() * Tensor(mask, shape: x.shape)).abs().max().item() < 1e-6)

        // The same row elsewhere in another batch drops the same elements.
        let alone = PackedRows(lengths: [17], rowKeys: [keys[2]])
        let part = alone.dropout(x.detach()[6..<23], p: 0.25, site: 3)
        #expect(part.array(of: Float.self) == first.detach()[6..<23].array(of: Float.self))
    }

    @Test func dropoutKeepsTheRightShareAndAttentionDropsToo() {
        let keys = (0..<64).map { PackedRows.rowKey(seed: 9, step: 0, microBatch: 0, row: $0) }
        let packed = PackedRows(lengths: Array(repeating: 32, count: 64), rowKeys: keys)
        let ones = Tensor.ones([packed.tokenCount, 64])
        let dropped = packed.dropout(ones, p: 0.1, site: 0).eq(0).to(.float32).mean().item()
        #expect(abs(dropped - 0.1) < 0.003)
        // With values of 1 attention gives the kept share of each query's weights: 1 on average.
        let q = Tensor.zeros([packed.tokenCount, 4])
        let out = packed.attention(
            query: q, key: q, value: Tensor.ones([packed.tokenCount, 4]), heads: 2, scale: 1, dropout: 0.1, site: 5)
        #expect(abs(out.mean().item() - 1) < 0.01)
        #expect(out.std().item() > 0.02)
    }

    @Test func attentionWithDropoutHasTheGradientOfItsOwnMask() {
        let keys = Self.lengths.indices.map { PackedRows.rowKey(seed: 1, step: 2, microBatch: 0, row: $0) }
        let packed = PackedRows(lengths: Self.lengths, rowKeys: keys)
        let tokens = packed.tokenCount
        let k = Self.numbers([tokens, Self.width], seed: 2).detach()
        let v = Self.numbers([tokens, Self.width], seed: 3).detach()
        let direction = Self.numbers([tokens, Self.width], seed: 9).detach()
        let q = Self.numbers([tokens, Self.width], seed: 1)
        func loss(_ q: Tensor) -> Tensor {
            packed.attention(query: q, key: k, value: v, heads: 2, scale: 0.35, dropout: 0.2, site: 5).sum()
        }
        loss(q).backward()
        let slope = ((q.grad ?? q) * direction).sum().item()
        let step = 1e-2
        let difference =
            (loss(q.detach() + direction * step).item() - loss(q.detach() - direction * step).item()) / (2 * step)
        #expect(abs(slope - difference) < 2e-2 * max(1, abs(slope)))
    }

    @Test func wrongShapesAreErrors() {
        let packed = PackedRows(lengths: [2, 3], rowKeys: nil)
        let x = Tensor.ones([4, 8])
        #expect(throws: TorchError.self) {
            try withTorchErrors { packed.attention(query: x, key: x, value: x, heads: 2, scale: 1, site: 0) }
        }
    }
}
