/// The names of PyTorch's typed storages in pickles.
enum TorchStorageType {
    private static let names: [(type: DType, name: String)] = [
        (.float32, "FloatStorage"), (.float64, "DoubleStorage"), (.float16, "HalfStorage"),
        (.bfloat16, "BFloat16Storage"), (.int64, "LongStorage"), (.int32, "IntStorage"), (.int16, "ShortStorage"),
        (.int8, "CharStorage"), (.uint8, "ByteStorage"), (.bool, "BoolStorage"),
        (.complex64, "ComplexFloatStorage"), (.complex128, "ComplexDoubleStorage"),
    ]

    static func type(named name: String) -> DType? { names.first { $0.name == name }?.type }

    static func name(of type: DType) -> String { names.first { $0.type == type }?.name ?? "" }
}
