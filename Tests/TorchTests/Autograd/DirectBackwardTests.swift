import Testing

@testable import Torch

/// Backward passes of small graphs without libtorch's engine give its gradients, bit for bit.
@Suite(.serialized) struct DirectBackwardTests {
    /// Bits of all gradients after `loss` of fresh leaves, with the engine and without.
    private func bits(_ shapes: [[Int]], _ loss: ([Tensor]) throws -> Tensor) throws -> [[[UInt32]]] {
        defer { TorchRuntime.runsSmallGraphsDirectly = true }
        return try [false, true].map { direct in
            TorchRuntime.runsSmallGraphsDirectly = direct
            manualSeed(7)
            return try withTorchErrors {
                let leaves = shapes.map { Tensor.randn($0) }
                for leaf in leaves { leaf.requiresGrad = true }
                try loss(leaves).backward()
                return leaves.map { $0.grad.map { $0.toDense().array(of: Float.self).map { $0.bitPattern } } ?? [] }
            }
        }
    }

    private func expectEqual(_ shapes: [[Int]], _ loss: ([Tensor]) throws -> Tensor) throws {
        let both = try bits(shapes, loss)
        #expect(both[0] == both[1])
        #expect(both[0].contains { !$0.isEmpty })
    }

    @Test func aClassifier() throws {
        let labels = Tensor([0, 2, 1, 1] as [Int])
        try expectEqual([[4, 6], [8, 6], [8], [3, 8], [3]]) { x in
            let hidden = (x[0].matmul(x[1].t()) + x[2]).gelu()
            return crossEntropy(hidden.matmul(x[3].t()) + x[4], labels)
        }
    }

    @Test func sharedAndBroadcastTensors() throws {
        try expectEqual([[5, 4], [4], [1, 4], []]) { x in
            let shared = x[0] * x[1] + x[2]
            return (shared * shared.exp() * x[3] + shared.tanh() * x[1]).mean() + x[1].sum() * x[3]
        }
    }

    @Test func viewsAndLeavesThatAreTheLoss() throws {
        try expectEqual([[6]]) {
            $0[0].view([2, 3]).transpose(0, 1).reshape([-1]).narrow(dim: 0, start: 1, length: 3).sum()
        }
        try expectEqual([[1]]) { $0[0].view([1, 1]) * 1 }
        try expectEqual([[]]) { $0[0] }
    }

    @Test func aTableReadInRows() throws {
        let ids = Tensor([1, 3, 1, 0] as [Int])
        for sparse in [false, true] {
            try expectEqual([[5, 4]]) { x in
                let read = x[0].embedding(ids, sparse: sparse)
                return read.pow(2).sum() + x[0].embedding(ids, sparse: sparse).sum()
            }
        }
    }

    @Test func longChainsGoToTheEngine() throws {
        try expectEqual([[3]]) { x in (0..<200).reduce(x[0]) { sum, _ in sum * 1.01 + x[0] }.sum() }
    }

    @Test func graphsAtRandom() throws {
        for seed in UInt64(1)...60 {
            var state = seed
            func draw(_ bound: Int) -> Int {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int(state >> 33) % bound
            }
            let choices = (0..<24).map { _ in (draw(6), draw(1 << 20), draw(1 << 20)) }
            try expectEqual([[3, 4], [3, 4], [4], [1]]) { leaves in
                var made = leaves
                for (kind, first, second) in choices {
                    let (a, b) = (made[first % made.count], made[second % made.count])
                    switch kind {
                    case 0: made.append(a + b)
                    case 1: made.append(a * b)
                    case 2: made.append((a - b).tanh())
                    case 3: made.append(a.sigmoid() * b)
                    case 4: made.append(a.sum() * b)
                    default: made.append(a.relu() + a.exp().clamp(max: 2))
                    }
                    made[made.count - 1] = made[made.count - 1].clamp(min: -10, max: 10)
                }
                return made.suffix(3).reduce(leaves[0].sum()) { $0 + $1.mean() }
            }
        }
    }

    @Test func gradientsAddUpOverPasses() throws {
        try expectEqual([[4], [4]]) { x in
            let first = (x[0] * x[1]).sum()
            first.backward(retainGraph: true)
            first.backward()
            return (x[0] * x[0] * x[1]).sum()
        }
    }
}
