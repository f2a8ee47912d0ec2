import Testing

@testable import Torch

@Suite struct TensorTests {
    @Test func elementsComeBackAsTheyWentIn() {
        #expect(Tensor([1.5, -2, 3] as [Float]).array(of: Float.self) == [1.5, -2, 3])
        #expect(Tensor([[1, 2], [3, 4]]).array(of: Int.self) == [1, 2, 3, 4])
        #expect(Tensor([[1, 2], [3, 4]]).shape == [2, 2])
        #expect(Tensor([true, false]).array(of: Bool.self) == [true, false])
        #expect(Tensor(2.5).item() == 2.5)
        #expect(Tensor([] as [Float]).shape == [0])
    }

    @Test func viewsShareMemoryAndTransposesReadInOrder() {
        let matrix = Tensor([[1, 2, 3], [4, 5, 6]])
        #expect(matrix.t().array(of: Int.self) == [1, 4, 2, 5, 3, 6])
        #expect(!matrix.t().isContiguous)
        #expect(matrix.t().contiguous().isContiguous)
        matrix[0].fill_(9)
        #expect(matrix.array(of: Int.self) == [9, 9, 9, 4, 5, 6])
        #expect(matrix[0..<1].shape == [1, 3])
    }

    @Test func operatorsPromoteTypesAsPyTorchDoes() {
        let integers = Tensor([1, 2, 3])
        #expect((integers + 1).dtype == .int64)
        #expect((integers * 0.5).dtype == .float32)
        #expect((1 - integers).array(of: Int.self) == [0, -1, -2])
        #expect((6 / Tensor([1, 2, 3] as [Float])).array(of: Float.self) == [6, 3, 2])
        #expect((-integers).array(of: Int.self) == [-1, -2, -3])
    }

    @Test func reductionsAndSearches() {
        let x = Tensor([[1, 5, 2], [7, 0, 3]] as [[Float]])
        #expect(x.sum().item() == 18)
        #expect(x.sum(dim: 0).array(of: Float.self) == [8, 5, 5])
        #expect(x.argmax(dim: -1).array(of: Int.self) == [1, 0])
        #expect(x.max(dim: 1).values.array(of: Float.self) == [5, 7])
        #expect(x.topk(2).indices.array(of: Int.self) == [1, 2, 0, 2])
        #expect(x.split(2, dim: 1).map { $0.shape } == [[2, 2], [2, 1]])
        #expect(Tensor.cat([x, x], dim: 1).shape == [2, 6])
    }

    @Test func failuresInsideAScopeAreThrownAndNothingRunsAfterThem() throws {
        let error = #expect(throws: TorchError.self) {
            try withTorchErrors {
                let poisoned = Tensor.ones([2, 3]).matmul(Tensor.ones([4, 5]))
                #expect(!poisoned.isDefined)
                #expect(poisoned.shape == [])
                return (poisoned + 1).relu().sum().item()
            }
        }
        #expect(error?.operation == "matmul(Float[2,3], Float[4,5])")
        #expect(error?.message.contains("2x3 and 4x5") == true)
        // The thread is usable afterwards.
        #expect(try withTorchErrors { Tensor.ones([2]).sum().item() } == 2)
    }

    @Test func scopesNestAndSwiftErrorsPass() {
        struct Own: Error {}
        #expect(throws: Own.self) { try withTorchErrors { throw Own() } }
        #expect(throws: TorchError.self) {
            try withTorchErrors {
                _ = Tensor.ones([2]).size(7)
                try withTorchErrors { Issue.record("an inner scope of a failed one must throw: \(Tensor.ones([1]))") }
            }
        }
        // The first failure counts, not an error that follows from it.
        #expect(throws: TorchError.self) {
            try withTorchErrors {
                _ = Tensor.ones([2]).view([3])
                throw Own()
            }
        }
    }

    @Test func hugeAllocationsAreErrorsThatSayOutOfMemory() {
        let error = #expect(throws: TorchError.self) {
            try withTorchErrors { _ = Tensor.empty([1 << 50]) }
        }
        #expect(error?.isOutOfMemory == true)
    }

    @Test func namesOfTypesRoundTrip() {
        for dtype in DType.allCases { #expect(DType(name: "torch.\(dtype)") == dtype) }
        #expect(DType(name: "float8") == nil)
    }
}
