internal import CTorch
public import Foundation

extension Tensor {
    /// A tensor over the file's own bytes, without a copy; read-only: writing to it is a fault of the process. Not contiguous
    /// ones and those of types that files hold but libtorch does not are copied.
    convenience init(viewing serialized: SerializedTensor) {
        guard serialized.isContiguous, serialized.elementCount > 0 else {
            self.init(copying: serialized)
            return
        }
        var out: ct_tensor?
        let owner = Unmanaged.passRetained(serialized.storage)
        serialized.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            check(
                ct_tensor_from_memory(
                    UnsafeMutableRawPointer(mutating: start), serialized.shape, serialized.shape.count,
                    serialized.dtype.rawValue, owner.toOpaque(),
                    { if let context = $0 { Unmanaged<TensorStorage>.fromOpaque(context).release() } }, &out))
        }
        self.init(owning: out)
    }

    /// A tensor on the CPU with a copy of the bytes.
    public convenience init(copying serialized: SerializedTensor) {
        var out: ct_tensor?
        serialized.withUnsafeBytes { bytes in
            check(
                ct_tensor_from_bytes(
                    bytes.baseAddress, serialized.shape, serialized.shape.count, serialized.dtype.rawValue, &out))
        }
        self.init(owning: out)
    }

    /// The elements for writing to a file: without a copy where they lie in row-major order in the CPU's memory. The tensor
    /// must not change while the result is used.
    ///
    /// - Throws: ``TorchError`` where copying fails.
    public func serialized() throws -> SerializedTensor {
        let source = try withTorchErrors { noGrad { detach().to(device: .cpu).contiguous() } }
        let count = source.numel * dtype.itemSize
        let start = ct_tensor_data(source.handle)
        let bytes = UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)
        let storage = TensorStorage(unsafeBytes: bytes, owner: source)
        guard let result = SerializedTensor(dtype: dtype, shape: shape, storage: storage) else {
            throw TorchError(operation: "serialized", message: "the tensor \(shape) does not fit its memory")
        }
        return result
    }
}

extension Safetensors {
    /// The tensors of a file, in the order of their bytes.
    ///
    /// - Parameters:
    ///   - url: The file.
    ///   - copying: True: each has memory of its own. False: they view the mapped file, for reading only.
    /// - Throws: ``SafetensorsError``, ``TorchError``.
    public static func load(_ url: URL, copying: Bool = false) throws -> StateDict {
        let file = try SafetensorsFile(url: url)
        return try withTorchErrors {
            StateDict(file.tensors.map { ($0.name, copying ? Tensor(copying: $0.tensor) : Tensor(viewing: $0.tensor)) })
        }
    }

    /// The tensors of all files that an index names.
    ///
    /// - Throws: ``SafetensorsError`` where a file is missing or lacks a tensor, ``TorchError``.
    public static func loadSharded(index url: URL, copying: Bool = false) throws -> StateDict {
        let index = try SafetensorsIndex(url: url)
        var state = StateDict()
        for name in index.files {
            let part = try load(url.deletingLastPathComponent().appending(path: name), copying: copying)
            for (key, tensor) in part.entries where index.weightMap[key] == name { state[key] = tensor }
        }
        for (key, name) in index.weightMap where state[key] == nil {
            throw SafetensorsError.missingTensor(
                file: url.deletingLastPathComponent().appending(path: name).path, tensor: key)
        }
        return state
    }

    /// Writes a state dict; a tensor that several names share is written under the first only, as Python does.
    ///
    /// - Throws: ``SafetensorsError``, ``TorchError``.
    public static func save(_ state: StateDict, to url: URL, metadata: [String: String] = ["format": "pt"]) throws {
        try write(try serialized(state), metadata: metadata, to: url)
    }

    /// The state dict's tensors for ``write(_:metadata:to:)``, shared ones once.
    ///
    /// - Parameters:
    ///   - state: Names and tensors.
    ///   - elements: How the elements of a tensor are taken; by default they are viewed in place.
    public static func serialized(
        _ state: StateDict, _ elements: (Tensor) throws -> SerializedTensor = { try $0.serialized() }
    ) throws -> [(name: String, tensor: SerializedTensor)] {
        var seen: Set<ObjectIdentifier> = []
        return try state.entries.compactMap { name, tensor in
            guard seen.insert(ObjectIdentifier(tensor)).inserted else { return nil }
            return (name, try elements(tensor))
        }
    }
}
