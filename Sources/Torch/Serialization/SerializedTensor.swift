/// One tensor as a file holds it: element type, shape, strides and little-endian bytes, without a libtorch tensor.
public struct SerializedTensor: Sendable {
    public let dtype: DType
    /// Sizes of the dimensions; empty for a scalar.
    public let shape: [Int]
    /// Steps of the dimensions in elements, none negative.
    public let strides: [Int]
    /// Where the first element lies in ``storage``, in bytes.
    public let byteOffset: Int
    public let storage: TensorStorage

    /// A view of a storage, or nil if it would reach outside it.
    ///
    /// - Parameters:
    ///   - dtype: The elements' type.
    ///   - shape: The sizes; empty for a scalar.
    ///   - strides: Steps in elements; row-major by default.
    ///   - byteOffset: Where the first element lies in the storage.
    ///   - storage: The bytes.
    public init?(dtype: DType, shape: [Int], strides: [Int]? = nil, byteOffset: Int = 0, storage: TensorStorage) {
        guard let contiguous = Self.contiguousStrides(shape) else { return nil }
        let strides = strides ?? contiguous
        guard byteOffset >= 0,
            let extent = Self.extent(shape: shape, strides: strides),
            case (let length, let overflow) = extent.multipliedReportingOverflow(by: dtype.itemSize), !overflow,
            length == 0 || (byteOffset <= storage.count && length <= storage.count - byteOffset)
        else { return nil }
        self.dtype = dtype
        self.shape = shape
        self.strides = strides
        self.byteOffset = byteOffset
        self.storage = storage
    }

    /// A row-major tensor of a copy of `elements`; nil if their number does not fit the shape.
    ///
    /// - Parameters:
    ///   - elements: Values whose memory layout is that of `dtype`, for example `[Float]` for `.float32`.
    ///   - dtype: The elements' type.
    ///   - shape: The sizes; empty for a scalar.
    public init?<Element: BitwiseCopyable>(_ elements: [Element], dtype: DType, shape: [Int]) {
        guard MemoryLayout<Element>.stride == dtype.itemSize, Self.elementCount(shape) == elements.count else {
            return nil
        }
        let storage = elements.withUnsafeBytes { TensorStorage(copying: $0) }
        self.init(dtype: dtype, shape: shape, storage: storage)
    }

    /// Number of elements.
    public var elementCount: Int { shape.reduce(1, *) }

    /// Bytes of the elements in row-major order.
    public var byteCount: Int { elementCount * dtype.itemSize }

    /// Whether the elements lie in row-major order without gaps.
    public var isContiguous: Bool {
        elementCount == 0
            || zip(zip(shape, strides), Self.contiguousStrides(shape) ?? []).allSatisfy { $0.0 == 1 || $0.1 == $1 }
    }

    /// Calls `body` with the elements' bytes in row-major order: the storage's own where the tensor is contiguous,
    /// otherwise a temporary copy.
    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try storage.withUnsafeBytes { bytes in
            if elementCount == 0 { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
            if isContiguous {
                return try body(UnsafeRawBufferPointer(rebasing: bytes[byteOffset..<byteOffset + byteCount]))
            }
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 64)
            defer { copy.deallocate() }
            gather(from: bytes, into: copy)
            return try body(UnsafeRawBufferPointer(copy))
        }
    }

    /// The elements in row-major order as values of a Swift type of the same size, for example `Float` for `.float32`;
    /// nil if the sizes differ.
    public func elements<Element: BitwiseCopyable>(as type: Element.Type) -> [Element]? {
        guard MemoryLayout<Element>.stride == dtype.itemSize else { return nil }
        return withUnsafeBytes { bytes in
            (0..<elementCount).map { bytes.loadUnaligned(fromByteOffset: $0 * dtype.itemSize, as: type) }
        }
    }
}

extension SerializedTensor: Equatable {
    /// Whether type, shape and the elements' bits are the same.
    public static func == (left: SerializedTensor, right: SerializedTensor) -> Bool {
        left.dtype == right.dtype && left.shape == right.shape
            && left.withUnsafeBytes { first in right.withUnsafeBytes { first.elementsEqual($0) } }
    }
}

extension SerializedTensor {
    /// The product of the sizes; nil if one is negative or the product overflows.
    static func elementCount(_ shape: [Int]) -> Int? {
        var count = 1
        var isEmpty = false
        for size in shape {
            guard size >= 0 else { return nil }
            if size == 0 {
                isEmpty = true
                continue
            }
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow else { return nil }
            count = product
        }
        return isEmpty ? 0 : count
    }

    /// Row-major steps, as PyTorch gives them to empty tensors too (a size of 0 counts as 1).
    static func contiguousStrides(_ shape: [Int]) -> [Int]? {
        guard elementCount(shape) != nil else { return nil }
        var strides = [Int](repeating: 1, count: shape.count)
        for index in stride(from: shape.count - 2, through: 0, by: -1) {
            strides[index] = strides[index + 1] * max(shape[index + 1], 1)
        }
        return strides
    }

    /// Elements from the first to the last that a view reaches; nil where sizes or steps are negative or overflow.
    static func extent(shape: [Int], strides: [Int]) -> Int? {
        guard shape.count == strides.count, let count = elementCount(shape), strides.allSatisfy({ $0 >= 0 }) else {
            return nil
        }
        guard count > 0 else { return 0 }
        var last = 0
        for (size, step) in zip(shape, strides) {
            let (reach, overflow) = (size - 1).multipliedReportingOverflow(by: step)
            let (sum, carry) = last.addingReportingOverflow(reach)
            guard !overflow, !carry else { return nil }
            last = sum
        }
        let (extent, overflow) = last.addingReportingOverflow(1)
        return overflow ? nil : extent
    }

    /// Copies the elements in row-major order.
    private func gather(from bytes: UnsafeRawBufferPointer, into copy: UnsafeMutableRawBufferPointer) {
        let itemSize = dtype.itemSize
        var index = [Int](repeating: 0, count: shape.count)
        var source = byteOffset
        for target in stride(from: 0, to: copy.count, by: itemSize) {
            UnsafeMutableRawBufferPointer(rebasing: copy[target..<target + itemSize])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[source..<source + itemSize]))
            // Counts like an odometer: the last dimension turns fastest. The step of a dimension of size 1 means nothing
            // and may be any number.
            for dimension in stride(from: shape.count - 1, through: 0, by: -1) where shape[dimension] > 1 {
                index[dimension] += 1
                source += strides[dimension] * itemSize
                if index[dimension] < shape[dimension] { break }
                source -= strides[dimension] * itemSize * shape[dimension]
                index[dimension] = 0
            }
        }
    }
}
