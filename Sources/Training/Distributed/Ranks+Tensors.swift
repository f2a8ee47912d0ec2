import OrderedJSON
import Torch

extension Ranks {
    /// The tensors of every rank in the order of the ranks, on the CPU. Ranks may give different numbers of tensors, of any
    /// shapes.
    func gather(_ tensors: [Tensor]) throws -> [[Tensor]] {
        guard areSeveral else { return [tensors] }
        let own = try withTorchErrors { try tensors.map { try $0.detach().serialized() } }
        return try gather(Self.bytes(of: own)).map { bytes in
            try withTorchErrors { try Self.tensors(in: bytes).map { Tensor(copying: $0) } }
        }
    }

    /// Runs `body` with the state that rank 0's default generator has, so that every rank draws the same numbers in it; the
    /// others go on with their own afterwards.
    ///
    /// - Parameter isNeeded: Whether numbers are drawn that all have to agree on.
    func withSharedGenerator<Result>(_ isNeeded: Bool, _ body: () throws -> Result) throws -> Result {
        guard areSeveral, isNeeded else { return try body() }
        let own = try withTorchErrors { Generator().state() }
        let first = try gather(isFirst ? [own] : [])[0]
        if !isFirst, let state = first.first { try withTorchErrors { Generator().setState(state) } }
        let result = try body()
        if !isFirst { try withTorchErrors { Generator().setState(own) } }
        return result
    }

    /// The length of the header, types and shapes as JSON, and the elements.
    private static func bytes(of tensors: [SerializedTensor]) -> [UInt8] {
        let header = JSONValue.array(
            tensors.map { ["dtype": .int(Int($0.dtype.rawValue)), "shape": .array($0.shape.map { .int($0) })] }
        ).serializedBytes()
        var bytes = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header
        for tensor in tensors { tensor.withUnsafeBytes { bytes.append(contentsOf: $0) } }
        return bytes
    }

    private static func tensors(in bytes: [UInt8]) throws -> [SerializedTensor] {
        let malformed = TrainingError.argument(
            "a rank sent tensors that cannot be read: the ranks run different programs")
        guard bytes.count >= 8 else { throw malformed }
        let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        guard (0...bytes.count - 8).contains(length),
            let header = try? JSONValue(parsing: Array(bytes[8..<8 + length])).arrayValue
        else {
            throw malformed
        }
        var start = 8 + length
        return try header.map { entry in
            let shape = entry["shape"]?.arrayValue?.compactMap(\.intValue) ?? []
            guard let raw = entry["dtype"]?.intValue, let dtype = DType(rawValue: .init(raw)) else { throw malformed }
            var size = dtype.itemSize
            for extent in shape {
                let (product, overflows) = size.multipliedReportingOverflow(by: extent)
                guard extent >= 0, !overflows else { throw malformed }
                size = product
            }
            guard size <= bytes.count - start else { throw malformed }
            let storage = bytes[start..<start + size].withUnsafeBytes { TensorStorage(copying: $0) }
            start += size
            guard let tensor = SerializedTensor(dtype: dtype, shape: shape, storage: storage) else { throw malformed }
            return tensor
        }
    }
}
