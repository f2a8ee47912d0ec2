/// The safetensors names of element types.
enum SafetensorsType {
    /// In the order in which Python's writer puts tensors into the file: the widest alignment first.
    static let writingOrder: [(type: DType, name: String)] = [
        (.int64, "I64"), (.float64, "F64"), (.complex64, "C64"), (.float32, "F32"), (.int32, "I32"),
        (.bfloat16, "BF16"), (.float16, "F16"), (.int16, "I16"), (.int8, "I8"), (.uint8, "U8"), (.bool, "BOOL"),
    ]

    /// The type's name; nil for `complex128`, which the format has not.
    static func name(of type: DType) -> String? { writingOrder.first { $0.type == type }?.name }

    static func type(named name: String) -> DType? { writingOrder.first { $0.name == name }?.type }

    static func rank(of type: DType) -> Int? { writingOrder.firstIndex { $0.type == type } }
}
