internal import OrderedJSON

/// How special tokens are put around texts: the post-processors of Python's `tokenizers`.
public struct PostProcessing: Sendable, Equatable {
    let part: PipelinePart
    private init(_ json: JSONValue) { part = PipelinePart(json) }

    /// Any post-processor, as `tokenizer.json` writes it; the ids of its special tokens are filled in after training.
    /// - Throws: `TokenizerError.malformedJSON`.
    public init(json: String) throws { part = try PipelinePart(parsing: json) }

    /// A layout in Python's words: `$A` and `$B` are the texts, everything else special tokens, and `:1` behind either
    /// gives its type id.
    ///
    /// ```swift
    /// .template(single: "[CLS] $A [SEP]", pair: "[CLS] $A [SEP] $B:1 [SEP]:1")
    /// ```
    public static func template(single: String, pair: String = "$A:0 $B:1") -> PostProcessing {
        let (singlePieces, pairPieces) = (pieces(single), pieces(pair))
        var specials = JSONObject()
        let names = (singlePieces + pairPieces).compactMap { $0["SpecialToken"]?["id"]?.stringValue }
        for name in names.sorted() {
            specials[name] = ["id": .string(name), "ids": [], "tokens": [.string(name)]]
        }
        return PostProcessing([
            "type": "TemplateProcessing", "single": .array(singlePieces), "pair": .array(pairPieces),
            "special_tokens": .object(specials),
        ])
    }

    private static func pieces(_ template: String) -> [JSONValue] {
        template.split(whereSeparator: \.isWhitespace).map { word in
            var name = word
            var typeId = 0
            if let colon = word.lastIndex(of: ":"), let id = Int32(word[word.index(after: colon)...]), id >= 0 {
                name = word[..<colon]
                typeId = Int(id)
            }
            guard name.first == "$" else {
                return ["SpecialToken": ["id": .string(String(name)), "type_id": .int(typeId)]]
            }
            let rest = name.dropFirst()
            // `$1` is the first text with type id 1.
            if let id = Int32(rest), id >= 0 { return ["Sequence": ["id": "A", "type_id": .int(Int(id))]] }
            let sequence = rest.isEmpty ? "A" : rest.uppercased()
            return ["Sequence": ["id": .string(sequence), "type_id": .int(typeId)]]
        }
    }

    /// RoBERTa's layout, which has two separators between the texts of a pair.
    public static func roberta(
        sep: String = "</s>", cls: String = "<s>", trimOffsets: Bool = true, addPrefixSpace: Bool = true
    ) -> PostProcessing {
        PostProcessing([
            "type": "RobertaProcessing", "sep": [.string(sep), 0], "cls": [.string(cls), 0],
            "trim_offsets": .bool(trimOffsets), "add_prefix_space": .bool(addPrefixSpace),
        ])
    }

    /// No special tokens; the places of tokens may leave out the spaces at their ends.
    public static func byteLevel(trimOffsets: Bool = true) -> PostProcessing {
        PostProcessing([
            "type": "ByteLevel", "add_prefix_space": true, "trim_offsets": .bool(trimOffsets), "use_regex": true,
        ])
    }

    /// Several steps, one after the other.
    public static func sequence(_ steps: [PostProcessing]) -> PostProcessing {
        PostProcessing(["type": "Sequence", "processors": .array(steps.map(\.part.json))])
    }
}

/// A post-processor's JSON, whose special tokens stand there with their ids.
struct PostProcessorIds {
    /// The new name of a token, or the same.
    let name: (String) -> String
    /// The id of a token.
    let id: (String) -> Int32?

    /// The JSON with the names and ids that hold now, in sequences too.
    func filled(_ json: JSONValue) throws(TokenizerError) -> JSONValue {
        guard var object = json.objectValue else { return json }
        if let steps = object["processors"]?.arrayValue {
            var filledSteps: [JSONValue] = []
            for step in steps { filledSteps.append(try filled(step)) }
            object["processors"] = .array(filledSteps)
        }
        if let specials = object["special_tokens"]?.objectValue {
            var filledSpecials = JSONObject()
            for (key, special) in specials {
                guard var entry = special.objectValue, let tokens = entry["tokens"]?.arrayValue else {
                    filledSpecials[key] = special
                    continue
                }
                let names = tokens.compactMap(\.stringValue).map(name)
                entry["tokens"] = .array(names.map(JSONValue.string))
                var ids: [JSONValue] = []
                for name in names { ids.append(.int(try requiredId(name))) }
                entry["ids"] = .array(ids)
                filledSpecials[key] = .object(entry)
            }
            object["special_tokens"] = .object(filledSpecials)
        }
        for key in ["cls", "sep"] {
            guard let token = object[key]?.arrayValue?.first?.stringValue else { continue }
            object[key] = [.string(name(token)), .int(try requiredId(name(token)))]
        }
        return .object(object)
    }

    private func requiredId(_ token: String) throws(TokenizerError) -> Int {
        guard let id = id(token) else {
            throw .invalidArgument(
                "the post-processor puts \(token) around texts, but it is not in the vocabulary; add it to the "
                    + "special tokens")
        }
        return Int(id)
    }
}
