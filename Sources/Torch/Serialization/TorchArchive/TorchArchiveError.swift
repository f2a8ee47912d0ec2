/// Why a `torch.save` archive could not be read or written.
public enum TorchArchiveError: Error, Sendable, Equatable {
    /// The operating system refused; `reason` is its message.
    case unreadable(file: String, reason: String)
    /// The file is not the zip archive that `torch.save` writes, or a damaged one.
    case invalidArchive(file: String, reason: String)
    /// The pickle inside is damaged, or uses what plain data never needs.
    case invalidPickle(file: String, reason: String)
    /// The pickle asks for a Python object that is not on the list of plain data; nothing was run.
    case forbiddenGlobal(file: String, name: String)
    /// The value can't be written.
    case unwritable(file: String, reason: String)
}

extension TorchArchiveError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let file, let reason): "can't read \(file): \(reason)"
        case .invalidArchive(let file, let reason): "\(file) is not a valid torch.save archive: \(reason)"
        case .invalidPickle(let file, let reason): "\(file): its pickled data can't be read: \(reason)"
        case .forbiddenGlobal(let file, let name):
            "\(file): its pickled data asks for \(quoted(name)), which is not plain data; nothing was run"
        case .unwritable(let file, let reason): "can't write \(file): \(reason)"
        }
    }
}
