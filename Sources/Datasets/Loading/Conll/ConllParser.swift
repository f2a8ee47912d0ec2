/// Reads tagged sentences: a list of words and a list of tags a row, both as strings.
struct ConllParser: TextParser {
    private let options: ConllOptions
    private var layout: ConllLayout?

    init(options: ConllOptions) { self.options = options }

    var fallsBackOnText: Bool { false }
    var emptiness: String { "the file holds no sentence" }
    var format: SourceFile.Format { layout.map { .conll($0, firstLine: 1) } ?? .binary }

    mutating func begin(_ window: TextWindow) throws -> Int {
        layout = try ConllLayout(options, beginningOf: window)
        return 0
    }

    func wholeRecords(in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        if let layout { return layout.wholeSentences(in: bytes) }
        // The beginning: whole lines are enough to learn the layout from.
        return (bytes.lastIndex(of: 0x0A) ?? -1) + 1
    }

    func requestedTypes() -> [String: FeatureType] { [:] }

    func table(_ window: TextWindow, types: [String: FeatureType]) throws -> ArrowTable? {
        guard let layout else { return nil }
        let tokens = ColumnBuilder(name: options.tokensName, type: .list(.string))
        let tags = ColumnBuilder(name: options.tagsName, type: .list(.string))
        try layout.forEachSentence(in: window.bytes, firstLine: window.firstLine ?? 1, file: window.file) { sentence in
            try tokens.append(.strings(sentence.words))
            if layout.hasTags { try tags.append(.strings(sentence.tags)) }
        }
        guard tokens.count > 0 else { return nil }
        let builders = layout.hasTags ? [tokens, tags] : [tokens]
        return ArrowTable(
            rowCount: tokens.count, names: builders.map(\.name), columns: try builders.map { try $0.finish() })
    }
}
