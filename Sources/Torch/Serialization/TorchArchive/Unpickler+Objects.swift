/// The objects of ``PickleGlobal``, made from their arguments.
extension Unpickler {
    /// What a call of `global` gives.
    mutating func apply(_ global: PickleGlobal, _ arguments: [Int]) throws -> PickleNode {
        switch global {
        case .rebuildTensor: return .tensor(try tensor(arguments))
        case .rebuildParameter:
            guard let first = arguments.first, case .tensor(let tensor) = nodes[first] else {
                throw invalid("a parameter without its tensor")
            }
            return .tensor(tensor)
        case .orderedDict where arguments.isEmpty: return .dict([], isOrderedDict: true)
        case .set:
            if arguments.isEmpty { return .set([]) }
            guard arguments.count == 1, case .list(let elements) = nodes[arguments[0]] else {
                throw invalid("a set that is not made of a list")
            }
            try spend(elements.count * 8)
            return .set(elements)
        case .bytes where arguments.isEmpty: return .bytes([])
        case .encode: return .bytes(try encode(arguments))
        case .size:
            guard arguments.count == 1 else { throw invalid("a torch.Size without its sizes") }
            return .size(try integers(arguments[0], what: "a torch.Size"))
        case .device:
            guard let first = arguments.first, case .string(let name) = nodes[first] else {
                throw invalid("a torch.device without its name")
            }
            if arguments.count == 2, case .int(let index) = nodes[arguments[1]] { return .device("\(name):\(index)") }
            return .device(name)
        case .numpyReconstruct:
            guard let first = arguments.first, case .global(.numpyArray) = nodes[first] else {
                throw invalid("a NumPy object that is no plain array")
            }
            return .emptyArray
        case .numpyType:
            guard let first = arguments.first, case .string(let code) = nodes[first], code.utf8.count <= 16 else {
                throw invalid("a NumPy type without its code")
            }
            return .numpyType(code: code, order: "|")
        case .numpyScalar:
            guard arguments.count == 2, case .bytes(let bytes) = nodes[arguments[1]] else {
                throw invalid("a NumPy scalar without its bytes")
            }
            return .array(try array(type: arguments[0], shape: [], isFortranOrder: false, bytes: bytes))
        case .typedStorage, .untypedStorage, .dtype, .numpyArray, .orderedDict, .bytes:
            throw invalid("a call that plain data never makes")
        }
    }

    /// What `BUILD` does: sets the state of a NumPy object, and passes over the attributes of a dictionary.
    mutating func build(_ target: Int, state: Int) throws {
        switch (nodes[target], nodes[state]) {
        case (.dict(_, isOrderedDict: true), .dict): break
        case (.numpyType(let code, _), .tuple(let items)):
            guard items.count >= 2, case .string(let order) = nodes[items[1]], ["<", ">", "|", "="].contains(order)
            else {
                throw invalid("a NumPy type with an unknown byte order")
            }
            nodes[target] = .numpyType(code: code, order: order)
        case (.emptyArray, .tuple(let items)):
            guard items.count == 5, case .bool(let isFortranOrder) = nodes[items[3]],
                case .bytes(let bytes) = nodes[items[4]]
            else { throw invalid("a NumPy array whose state is not plain bytes") }
            let shape = try integers(items[1], what: "a NumPy array")
            nodes[target] = .array(
                try array(type: items[2], shape: shape, isFortranOrder: isFortranOrder, bytes: bytes))
        default: throw invalid("the state of an object that has none")
        }
    }

    /// The storage of a persistent id: `("storage", type, key, location, element count)`.
    mutating func persistent(_ id: Int) throws -> Int {
        guard case .tuple(let items) = nodes[id], items.count == 5, case .string("storage") = nodes[items[0]],
            case .global(let global) = nodes[items[1]], case .string(let key) = nodes[items[2]],
            case .int(let count) = nodes[items[4]], count >= 0
        else { throw invalid("a persistent id that is no storage") }
        let type: DType
        switch global {
        case .typedStorage(let known): type = known
        case .untypedStorage: type = .uint8
        default: throw invalid("storage \(quoted(key)) has no storage type")
        }
        if let known = storages[key] {
            guard known.type == type else { throw invalid("storage \(quoted(key)) is used with two element types") }
            return known.node
        }
        let (byteCount, overflow) = count.multipliedReportingOverflow(by: type.itemSize)
        guard !overflow else { throw invalid("storage \(quoted(key)) is too large") }
        nodes.append(.storage(try storage(key, byteCount), type))
        storages[key] = (nodes.count - 1, type)
        return nodes.count - 1
    }

    /// `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks[, metadata])`
    private mutating func tensor(_ arguments: [Int]) throws -> SerializedTensor {
        guard (5...7).contains(arguments.count), case .storage(let storage, let type) = nodes[arguments[0]],
            case .int(let offset) = nodes[arguments[1]], offset >= 0
        else { throw invalid("a tensor without its storage") }
        let shape = try integers(arguments[2], what: "a tensor's size")
        let strides = try integers(arguments[3], what: "a tensor's stride")
        guard case (let byteOffset, let overflow) = offset.multipliedReportingOverflow(by: type.itemSize), !overflow,
            let tensor = SerializedTensor(
                dtype: type, shape: shape, strides: strides, byteOffset: byteOffset, storage: storage),
            case (let byteCount, let tooLarge) = tensor.elementCount.multipliedReportingOverflow(by: type.itemSize),
            !tooLarge
        else { throw invalid("a tensor of shape \(shape) reaches outside its storage") }
        guard byteCount <= viewBytesLeft else {
            throw invalid("its tensors are far larger than the file; the one of shape \(shape) is too much")
        }
        viewBytesLeft -= byteCount
        return tensor
    }

    /// Bytes as protocol 2 writes them: a string whose characters are the bytes.
    private mutating func encode(_ arguments: [Int]) throws -> [UInt8] {
        guard arguments.count == 2, case .string(let text) = nodes[arguments[0]],
            case .string(let encoding) = nodes[arguments[1]], encoding == "latin1"
        else { throw invalid("an encoded text that is not latin1") }
        try spend(text.utf8.count)
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            guard let byte = UInt8(exactly: scalar.value) else { throw invalid("an encoded text that is not latin1") }
            bytes.append(byte)
        }
        return bytes
    }

    private func array(type: Int, shape: [Int], isFortranOrder: Bool, bytes: [UInt8]) throws -> NumpyArray {
        guard case .numpyType(let code, let order) = nodes[type],
            let array = NumpyArray(typeCode: order + code, shape: shape, isFortranOrder: isFortranOrder, bytes: bytes)
        else { throw invalid("a NumPy array whose type, shape and bytes do not fit") }
        return array
    }

    private func integers(_ node: Int, what: String) throws -> [Int] {
        let items: [Int]
        switch nodes[node] {
        case .tuple(let elements), .list(let elements): items = elements
        case .size(let sizes): return sizes
        default: throw invalid("\(what) is no tuple")
        }
        guard items.count <= limits.dimensions else { throw invalid("\(what) has \(items.count) dimensions") }
        return try items.map { item in
            guard case .int(let number) = nodes[item], number >= 0 else {
                throw invalid("\(what) is not made of sizes")
            }
            return number
        }
    }

    /// Counts what decoding produces against what the pickle's length allows.
    private mutating func spend(_ bytes: Int) throws {
        guard bytes <= expansionLeft else { throw invalid("it expands to far more than its size") }
        expansionLeft -= bytes
    }
}
