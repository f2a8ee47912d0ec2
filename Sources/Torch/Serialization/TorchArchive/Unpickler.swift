/// Reads a pickle of protocol 2 to 4 as data: a machine with a stack and a memo that knows values, containers and the
/// objects of ``PickleGlobal``, and runs nothing.
///
/// Memory is bounded by the pickle's length, for every step adds at most one object.
struct Unpickler {
    let file: String
    let limits: PickleLimits
    /// Gives the bytes of a storage by its key; the second argument is the size that the pickle claims.
    let storage: (_ key: String, _ byteCount: Int) throws -> TensorStorage

    var nodes: [PickleNode] = []
    var input: PickleInput
    /// Bytes that decoding may still produce.
    var expansionLeft: Int
    /// Bytes of tensors that may still follow: views of one storage, read one by one, could fill any memory.
    var viewBytesLeft: Int
    var storages: [String: (node: Int, type: DType)] = [:]
    private var stack: [Int] = []
    private var marks: [Int] = []
    private var memo: [Int: Int] = [:]

    init(
        _ bytes: UnsafeRawBufferPointer, file: String, limits: PickleLimits = PickleLimits(), viewBytes: Int,
        storage: @escaping (String, Int) throws -> TensorStorage
    ) {
        self.file = file
        self.limits = limits
        self.storage = storage
        input = PickleInput(bytes: bytes, file: file)
        expansionLeft = bytes.count * limits.expansion
        viewBytesLeft = viewBytes
    }

    /// Runs the pickle to its end and gives its value.
    ///
    /// - Throws: ``TorchArchiveError``, or what `storage` throws.
    mutating func read() throws -> PickleValue {
        guard try input.byte() == PickleOpcode.proto.rawValue else {
            throw invalid("it does not begin with a protocol")
        }
        let version = try input.byte()
        guard (2...4).contains(version) else { throw invalid("protocol \(version) is not one of 2, 3 and 4") }
        while true {
            let code = try input.byte()
            guard let opcode = PickleOpcode(rawValue: code) else {
                throw invalid("byte \(input.position - 1): the opcode 0x\(String(code, radix: 16)) is not plain data")
            }
            if opcode == .stop { break }
            try perform(opcode)
            guard nodes.count <= limits.values, memo.count <= limits.values else {
                throw invalid("it holds more than \(limits.values) objects")
            }
        }
        guard stack.count == 1, marks.isEmpty else { throw invalid("it ends with \(stack.count) values on its stack") }
        return try PickleNodeConverter(nodes: nodes, file: file, limits: limits).value(of: stack[0])
    }

    func invalid(_ reason: String) -> TorchArchiveError { .invalidPickle(file: file, reason: reason) }

    private mutating func perform(_ opcode: PickleOpcode) throws {
        switch opcode {
        case .stop, .proto: throw invalid("a protocol stands in the middle")
        case .frame: try input.checkFrame()
        case .mark: marks.append(stack.count)
        case .pop: if marks.last == stack.count { marks.removeLast() } else { _ = try pop() }
        case .popMark: _ = try popToMark()
        case .dup: stack.append(try top())
        case .none: push(.none)
        case .newTrue: push(.bool(true))
        case .newFalse: push(.bool(false))
        case .binInt: push(.int(Int(Int32(bitPattern: try input.number()))))
        case .binInt1: push(.int(Int(try input.byte())))
        case .binInt2: push(.int(Int(try input.number() as UInt16)))
        case .long1: push(Self.integer(try input.take(Int(try input.byte()))))
        case .long4: push(Self.integer(try input.take(Int(Int32(bitPattern: try input.number())))))
        case .binFloat: push(.float(Double(bitPattern: UInt64(bigEndian: try input.number()))))
        case .shortBinUnicode, .shortBinString: push(.string(try input.text(Int(try input.byte()))))
        case .binUnicode: push(.string(try input.text(Int(try input.number() as UInt32))))
        case .binString: push(.string(try input.text(Int(Int32(bitPattern: try input.number())))))
        case .binUnicode8: push(.string(try input.text(try input.length64())))
        case .shortBinBytes: push(.bytes(Array(try input.take(Int(try input.byte())))))
        case .binBytes: push(.bytes(Array(try input.take(Int(try input.number() as UInt32)))))
        case .binBytes8: push(.bytes(Array(try input.take(try input.length64()))))
        case .emptyList: push(.list([]))
        case .emptyTuple: push(.tuple([]))
        case .emptyDict: push(.dict([], isOrderedDict: false))
        case .emptySet: push(.set([]))
        case .list: push(.list(try popToMark()))
        case .tuple: push(.tuple(try popToMark()))
        case .dict: push(.dict(try pairs(popToMark()), isOrderedDict: false))
        case .frozenSet: push(.set(try popToMark()))
        case .tuple1: push(.tuple(try pop(1)))
        case .tuple2: push(.tuple(try pop(2)))
        case .tuple3: push(.tuple(try pop(3)))
        case .append: try append(try pop(1))
        case .appends: try append(try popToMark())
        case .setItem: try setItems(try pop(2))
        case .setItems: try setItems(try pairs(popToMark()))
        case .addItems: try addItems(try popToMark())
        case .binGet: try get(Int(try input.byte()))
        case .longBinGet: try get(Int(try input.number() as UInt32))
        case .binPut: memo[Int(try input.byte())] = try top()
        case .longBinPut: memo[Int(try input.number() as UInt32)] = try top()
        case .memoize: memo[memo.count] = try top()
        case .global: try pushGlobal(module: try input.line(), name: try input.line())
        case .stackGlobal:
            let names = try pop(2)
            guard case .string(let module) = nodes[names[0]], case .string(let name) = nodes[names[1]] else {
                throw invalid("a global's name is not a string")
            }
            try pushGlobal(module: module, name: name)
        case .reduce, .newObject:
            let call = try pop(2)
            guard case .global(let global) = nodes[call[0]], case .tuple(let arguments) = nodes[call[1]] else {
                throw invalid("a call of something that is not on the list of plain data")
            }
            push(try apply(global, arguments))
        case .build:
            let state = try pop()
            try build(try top(), state: state)
        case .binPersistentId: stack.append(try persistent(try pop()))
        }
    }

    // MARK: Stack

    private mutating func push(_ node: PickleNode) {
        nodes.append(node)
        stack.append(nodes.count - 1)
    }

    private func top() throws -> Int {
        guard let last = stack.last, stack.count > marks.last ?? 0 else { throw invalid("its stack runs empty") }
        return last
    }

    private mutating func pop() throws -> Int {
        let last = try top()
        stack.removeLast()
        return last
    }

    private mutating func pop(_ count: Int) throws -> [Int] {
        guard stack.count - (marks.last ?? 0) >= count else { throw invalid("its stack runs empty") }
        let popped = Array(stack.suffix(count))
        stack.removeLast(count)
        return popped
    }

    private mutating func popToMark() throws -> [Int] {
        guard let mark = marks.popLast() else { throw invalid("a mark is missing") }
        let popped = Array(stack[mark...])
        stack.removeSubrange(mark...)
        return popped
    }

    private func pairs(_ items: [Int]) throws -> [Int] {
        guard items.count % 2 == 0 else { throw invalid("a dictionary has a key without a value") }
        return items
    }

    private mutating func get(_ index: Int) throws {
        guard let node = memo[index] else { throw invalid("memo \(index) is used before it is set") }
        stack.append(node)
    }

    private mutating func pushGlobal(module: String, name: String) throws {
        guard let global = PickleGlobal(module: module, name: name) else {
            throw TorchArchiveError.forbiddenGlobal(file: file, name: "\(module).\(name)")
        }
        push(.global(global))
    }

    // MARK: Containers. The node is taken out of the table while it grows, so that its array is not copied.

    private mutating func append(_ items: [Int]) throws {
        let target = try top()
        guard case .list(var elements) = nodes[target] else { throw invalid("an append to something that is no list") }
        nodes[target] = .none
        elements.append(contentsOf: items)
        nodes[target] = .list(elements)
    }

    private mutating func setItems(_ items: [Int]) throws {
        let target = try top()
        guard case .dict(var entries, let isOrderedDict) = nodes[target] else {
            throw invalid("a member of something that is no dictionary")
        }
        nodes[target] = .none
        entries.append(contentsOf: items)
        nodes[target] = .dict(entries, isOrderedDict: isOrderedDict)
    }

    private mutating func addItems(_ items: [Int]) throws {
        let target = try top()
        guard case .set(var elements) = nodes[target] else { throw invalid("an element of something that is no set") }
        nodes[target] = .none
        elements.append(contentsOf: items)
        nodes[target] = .set(elements)
    }

    /// An integer from its little-endian two's complement.
    private static func integer(_ bytes: UnsafeRawBufferPointer) -> PickleNode {
        let isNegative = (bytes.last ?? 0) & 0x80 != 0
        var length = bytes.count
        // Redundant sign bytes, so that equal numbers are equal values.
        while length > 1, bytes[length - 1] == (isNegative ? 0xFF : 0), (bytes[length - 2] & 0x80 != 0) == isNegative {
            length -= 1
        }
        guard length <= 8 else { return .bigInt(Array(bytes[..<length])) }
        var value = isNegative ? -1 : 0
        for index in (0..<length).reversed() { value = value << 8 | Int(bytes[index]) }
        return .int(value)
    }
}
