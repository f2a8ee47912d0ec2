extension FeatureType {
    /// The type of a `Value` whose `dtype` Python writes so; nil where there is none.
    init?(dtype: String) {
        if let plain = Self.plain[dtype] {
            self = plain
            return
        }
        let open = dtype.firstIndex { $0 == "[" || $0 == "(" } ?? dtype.endIndex
        guard open != dtype.endIndex, dtype.last == "]" || dtype.last == ")" else { return nil }
        let arguments = dtype[dtype.index(after: open)...].dropLast().split(separator: ",").map { argument in
            String(argument.drop { $0 == " " })
        }
        switch (dtype[..<open], arguments.count) {
        case ("timestamp", 1), ("timestamp", 2):
            guard let unit = TimeUnit(rawValue: arguments[0]) else { return nil }
            if arguments.count == 1 {
                self = .timestamp(unit, timezone: nil)
            } else {
                guard arguments[1].hasPrefix("tz="), !arguments[1].utf8.contains(0) else { return nil }
                self = .timestamp(unit, timezone: String(arguments[1].dropFirst(3)))
            }
        case ("duration", 1):
            guard let unit = TimeUnit(rawValue: arguments[0]) else { return nil }
            self = .duration(unit)
        case ("time32", 1):
            guard let unit = TimeUnit(rawValue: arguments[0]), unit == .seconds || unit == .milliseconds else {
                return nil
            }
            self = .time32(unit)
        case ("time64", 1):
            guard let unit = TimeUnit(rawValue: arguments[0]), unit == .microseconds || unit == .nanoseconds else {
                return nil
            }
            self = .time64(unit)
        case ("decimal128", 2), ("decimal256", 2):
            let limit = dtype.hasPrefix("decimal128") ? 38 : 76
            guard let precision = Int(arguments[0]), let scale = Int(arguments[1]), (1...limit).contains(precision),
                (-limit...limit).contains(scale)
            else { return nil }
            self =
                limit == 38
                ? .decimal128(precision: precision, scale: scale) : .decimal256(precision: precision, scale: scale)
        default: return nil
        }
    }

    private static let plain: [String: FeatureType] = {
        var types: [String: FeatureType] = [
            // Arrow's and Python's other names.
            "boolean": .bool, "bool_": .bool, "halffloat": .float16, "float": .float32, "double": .float64,
            "utf8": .string, "str": .string, "large_utf8": .largeString, "string_view": .string,
            "binary_view": .binary,
        ]
        let named: [FeatureType] = [
            .null, .bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .float16, .float32,
            .float64, .string, .largeString, .binary, .largeBinary, .date32, .date64,
        ]
        for type in named { if let dtype = type.dtype { types[dtype] = type } }
        return types
    }()
}
