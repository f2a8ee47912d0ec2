/// What is wrong with a tokenizer's files, or with what was asked of it.
public enum TokenizerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The folder has no file that a tokenizer is made of.
    case noTokenizer(folder: String)
    /// A file could not be read or written.
    case fileAccess(path: String, reason: String)
    /// A file is not valid JSON or not valid UTF-8; line and column count from 1.
    case malformedJSON(path: String, line: Int, column: Int, reason: String)
    /// A file is valid JSON, but not what a tokenizer needs; `place` is the path of keys inside it.
    case invalidFile(path: String, place: String, reason: String)
    /// A component of the pipeline that is not supported.
    case unsupportedType(component: String, type: String, supported: [String])
    /// An argument that makes no sense, or none together with the others.
    case invalidArgument(String)
    /// The text is shorter than what would have to be cut from it.
    case truncation(String)
    /// A word is not in the vocabulary and neither is the unknown token that should stand for it.
    case missingUnknownToken(String)

    public var description: String {
        switch self {
        case .noTokenizer(let folder):
            "no tokenizer in \(folder): expected tokenizer.json or vocab.txt, vocab.json and merges.txt, or a SentencePiece or tiktoken model"
        case .fileAccess(let path, let reason): "\(path): \(reason)"
        case .malformedJSON(let path, let line, let column, let reason):
            "\(path), line \(line), column \(column): \(reason)"
        case .invalidFile(let path, let place, let reason):
            place.isEmpty ? "\(path): \(reason)" : "\(path): \(place): \(reason)"
        case .unsupportedType(let component, let type, let supported):
            "\(component) of type \(type) is not supported; supported are \(supported.joined(separator: ", "))"
        case .invalidArgument(let reason): reason
        case .truncation(let reason): "cannot truncate: \(reason)"
        case .missingUnknownToken(let token): "the unknown token \(token) is not in the tokenizer's vocabulary"
        }
    }
}
