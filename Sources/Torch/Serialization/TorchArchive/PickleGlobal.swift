/// The Python objects that the reader knows; each becomes a value, and none is ever run.
enum PickleGlobal: Equatable {
    case rebuildTensor
    case rebuildParameter
    case typedStorage(DType)
    case untypedStorage
    case size
    case device
    case dtype(DType)
    case orderedDict
    case set
    case bytes
    case encode
    case numpyReconstruct
    case numpyScalar
    case numpyArray
    case numpyType

    /// nil for anything that is not on the list.
    init?(module: String, name: String) {
        switch (module, name) {
        case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor
        case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
        case ("torch.storage", "UntypedStorage"), ("torch", "UntypedStorage"): self = .untypedStorage
        case ("torch", "Size"): self = .size
        case ("torch", "device"): self = .device
        case ("collections", "OrderedDict"): self = .orderedDict
        case ("__builtin__", "set"), ("builtins", "set"): self = .set
        case ("__builtin__", "frozenset"), ("builtins", "frozenset"): self = .set
        case ("__builtin__", "bytes"), ("builtins", "bytes"): self = .bytes
        case ("_codecs", "encode"): self = .encode
        case ("numpy.core.multiarray", "_reconstruct"), ("numpy._core.multiarray", "_reconstruct"):
            self = .numpyReconstruct
        case ("numpy.core.multiarray", "scalar"), ("numpy._core.multiarray", "scalar"): self = .numpyScalar
        case ("numpy", "ndarray"): self = .numpyArray
        case ("numpy", "dtype"): self = .numpyType
        case ("torch", _):
            if let type = TorchStorageType.type(named: name) {
                self = .typedStorage(type)
            } else if let type = DType(name: name) {
                self = .dtype(type)
            } else {
                return nil
            }
        default: return nil
        }
    }
}
