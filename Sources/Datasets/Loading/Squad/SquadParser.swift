internal import OrderedJSON

/// Reads SQuAD's files, one article of their list `data` a line, as a row for each question.
struct SquadParser: TextParser {
    /// The key that holds the articles.
    static let field = "data"

    var fallsBackOnText: Bool { false }
    var emptiness: String { "the file holds no question" }
    var format: SourceFile.Format { .binary }

    /// The columns of Python's data sets `squad` and `squad_v2`.
    static let features = Features([
        .init(name: "id", type: .string), .init(name: "title", type: .string), .init(name: "context", type: .string),
        .init(name: "question", type: .string),
        .init(
            name: "answers",
            type: .structure(
                Features([
                    .init(name: "text", type: .list(.string)), .init(name: "answer_start", type: .list(.int32)),
                ]))),
    ])

    mutating func begin(_ window: TextWindow) -> Int { 0 }

    func wholeRecords(in bytes: UnsafeBufferPointer<UInt8>) -> Int { (bytes.lastIndex(of: 0x0A) ?? -1) + 1 }

    func requestedTypes() -> [String: FeatureType] { [:] }

    func table(_ window: TextWindow, types: [String: FeatureType]) throws -> ArrowTable? {
        let builders = Self.features.map { ColumnBuilder(name: $0.name, type: $0.type) }
        for (number, line) in window.bytes.split(separator: 0x0A).enumerated() {
            var article = SquadArticle(file: window.file, name: "article \(number)")
            let json: JSONValue
            do {
                json = try JSONValue(parsing: Array(line), source: window.file)
            } catch {
                throw article.malformed("", "is no JSON: \(error.reason)")
            }
            if let title = json["title"]?.stringValue { article.name = "article '\(Excerpt.of(title))'" }
            try article.forEachQuestion(in: json) { values in
                for (builder, value) in zip(builders, values) { try builder.append(value) }
            }
        }
        guard let count = builders.first?.count, count > 0 else { return nil }
        return ArrowTable(
            rowCount: count, names: builders.map(\.name), columns: try builders.map { try $0.finish() })
    }
}

/// One article of a SQuAD file: a title, and paragraphs with questions.
private struct SquadArticle {
    let file: String
    /// What it is called in messages.
    var name: String

    /// Calls `body` with the values of each question, in the order of the columns.
    func forEachQuestion(in article: JSONValue, _ body: ([CellValue]) throws -> Void) throws {
        guard article.objectValue != nil else { throw malformed("", "is no object") }
        let title = article["title"]?.stringValue ?? ""
        guard let paragraphs = article["paragraphs"]?.arrayValue else {
            throw malformed("", "has no list 'paragraphs'")
        }
        for (place, paragraph) in paragraphs.enumerated() {
            let name = ", paragraph \(place)"
            guard let context = paragraph["context"]?.stringValue else { throw malformed(name, "has no 'context'") }
            guard let questions = paragraph["qas"]?.arrayValue else { throw malformed(name, "has no list 'qas'") }
            let length = context.unicodeScalars.count
            for (place, question) in questions.enumerated() {
                let name = "\(name), question \(place)"
                guard let text = question["question"]?.stringValue else { throw malformed(name, "has no 'question'") }
                let id = try id(of: question, name)
                try body([
                    .string(id), .string(title), .string(context), .string(text),
                    try answers(of: question, contextLength: length, "\(name) ('\(Excerpt.of(id))')"),
                ])
            }
        }
    }

    private func id(of question: JSONValue, _ name: String) throws -> String {
        switch question["id"] {
        case .string(let id): return id
        case .int(let id): return "\(id)"
        default: throw malformed(name, "has no 'id'")
        }
    }

    /// The right answers; none where the question is impossible, or in files without answers.
    private func answers(of question: JSONValue, contextLength: Int, _ name: String) throws -> CellValue {
        var texts: [String] = []
        var starts: [Int32] = []
        let isImpossible = question["is_impossible"]?.boolValue ?? false
        if !isImpossible, let answers = question["answers"], answers != .null {
            guard let list = answers.arrayValue else { throw malformed(name, "its 'answers' are no list") }
            for answer in list {
                guard let text = answer["text"]?.stringValue else {
                    throw malformed(name, "has an answer without 'text'")
                }
                guard let start = answer["answer_start"]?.intValue, (0...contextLength).contains(start),
                    let start = Int32(exactly: start)
                else {
                    throw malformed(
                        name,
                        "has an answer whose 'answer_start' is not within the \(contextLength) characters of the text")
                }
                texts.append(text)
                starts.append(start)
            }
        }
        return .structure(StructureValue([("text", .strings(texts)), ("answer_start", .int32s(starts))]))
    }

    func malformed(_ place: String, _ problem: String) -> DatasetError {
        .malformed(
            location: SourceLocation(file: file, line: nil), column: nil, problem: "\(name)\(place) \(problem)",
            remedy: "give SQuAD's layout: data, paragraphs, qas, answers")
    }
}
