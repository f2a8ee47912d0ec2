internal import OrderedJSON

/// Where in the lines of a file words and tags are.
struct ConllLayout: Sendable {
    /// What the file's first line with anything on it settled.
    private let columnCount: Int
    private let wordColumn: Int
    /// nil where the file has words alone.
    private let tagColumn: Int?
    private let isSentencePerLine: Bool
    private let delimiter: UInt8?
    private let comment: [UInt8]

    var hasTags: Bool { tagColumn != nil }

    /// A sentence of the file.
    struct Sentence {
        /// The line that it starts on.
        let line: Int
        var words: [String] = []
        var tags: [String] = []
    }

    /// - Parameter window: the beginning of the file.
    /// - Throws: ``DatasetError`` where the file lacks a column that the options name.
    init(_ options: ConllOptions, beginningOf window: TextWindow) throws {
        delimiter = try options.checkedDelimiter()
        comment = Array((options.commentPrefix ?? "").utf8)
        let lines = ConllLines(window.bytes, firstLine: window.firstLine ?? 1).lazy
            .filter { [comment] in !$0.bytes.isBlank && !Self.isSkipped($0.bytes, comment: comment) }
        let delimiter = delimiter
        let widths = lines.map { $0.bytes.columns(delimiter: delimiter) }
        columnCount = widths.first { _ in true }?.count ?? 1
        isSentencePerLine =
            switch options.layout {
            case .sentencePerLine: true
            case .wordPerLine: false
            case .automatic: Self.showsSentences(widths)
            }
        let count = columnCount
        wordColumn = try options.place(of: options.wordColumn, "wordColumn", count, file: window.file)
        let isUntagged = count == 1 && options.tagColumn == .index(-1)
        tagColumn =
            isUntagged ? nil : try options.place(of: options.tagColumn, "tagColumn", count, file: window.file)
        if let tagColumn, tagColumn == wordColumn {
            throw DatasetError.invalidArgument(
                name: "tagColumn", problem: "words and tags can't be the same of the \(count) columns of \(window.file)"
            )
        }
    }

    /// The first line of several words decides: it has a tag for each.
    private static func showsSentences(_ lines: some Sequence<[ConllLines.Bytes]>) -> Bool {
        for columns in lines.prefix(1000) {
            guard columns.count == 2 else { return false }
            let (words, tags) = (columns[0].words.count, columns[1].words.count)
            if words > 1 || tags > 1 { return words == tags }
        }
        return false
    }

    private static func isSkipped(_ line: ConllLines.Bytes, comment: [UInt8]) -> Bool {
        line.starts(with: documentStart) || (!comment.isEmpty && line.starts(with: comment))
    }

    private static let documentStart = Array("-DOCSTART-".utf8)

    /// Calls `body` with each sentence of a text.
    /// - Throws: ``DatasetError/malformed(location:column:problem:remedy:)`` at the first line that has not the columns
    ///   of the lines before; what `body` throws.
    func forEachSentence(
        in text: UnsafeBufferPointer<UInt8>, firstLine: Int, file: String, _ body: (Sentence) throws -> Void
    ) throws {
        var open: Sentence?
        func close() throws {
            if let sentence = open { try body(sentence) }
            open = nil
        }
        for (number, line) in ConllLines(text, firstLine: firstLine) {
            let isComment = !comment.isEmpty && line.starts(with: comment)
            if isComment { continue }
            if line.isBlank || line.starts(with: Self.documentStart) {
                try close()
                continue
            }
            let place = SourceLocation(file: file, line: number)
            let columns = line.columns(delimiter: delimiter)
            guard columns.count == columnCount else { throw width(columns.count, at: place) }
            if isSentencePerLine {
                try body(try sentence(columns, at: place, number))
                continue
            }
            let word = columns[wordColumn]
            guard !word.isEmpty else { throw empty("word", at: place) }
            var sentence = open ?? Sentence(line: number)
            open = nil
            sentence.words.append(word.text)
            if let tagColumn {
                guard !columns[tagColumn].isEmpty else { throw empty("tag", at: place) }
                sentence.tags.append(columns[tagColumn].text)
            }
            open = sentence
        }
        try close()
    }

    private func sentence(_ columns: [ConllLines.Bytes], at place: SourceLocation, _ line: Int) throws -> Sentence {
        let words = columns[wordColumn].words.map(\.text)
        guard let tagColumn else { return Sentence(line: line, words: words) }
        let tags = columns[tagColumn].words.map(\.text)
        guard words.count == tags.count else {
            throw DatasetError.malformed(
                location: place, column: nil, problem: "\(words.count) words and \(tags.count) tags",
                remedy: "give each word one tag, with spaces between them")
        }
        return Sentence(line: line, words: words, tags: tags)
    }

    private func width(_ found: Int, at place: SourceLocation) -> DatasetError {
        .malformed(
            location: place, column: nil,
            problem: "\(found) column\(found == 1 ? "" : "s") where the first line has \(columnCount)",
            remedy: "separate word and tags by a tab or spaces, and sentences by an empty line")
    }

    private func empty(_ what: String, at place: SourceLocation) -> DatasetError {
        .malformed(
            location: place, column: nil, problem: "the \(what) is empty",
            remedy: "fill it in, or leave the whole line empty where a sentence ends")
    }

    /// Where the last sentence ends that is known to be whole, of bytes after which more may come.
    func wholeSentences(in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        // Behind a carriage return at the very end a line feed may come.
        var end = bytes.count
        while end > 0, bytes[end - 1] == 0x0D { end -= 1 }
        guard let lastBreak = bytes[..<end].lastIndex(where: { $0 == 0x0A || $0 == 0x0D }) else { return 0 }
        if isSentencePerLine { return lastBreak + 1 }
        // An empty line: a break before it, spaces alone in it.
        var place = lastBreak
        while place > 0 {
            var start = place - 1
            if bytes[place] == 0x0A, bytes[start] == 0x0D, start > 0 { start -= 1 }
            while start > 0, bytes[start] == 0x20 || bytes[start] == 0x09 { start -= 1 }
            if bytes[start] == 0x0A || bytes[start] == 0x0D { return place + 1 }
            place = bytes[..<start].lastIndex { $0 == 0x0A || $0 == 0x0D } ?? 0
        }
        return 0
    }
}

extension ConllLayout {
    /// As the cache keeps it.
    var json: JSONValue {
        [
            "columns": .int(columnCount), "word": .int(wordColumn), "tag": tagColumn.map { .int($0) } ?? .null,
            "sentences": .bool(isSentencePerLine), "delimiter": delimiter.map { .int(Int($0)) } ?? .null,
            "comment": .string(String(decoding: comment, as: UTF8.self)),
        ]
    }

    /// nil for what this type has not written.
    init?(_ json: JSONValue) {
        guard let count = json["columns"]?.intValue, let word = json["word"]?.intValue, (0..<count).contains(word),
            let sentences = json["sentences"]?.boolValue
        else { return nil }
        let tag = json["tag"]?.intValue
        if let tag, !(0..<count).contains(tag) { return nil }
        self.init(
            columnCount: count, wordColumn: word, tagColumn: tag, isSentencePerLine: sentences,
            delimiter: json["delimiter"]?.intValue.flatMap { UInt8(exactly: $0) },
            comment: Array((json["comment"]?.stringValue ?? "").utf8))
    }

    private init(
        columnCount: Int, wordColumn: Int, tagColumn: Int?, isSentencePerLine: Bool, delimiter: UInt8?, comment: [UInt8]
    ) {
        self.columnCount = columnCount
        self.wordColumn = wordColumn
        self.tagColumn = tagColumn
        self.isSentencePerLine = isSentencePerLine
        self.delimiter = delimiter
        self.comment = comment
    }
}

extension ConllOptions {
    fileprivate func checkedDelimiter() throws -> UInt8? {
        guard let delimiter else { return nil }
        guard let byte = delimiter.asciiValue, !delimiter.isNewline else {
            throw DatasetError.invalidArgument(
                name: "delimiter",
                problem: "'\(Excerpt.of(String(delimiter)))' is not one ASCII character other than a line end")
        }
        return byte
    }

    /// A column's place from 0.
    fileprivate func place(of column: Column, _ argument: String, _ count: Int, file: String) throws -> Int {
        switch column {
        case .index(let index):
            let place = index < 0 ? count + index : index
            guard (0..<count).contains(place) else {
                throw DatasetError.invalidArgument(
                    name: argument, problem: "there is no column \(index) in \(file), which has \(count)")
            }
            return place
        case .name(let name):
            let names = columnNames ?? []
            guard names.count == count else {
                throw DatasetError.invalidArgument(
                    name: "columnNames", problem: "\(names.count) names for the \(count) columns of \(file)")
            }
            guard let place = names.firstIndex(of: name) else {
                throw DatasetError.unknownColumn(name: name, available: names)
            }
            return place
        }
    }
}
