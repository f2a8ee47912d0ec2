/// A NumPy array of plain elements as pickled: type code, shape and bytes.
public struct NumpyArray: Sendable, Hashable {
    /// NumPy's type code with its byte order, for example `<u4`, or `|b1` for single bytes.
    public let typeCode: String
    /// Sizes of the dimensions.
    public let shape: [Int]
    /// Whether the first dimension turns fastest in ``bytes``.
    public let isFortranOrder: Bool
    /// The elements' bytes.
    public let bytes: [UInt8]

    /// nil if the type code is not that of plain elements, or the bytes do not fit the shape.
    public init?(typeCode: String, shape: [Int], isFortranOrder: Bool = false, bytes: [UInt8]) {
        let code = typeCode.utf8
        guard code.count >= 3, code.allSatisfy({ $0 < 128 }), let order = typeCode.first, "<>|=".contains(order),
            let kind = typeCode.dropFirst().first, "biufcSUV".contains(kind),
            let width = Int(typeCode.dropFirst(2)), (0...1 << 20).contains(width),
            let count = SerializedTensor.elementCount(shape),
            case (let size, let overflow) = count.multipliedReportingOverflow(by: kind == "U" ? 4 * width : width),
            !overflow,
            size == bytes.count
        else { return nil }
        self.typeCode = typeCode
        self.shape = shape
        self.isFortranOrder = isFortranOrder
        self.bytes = bytes
    }

    /// An array of unsigned 32-bit numbers, as in NumPy's random state.
    public init(_ values: [UInt32]) {
        typeCode = "<u4"
        shape = [values.count]
        isFortranOrder = false
        bytes = values.flatMap { value in withUnsafeBytes(of: value.littleEndian) { Array($0) } }
    }

    /// The elements of an array of type `<u4`; nil for other types.
    public var uint32Values: [UInt32]? {
        guard typeCode == "<u4" else { return nil }
        return bytes.withUnsafeBytes { raw in
            stride(from: 0, to: raw.count, by: 4).map {
                UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: $0, as: UInt32.self))
            }
        }
    }
}
