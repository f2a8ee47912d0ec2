import Testing
import Torch

@Suite struct SerializedTensorTests {
    private let six = SerializedTensor([1, 2, 3, 4, 5, 6] as [Float], dtype: .float32, shape: [2, 3])

    @Test func viewsOfAStorage() throws {
        let six = try #require(six)
        #expect(six.strides == [3, 1] && six.isContiguous && six.byteCount == 24)
        let transposed = try #require(
            SerializedTensor(dtype: .float32, shape: [3, 2], strides: [1, 3], storage: six.storage))
        #expect(!transposed.isContiguous)
        #expect(transposed.elements(as: Float.self) == [1, 4, 2, 5, 3, 6])
        let row = try #require(SerializedTensor(dtype: .float32, shape: [3], byteOffset: 12, storage: six.storage))
        #expect(row.elements(as: Float.self) == [4, 5, 6])
        let expanded = try #require(
            SerializedTensor(dtype: .float32, shape: [2, 2], strides: [0, 2], storage: six.storage))
        #expect(expanded.elements(as: Float.self) == [1, 3, 1, 3])
        #expect(row == SerializedTensor([4, 5, 6] as [Float], dtype: .float32, shape: [3]))
        #expect(row.elements(as: Double.self) == nil)
        #expect(SerializedTensor([1] as [Float], dtype: .float32, shape: [2]) == nil)
    }

    @Test func stepsOfSizeOneMeanNothing() throws {
        let six = try #require(six)
        let odd = try #require(
            SerializedTensor(dtype: .float32, shape: [3, 1], strides: [2, .max], storage: six.storage))
        #expect(odd.elements(as: Float.self) == [1, 3, 5])
    }

    @Test(arguments: [
        ([7], [1], 0), ([2, 3], [4, 1], 0), ([6], [1], 4), ([6], [1], -4), ([-1], [1], 0), ([2], [-1], 4),
        ([.max, .max], [0, 0], 0), ([2], [.max], 0), ([2], [1, 1], 0), ([1], [1], .max),
    ])
    func viewsOutsideAStorage(shape: [Int], strides: [Int], byteOffset: Int) throws {
        let storage = try #require(six).storage
        #expect(
            SerializedTensor(dtype: .float32, shape: shape, strides: strides, byteOffset: byteOffset, storage: storage)
                == nil)
    }
}
