/// Writes a value as a pickle of protocol 2, in the shape that Python's pickler gives `torch.save`.
///
/// Equal strings are written once and referred to, as Python does with strings of its source text; the storages of tensors
/// are numbered in the order in which they are met, and their bytes are left to the archive.
struct Pickler {
    /// A storage that the archive has to hold under its number.
    struct StorageRecord {
        let storage: TensorStorage
        let type: DType
    }

    private(set) var bytes: [UInt8] = []
    private(set) var storages: [StorageRecord] = []
    private var storageKeys: [StorageKey: Int] = [:]
    private var strings: [String: Int] = [:]
    private var globals: [String: Int] = [:]
    private var memoCount = 0

    private struct StorageKey: Hashable {
        let storage: ObjectIdentifier
        let type: DType
    }

    /// - Throws: ``PicklerFailure`` for what the format can't hold.
    init(_ value: PickleValue) throws {
        op(.proto)
        bytes.append(2)
        try save(value, depth: 0)
        op(.stop)
    }

    private mutating func save(_ value: PickleValue, depth: Int) throws {
        guard depth <= PickleLimits().depth else { throw PicklerFailure(reason: "its values are nested too deep") }
        switch value {
        case .none: op(.none)
        case .bool(let value): op(value ? .newTrue : .newFalse)
        case .int(let value): save(value)
        case .bigInt(let value): try saveLong(value)
        case .float(let value):
            op(.binFloat)
            append(value.bitPattern.bigEndian)
        case .string(let value): try save(value)
        case .bytes(let value): try save(value)
        case .list(let elements): try saveList(elements, depth: depth)
        case .tuple(let elements): try saveTuple(elements.count) { try $0.save(elements[$1], depth: depth + 1) }
        case .dict(let dictionary): try saveDictionary(dictionary, depth: depth)
        case .set(let elements):
            saveGlobal("__builtin__", "set")
            try saveTuple(1) { pickler, _ in try pickler.saveList(elements, depth: depth + 1) }
            reduce()
        case .tensor(let tensor): try save(tensor)
        case .array(let array): try save(array)
        case .size(let sizes):
            saveGlobal("torch", "Size")
            try saveTuple(1) { pickler, _ in try pickler.saveSizes(sizes) }
            reduce()
        case .dtype(let type): saveGlobal("torch", type.description)
        case .device(let name):
            saveGlobal("torch", "device")
            let parts = name.split(separator: ":", maxSplits: 1).map(String.init)
            let index = parts.count == 2 ? Int(parts[1]) : nil
            try saveTuple(index == nil ? 1 : 2) { pickler, item in
                if item == 1, let index {
                    pickler.save(index)
                } else {
                    try pickler.save(index == nil ? name : parts[0])
                }
            }
            reduce()
        }
    }
}

/// What a pickle of protocol 2 can't hold.
struct PicklerFailure: Error {
    let reason: String
}

// MARK: Plain values

extension Pickler {
    private mutating func save(_ value: Int) {
        switch value {
        case 0...0xFF:
            op(.binInt1)
            bytes.append(UInt8(value))
        case 0...0xFFFF:
            op(.binInt2)
            append(UInt16(value))
        case Int(Int32.min)...Int(Int32.max):
            op(.binInt)
            append(Int32(value))
        default:
            let all = withUnsafeBytes(of: value.littleEndian) { Array($0) }
            // The shortest two's complement.
            var length = 8
            while length > 1, all[length - 1] == (value < 0 ? 0xFF : 0), (all[length - 2] & 0x80 != 0) == (value < 0) {
                length -= 1
            }
            op(.long1)
            bytes.append(UInt8(length))
            bytes.append(contentsOf: all[..<length])
        }
    }

    private mutating func saveLong(_ value: [UInt8]) throws {
        if value.count <= 255 {
            op(.long1)
            bytes.append(UInt8(value.count))
        } else {
            op(.long4)
            append(Int32(try length(value.count, limit: Int(Int32.max))))
        }
        bytes.append(contentsOf: value)
    }

    private mutating func save(_ text: String) throws {
        if let index = strings[text] { return get(index) }
        try saveText(Array(text.utf8))
        strings[text] = put()
    }

    private mutating func saveText(_ utf8: [UInt8]) throws {
        op(.binUnicode)
        append(UInt32(try length(utf8.count, limit: Int(UInt32.max))))
        bytes.append(contentsOf: utf8)
    }

    /// Protocol 2 has no bytes: Python writes them as a call of `_codecs.encode` with their Latin-1 text.
    private mutating func save(_ data: [UInt8]) throws {
        if data.isEmpty {
            saveGlobal("__builtin__", "bytes")
            op(.emptyTuple)
            return reduce()
        }
        saveGlobal("_codecs", "encode")
        try saveTuple(2) { pickler, item in
            guard item == 0 else { return try pickler.save("latin1") }
            var text: [UInt8] = []
            text.reserveCapacity(data.count * 3 / 2)
            for byte in data {
                if byte < 0x80 { text.append(byte) } else { text += [0xC0 | byte >> 6, 0x80 | byte & 0x3F] }
            }
            try pickler.saveText(text)
            _ = pickler.put()
        }
        reduce()
    }
}

// MARK: Containers

extension Pickler {
    /// Python's pickler writes at most this many members at once.
    private static let batchSize = 1000

    private mutating func saveTuple(_ count: Int, _ item: (inout Pickler, Int) throws -> Void) throws {
        if count == 0 { return op(.emptyTuple) }
        if count > 3 { op(.mark) }
        for index in 0..<count { try item(&self, index) }
        switch count {
        case 1: op(.tuple1)
        case 2: op(.tuple2)
        case 3: op(.tuple3)
        default: op(.tuple)
        }
        _ = put()
    }

    private mutating func saveList(_ elements: [PickleValue], depth: Int) throws {
        op(.emptyList)
        _ = put()
        if elements.count == 1 {
            try save(elements[0], depth: depth + 1)
            return op(.append)
        }
        for start in stride(from: 0, to: elements.count, by: Self.batchSize) {
            op(.mark)
            for element in elements[start..<min(start + Self.batchSize, elements.count)] {
                try save(element, depth: depth + 1)
            }
            op(.appends)
        }
    }

    private mutating func saveDictionary(_ dictionary: PickleDictionary, depth: Int) throws {
        if dictionary.isOrderedDict {
            saveOrderedDict()
        } else {
            op(.emptyDict)
            _ = put()
        }
        let entries = dictionary.entries
        let isSingle = entries.count == 1
        for start in stride(from: 0, to: entries.count, by: Self.batchSize) {
            if !isSingle { op(.mark) }
            for entry in entries[start..<min(start + Self.batchSize, entries.count)] {
                try save(entry.key, depth: depth + 1)
                try save(entry.value, depth: depth + 1)
            }
            op(isSingle ? .setItem : .setItems)
        }
    }

    /// An empty `OrderedDict`.
    private mutating func saveOrderedDict() {
        saveGlobal("collections", "OrderedDict")
        op(.emptyTuple)
        reduce()
    }

    private mutating func saveSizes(_ sizes: [Int]) throws { try saveTuple(sizes.count) { $0.save(sizes[$1]) } }
}

// MARK: Tensors and arrays

extension Pickler {
    private mutating func save(_ tensor: SerializedTensor) throws {
        let view = try Self.typedView(of: tensor)
        let itemSize = view.dtype.itemSize
        saveGlobal("torch._utils", "_rebuild_tensor_v2")
        try saveTuple(6) { pickler, item in
            switch item {
            case 0: try pickler.saveStorage(view.storage, type: view.dtype)
            case 1: pickler.save(view.byteOffset / itemSize)
            case 2: try pickler.saveSizes(view.shape)
            case 3: try pickler.saveSizes(view.strides)
            case 4: pickler.op(.newFalse)
            default: pickler.saveOrderedDict()
            }
        }
        reduce()
    }

    /// The tensor itself, or a copy where its storage is no row of its elements.
    private static func typedView(of tensor: SerializedTensor) throws -> SerializedTensor {
        let itemSize = tensor.dtype.itemSize
        if tensor.storage.count % itemSize == 0, tensor.byteOffset % itemSize == 0 { return tensor }
        let copy = tensor.withUnsafeBytes { TensorStorage(copying: $0) }
        guard let view = SerializedTensor(dtype: tensor.dtype, shape: tensor.shape, storage: copy) else {
            throw PicklerFailure(reason: "a tensor of shape \(tensor.shape) is too large")
        }
        return view
    }

    private mutating func saveStorage(_ storage: TensorStorage, type: DType) throws {
        let key = StorageKey(storage: ObjectIdentifier(storage), type: type)
        let number = storageKeys[key] ?? storages.count
        if number == storages.count {
            storageKeys[key] = number
            storages.append(StorageRecord(storage: storage, type: type))
        }
        try saveTuple(5) { pickler, item in
            switch item {
            case 0: try pickler.save("storage")
            case 1: pickler.saveGlobal("torch", TorchStorageType.name(of: type))
            case 2: try pickler.save(String(number))
            case 3: try pickler.save("cpu")
            default: pickler.save(storage.count / type.itemSize)
            }
        }
        op(.binPersistentId)
    }

    /// As NumPy's `__reduce__` has it: an empty array, then its state.
    private mutating func save(_ array: NumpyArray) throws {
        saveGlobal("numpy._core.multiarray", "_reconstruct")
        try saveTuple(3) { pickler, item in
            switch item {
            case 0: pickler.saveGlobal("numpy", "ndarray")
            case 1: try pickler.saveSizes([0])
            default: try pickler.save([UInt8(ascii: "b")])
            }
        }
        reduce()
        try saveTuple(5) { pickler, item in
            switch item {
            case 0: pickler.save(1)
            case 1: try pickler.saveSizes(array.shape)
            case 2: try pickler.saveNumpyType(array.typeCode)
            case 3: pickler.op(array.isFortranOrder ? .newTrue : .newFalse)
            default: try pickler.save(array.bytes)
            }
        }
        op(.build)
    }

    private mutating func saveNumpyType(_ typeCode: String) throws {
        saveGlobal("numpy", "dtype")
        let code = String(typeCode.dropFirst())
        try saveTuple(3) { pickler, item in
            if item == 0 { try pickler.save(code) } else { pickler.op(item == 1 ? .newFalse : .newTrue) }
        }
        reduce()
        try saveTuple(8) { pickler, item in
            switch item {
            case 0: pickler.save(3)
            case 1: try pickler.save(String(typeCode.prefix(1)))
            case 2, 3, 4: pickler.op(.none)
            case 5, 6: pickler.save(-1)
            default: pickler.save(0)
            }
        }
        op(.build)
    }
}

// MARK: Opcodes

extension Pickler {
    private mutating func op(_ opcode: PickleOpcode) { bytes.append(opcode.rawValue) }

    private mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func saveGlobal(_ module: String, _ name: String) {
        let line = "\(module)\n\(name)\n"
        if let index = globals[line] { return get(index) }
        op(.global)
        bytes.append(contentsOf: line.utf8)
        globals[line] = put()
    }

    private mutating func reduce() {
        op(.reduce)
        _ = put()
    }

    private mutating func put() -> Int {
        defer { memoCount += 1 }
        if memoCount < 256 {
            op(.binPut)
            bytes.append(UInt8(memoCount))
        } else {
            op(.longBinPut)
            append(UInt32(memoCount))
        }
        return memoCount
    }

    private mutating func get(_ index: Int) {
        if index < 256 {
            op(.binGet)
            bytes.append(UInt8(index))
        } else {
            op(.longBinGet)
            append(UInt32(index))
        }
    }

    private func length(_ count: Int, limit: Int) throws -> Int {
        guard count <= limit else { throw PicklerFailure(reason: "a text or number of \(count) bytes is too long") }
        return count
    }
}
