internal import OrderedJSON

/// Features as Python's `datasets` writes them: in `dataset_info.json`, and in the metadata of Arrow and Parquet files.
extension Features {
    /// The JSON of Python's `Features.to_dict`, for example
    /// `{"text": {"dtype": "string", "_type": "Value"}, "label": {"names": ["neg", "pos"], "_type": "ClassLabel"}}`.
    public var json: String { jsonValue.serialized() }

    var jsonValue: JSONValue {
        var object = JSONObject()
        for feature in self { object[feature.name] = feature.type.jsonValue }
        return .object(object)
    }

    /// What `datasets` keeps in an Arrow schema under the key `huggingface`.
    var schemaMetadata: String { JSONValue.object(["info": ["features": jsonValue]]).serialized() }

    /// Features from the JSON of Python's `Features.to_dict`, older forms (`Sequence`, lists) included.
    ///
    /// - Throws: ``DatasetError/invalidArgument(name:problem:)`` where it isn't such JSON, or names an unknown type.
    public init(json: String) throws {
        do {
            try self.init(json: try JSONValue(parsing: json, depthLimit: FeatureParser.depthLimit), stored: nil)
        } catch let error as JSONError {
            throw DatasetError.invalidArgument(name: "features", problem: "\(error)")
        }
    }

    /// - Parameter stored: the types in the file that the features belong to. Features of Python's that mean nothing
    ///   here (`Image` and such) take their storage from it.
    init(json: JSONValue, stored: Features?) throws {
        guard let object = json.objectValue else {
            throw DatasetError.invalidArgument(name: "features", problem: "a JSON object of columns is wanted")
        }
        self.init(
            try object.members.map { name, value in
                let parser = FeatureParser(column: name)
                return Feature(name: name, type: try parser.type(value, stored: stored?[name]))
            })
    }

    /// The stored columns with the meaning that the file's metadata gives them: class names above all, which are kept for
    /// numbers that another program has stored in fewer bytes than Python's int64. Columns whose metadata says otherwise
    /// than the file keep the file's type.
    init(stored: Features, metadata: String?) {
        guard let metadata,
            let json = try? JSONValue(parsing: metadata, depthLimit: FeatureParser.depthLimit),
            let described = json["info"]?["features"]?.objectValue
        else {
            self = stored
            return
        }
        self.init(
            stored.map { column in
                guard let value = described[column.name],
                    let type = try? FeatureParser(column: column.name).type(value, stored: column.type),
                    let described = type.arranged(as: column.type)
                else { return column }
                return Feature(name: column.name, type: described)
            })
    }
}

extension FeatureType {
    var jsonValue: JSONValue {
        switch self {
        case .list(let element): ["feature": element.jsonValue, "_type": "List"]
        case .largeList(let element): ["feature": element.jsonValue, "_type": "LargeList"]
        case .fixedSizeList(let element, let length):
            ["feature": element.jsonValue, "length": .int(length), "_type": "List"]
        case .structure(let fields): fields.jsonValue
        case .classLabel(let label): ["names": .array(label.names.map { .string($0) }), "_type": "ClassLabel"]
        case .annotated(let annotation, let storage): (try? JSONValue(parsing: annotation.json)) ?? storage.jsonValue
        default: ["dtype": .string(dtype ?? "null"), "_type": "Value"]
        }
    }

    /// This type with its structs' fields in the order in which `stored` has them; nil where the storage is another.
    /// Class labels may be stored as integers of any width.
    func arranged(as stored: FeatureType) -> FeatureType? {
        switch (self, stored) {
        case (.list(let element), .list(let other)): return element.arranged(as: other).map { .list($0) }
        case (.largeList(let element), .largeList(let other)): return element.arranged(as: other).map { .largeList($0) }
        case (.fixedSizeList(let element, let length), .fixedSizeList(let other, let otherLength)):
            guard length == otherLength else { return nil }
            return element.arranged(as: other).map { .fixedSizeList($0, length: length) }
        case (.structure(let fields), .structure(let others)):
            guard fields.count == others.count else { return nil }
            let arranged = others.compactMap { other in
                fields[other.name]?.arranged(as: other.type).map { Features.Feature(name: other.name, type: $0) }
            }
            return arranged.count == others.count ? .structure(Features(arranged)) : nil
        case (.classLabel, _): return stored.isInteger ? self : nil
        default: return storage == stored ? self : nil
        }
    }
}

/// Reads the JSON of one feature.
struct FeatureParser {
    static let depthLimit = 128

    let column: String

    func type(_ json: JSONValue, stored: FeatureType?) throws -> FeatureType {
        if let elements = json.arrayValue {
            // A list with one member: the old way to write a list.
            guard elements.count == 1 else { throw wrong("a list of \(elements.count) features") }
            return .list(try type(elements[0], stored: stored?.element))
        }
        guard let object = json.objectValue else { throw wrong("no JSON object") }
        guard let kind = object["_type"]?.stringValue else { return try structure(object, stored: stored) }
        switch kind {
        case "Value": return try value(object["dtype"]?.stringValue ?? "")
        case "ClassLabel": return .classLabel(try label(object))
        case "List", "Sequence": return try list(object, isSequence: kind == "Sequence", stored: stored)
        case "LargeList": return .largeList(try element(object, stored: stored))
        case "Translation":
            let languages = object["languages"]?.arrayValue?.compactMap(\.stringValue) ?? []
            return annotated(
                kind, json, storage: stored ?? .structure(Features(languages.map { .init(name: $0, type: .string) })))
        case "TranslationVariableLanguages":
            let fields = ["language", "translation"].map { Feature(name: $0, type: .list(.string)) }
            return annotated(kind, json, storage: stored ?? .structure(Features(fields)))
        case "Image", "Audio", "Video", "Pdf", "Nifti":
            let fields = [Feature(name: "bytes", type: .binary), Feature(name: "path", type: .string)]
            return annotated(kind, json, storage: stored ?? .structure(Features(fields)))
        case "Array2D", "Array3D", "Array4D", "Array5D":
            if let stored { return stored }
            let dtype = try value(object["dtype"]?.stringValue ?? "")
            let rank = Int(kind.dropFirst(5).prefix(1)) ?? 2
            return (0..<rank).reduce(dtype) { type, _ in .list(type) }
        default:
            guard let stored else { throw wrong("the unknown feature '\(Excerpt.of(kind))'") }
            return annotated(kind, json, storage: stored)
        }
    }

    private typealias Feature = Features.Feature

    private func annotated(_ name: String, _ json: JSONValue, storage: FeatureType) -> FeatureType {
        .annotated(FeatureAnnotation(name: name, json: json.serialized()), storage: storage)
    }

    private func structure(_ object: JSONObject, stored: FeatureType?) throws -> FeatureType {
        var others: Features?
        if case .structure(let fields)? = stored { others = fields }
        return .structure(
            Features(
                try object.members.map { Feature(name: $0.key, type: try type($0.value, stored: others?[$0.key])) }))
    }

    private func list(_ object: JSONObject, isSequence: Bool, stored: FeatureType?) throws -> FeatureType {
        // A sequence of structs was stored as a struct of lists.
        if isSequence, let feature = object["feature"]?.objectValue, feature["_type"]?.stringValue == nil {
            var others: Features?
            if case .structure(let fields)? = stored { others = fields }
            return .structure(
                Features(
                    try feature.members.map {
                        Feature(
                            name: $0.key,
                            type: .list(try type($0.value, stored: others?[$0.key]?.element)))
                    }))
        }
        let element = try element(object, stored: stored)
        guard let length = object["length"]?.intValue, length >= 0 else { return .list(element) }
        guard length <= Int(Int32.max) else { throw wrong("a list length of \(length)") }
        return .fixedSizeList(element, length: length)
    }

    private func element(_ object: JSONObject, stored: FeatureType?) throws -> FeatureType {
        guard let feature = object["feature"] else { throw wrong("a list without its feature") }
        return try type(feature, stored: stored?.element)
    }

    private func label(_ object: JSONObject) throws -> ClassLabel {
        if let names = object["names"]?.arrayValue {
            let texts = names.compactMap(\.stringValue)
            guard texts.count == names.count else { throw wrong("class names that aren't strings") }
            return try ClassLabel(names: texts)
        }
        guard let count = object["num_classes"]?.intValue, count > 0, count <= 1 << 20 else {
            throw wrong("a class label without names")
        }
        return try ClassLabel(names: (0..<count).map { "\($0)" })
    }

    /// The type that Python calls `dtype`.
    func value(_ dtype: String) throws -> FeatureType {
        guard let type = FeatureType(dtype: dtype) else { throw wrong("the unknown dtype '\(Excerpt.of(dtype))'") }
        return type
    }

    private func wrong(_ what: String) -> DatasetError {
        .invalidArgument(name: "features", problem: "column '\(Excerpt.of(column))' is described by \(what)")
    }
}
