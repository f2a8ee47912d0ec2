extension ArrayBuilder {
    /// A value that doesn't fit: what was found, and what the column holds.
    struct Misfit: Error {
        let found: String
        let wanted: String
    }

    /// Appends a value of the column's type.
    /// - Throws: ``Misfit``, with nothing appended to this array; ``DatasetError`` for want of memory.
    func append(_ value: CellValue) throws {
        if case .undecided = shape, value != .null { try settle(Self.type(of: value)) }
        switch (shape, value) {
        case (_, .null): try appendNull()
        case (.leaf(let type), _): try append(value, leaf: type)
        case (.list(let elements, let kind), _): try append(list: value, elements, kind)
        case (.structure(let names, let fields), .structure(let value)): try append(value, names, fields)
        default: throw misfit(value)
        }
    }

    func misfit(_ value: CellValue) -> Misfit { Misfit(found: value.typeName, wanted: "\(type)") }

    /// The type that a first value settles.
    private static func type(of value: CellValue) -> FeatureType {
        switch value {
        case .null: .null
        case .bool: .bool
        case .int: .int64
        case .uint64: .uint64
        case .double: .float64
        case .string: .string
        case .bytes: .binary
        case .temporal(let value): value.type
        case .decimal(let value):
            value.fits128
                ? .decimal128(precision: 38, scale: value.scale) : .decimal256(precision: 76, scale: value.scale)
        case .ints, .int32s, .floats, .doubles, .strings, .list: .list(.null)
        case .structure(let value): .structure(Features(value.names.map { .init(name: $0, type: .null) }))
        }
    }

    // MARK: Lists

    private func append(list value: CellValue, _ elements: ArrayBuilder, _ kind: ListKind) throws {
        if case .fixed(let length) = kind, let found = value.listCount, found != length {
            throw Misfit(found: "a list of \(found)", wanted: "\(type)")
        }
        switch value {
        case .ints(let values): try elements.append(numbers: values, as: .int64) { .int($0) }
        case .int32s(let values): try elements.append(numbers: values, as: .int32) { .int(Int($0)) }
        case .floats(let values): try elements.append(numbers: values, as: .float32) { .double(Double($0)) }
        case .doubles(let values): try elements.append(numbers: values, as: .float64) { .double($0) }
        case .strings(let values):
            if !values.isEmpty { try elements.settle(.string) }
            guard elements.holds(.string) || values.isEmpty else { return try elements.appendEach(value) }
            for value in values { try elements.append(text: value) }
        case .list(let values):
            // A whole number among fractions is one of them.
            if values.contains(where: { if case .double = $0 { true } else { false } }) {
                try elements.settle(.float64)
            }
            try elements.appendEach(value)
        default: throw misfit(value)
        }
        try closeValue()
        try markValid()
    }

    private func holds(_ type: FeatureType) -> Bool {
        if case .leaf(let own) = shape { own == type } else { false }
    }

    private func append<Value: BitwiseCopyable>(
        numbers values: [Value], as type: FeatureType, _ cell: (Value) -> CellValue
    ) throws {
        if values.isEmpty { return }
        try settle(type)
        if holds(type) { return try values.withUnsafeBufferPointer { try append(all: $0) } }
        // What was inferred from rows before is not changed by these.
        guard isGiven || holds(.float64) || (holds(.int64) && type == .int32) || (holds(.int32) && type == .int64)
        else {
            throw Misfit(found: "list<\(type)>", wanted: "list<\(self.type)>")
        }
        for value in values { try append(cell(value)) }
    }

    private func appendEach(_ list: CellValue) throws {
        for value in list.elements ?? [] { try append(value) }
    }

    // MARK: Structs

    private func append(_ value: StructureValue, _ names: [String], _ fields: [ArrayBuilder]) throws {
        var (names, fields) = (names, fields)
        if value.names != names, let new = value.names.first(where: { !names.contains($0) }) {
            for name in value.names where !names.contains(name) {
                guard !isGiven, try addField(name) else {
                    throw Misfit(found: "a struct with the field '\(Excerpt.of(new))'", wanted: "\(type)")
                }
            }
            if case .structure(let all, let builders) = shape { (names, fields) = (all, builders) }
        }
        for (name, field) in zip(names, fields) { try field.append(value[name] ?? .null) }
        try markValid()
    }

    // MARK: Single values

    private func append(_ value: CellValue, leaf type: FeatureType) throws {
        switch (type, value) {
        case (.bool, .bool(let value)): try append(bit: value)
        case (.string, .string(let value)), (.largeString, .string(let value)): try append(text: value)
        case (.binary, .bytes(let value)), (.largeBinary, .bytes(let value)):
            try value.withUnsafeBufferPointer { try append(bytes: $0) }
        case (.float64, .double(let value)): try append(fixed: value)
        case (.float64, .int(let value)): try append(fixed: Double(value))
        case (.float32, .double(let value)): try append(fixed: Float(value))
        case (.float32, .int(let value)): try append(fixed: Float(value))
        case (.float16, .double(let value)): try append(fixed: HalfFloat(Float(value)).bits)
        case (.float16, .int(let value)): try append(fixed: HalfFloat(Float(value)).bits)
        case (.classLabel(let label), .string(let name)): try append(fixed: try label.str2int(name))
        case (.classLabel(let label), .int(let number)):
            // Python's mark of a row without a label.
            if number != -1 { _ = try label.int2str(number) }
            try append(fixed: number)
        case (_, .int(let value)) where type.isInteger: try append(integer: value, type)
        case (.uint64, .uint64(let value)): try append(fixed: value)
        case (_, .temporal(let value)) where type.isTemporal:
            guard let converted = value.converted(to: type) else { throw misfit(.temporal(value)) }
            try append(temporal: converted, type)
        case (_, .int(let value)) where type.isTemporal && isGiven: try append(temporal: value, type)
        case (.decimal128(_, let scale), .decimal(let value)) where value.scale == scale && value.fits128:
            try append(fixed: (value.words[0].littleEndian, value.words[1].littleEndian))
        case (.decimal256(_, let scale), .decimal(let value)) where value.scale == scale:
            let words = value.words.map(\.littleEndian)
            try append(fixed: (words[0], words[1], words[2], words[3]))
        default: throw misfit(value)
        }
    }

    private func append(integer value: Int, _ type: FeatureType) throws {
        func fixed<Stored: FixedWidthInteger & BitwiseCopyable>(_ stored: Stored.Type) throws {
            guard let stored = Stored(exactly: value) else { throw Misfit(found: "\(value)", wanted: "\(type)") }
            try append(fixed: stored)
        }
        switch type {
        case .int8: try fixed(Int8.self)
        case .int16: try fixed(Int16.self)
        case .int32: try fixed(Int32.self)
        case .uint8: try fixed(UInt8.self)
        case .uint16: try fixed(UInt16.self)
        case .uint32: try fixed(UInt32.self)
        case .uint64: try fixed(UInt64.self)
        default: try append(fixed: value)
        }
    }

    private func append(temporal value: Int, _ type: FeatureType) throws {
        switch type {
        case .date32, .time32:
            guard let value = Int32(exactly: value) else { throw Misfit(found: "\(value)", wanted: "\(type)") }
            try append(fixed: value)
        default: try append(fixed: value)
        }
    }
}

extension CellValue {
    fileprivate var listCount: Int? {
        switch self {
        case .ints(let values): values.count
        case .int32s(let values): values.count
        case .floats(let values): values.count
        case .doubles(let values): values.count
        case .strings(let values): values.count
        case .list(let values): values.count
        default: nil
        }
    }
}
