internal import CTorch

/// A Swift number type that tensors can be made of and read as.
public protocol TensorElement: Sendable {
    /// The element type with the same bits.
    static var dtype: DType { get }
}

extension Float: TensorElement { public static var dtype: DType { .float32 } }
extension Double: TensorElement { public static var dtype: DType { .float64 } }
extension Int: TensorElement { public static var dtype: DType { .int64 } }
extension Int64: TensorElement { public static var dtype: DType { .int64 } }
extension Int32: TensorElement { public static var dtype: DType { .int32 } }
extension Int16: TensorElement { public static var dtype: DType { .int16 } }
extension Int8: TensorElement { public static var dtype: DType { .int8 } }
extension UInt8: TensorElement { public static var dtype: DType { .uint8 } }
extension Bool: TensorElement { public static var dtype: DType { .bool } }

extension Tensor {
    /// A tensor on the CPU with a copy of the elements, row-major.
    ///
    /// - Parameters:
    ///   - elements: As many as `shape` holds.
    ///   - shape: Sizes of the dimensions; one dimension where nil.
    public convenience init<Element: TensorElement>(_ elements: [Element], shape: [Int]? = nil) {
        let shape = shape ?? [elements.count]
        var out: ct_tensor?
        if shape.reduce(1, *) == elements.count, shape.allSatisfy({ $0 >= 0 }) {
            elements.withUnsafeBytes {
                check(ct_tensor_from_bytes($0.baseAddress, shape, shape.count, Element.dtype.rawValue, &out))
            }
        } else {
            recordFailure("Tensor", "\(elements.count) elements do not fill the shape \(shape)")
        }
        self.init(owning: out)
    }

    /// A matrix on the CPU; the rows must have one length.
    public convenience init<Element: TensorElement>(_ rows: [[Element]]) {
        let width = rows.first?.count ?? 0
        if !rows.allSatisfy({ $0.count == width }) { recordFailure("Tensor", "rows of different lengths") }
        self.init(Array(rows.joined()), shape: [rows.count, width])
    }

    /// A 0-d tensor on the CPU of the number's own type (`float32` for `Double` too, as in PyTorch, unless given).
    public convenience init(_ value: some ScalarConvertible, dtype: DType? = nil) {
        let type: DType
        switch value.scalar {
        case .int: type = .int64
        case .double: type = .float32
        case .bool: type = .bool
        }
        var out: ct_tensor?
        check(
            ct_op_full(
                [], 0, value.scalar.c, (dtype ?? type).rawValue, Device.c(.cpu), &out))
        self.init(owning: out)
    }

    /// Elements in row-major order, converted to `Element` as PyTorch converts; waits for the device.
    ///
    /// - Returns: ``numel`` elements; zeros where copying failed inside an error scope.
    public func array<Element: TensorElement>(of type: Element.Type = Element.self) -> [Element] {
        guard isDefined else {
            recordFailure("array", "the tensor is not defined")
            return []
        }
        let count = numel
        return [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            bytes.initializeMemory(as: UInt8.self, repeating: 0)
            check(
                ct_tensor_copy_out(
                    handle, Element.dtype.rawValue, bytes.baseAddress, count * MemoryLayout<Element>.stride))
            initialized = count
        }
    }

    /// The only element as a `Double`; waits for the device.
    public func item() -> Double {
        var value = 0.0
        check(ct_tensor_item_double(handle, &value))
        return value
    }

    /// The only element as an `Int`, towards zero; waits for the device.
    public func item(as type: Int.Type) -> Int {
        var value: Int64 = 0
        check(ct_tensor_item_int(handle, &value))
        return Int(value)
    }

    /// Gives `body` the elements of a contiguous CPU tensor without a copy.
    ///
    /// - Returns: What `body` returns; nil where the tensor is elsewhere, not contiguous, or of another type.
    public func withUnsafeElements<Element: TensorElement, Result>(
        of type: Element.Type = Element.self, _ body: (UnsafeMutableBufferPointer<Element>) throws -> Result
    ) rethrows -> Result? {
        guard dtype == Element.dtype, let data = ct_tensor_data(handle) else { return nil }
        let elements = data.bindMemory(to: Element.self, capacity: numel)
        return try body(UnsafeMutableBufferPointer(start: elements, count: numel))
    }
}

extension Tensor {
    /// The slices `rows` along the first dimension, copied; quicker than an index tensor for the CPU's contiguous tensors.
    public func gatherRows(_ rows: [Int]) -> Tensor {
        guard device.kind == .cpu, isContiguous else {
            return indexSelect(dim: 0, index: Tensor(rows).to(device: device))
        }
        var out: ct_tensor?
        check(ct_gather_rows(handle, rows, rows.count, &out))
        return Tensor(owning: out)
    }
}
