public import Foundation

/// One change of a commit.
public enum CommitOperation: Sendable {
    /// A file of the disk becomes, or replaces, the repository's.
    case add(path: String, file: URL)
    /// The same with content in memory.
    case addContent(path: String, Data)
    case delete(path: String)
    case deleteFolder(path: String)
}

/// A file that a commit adds, once it has been looked at.
struct Addition: Sendable {
    enum Source: Sendable {
        case file(URL)
        case content(Data)
    }
    /// How the Hub wants it.
    enum Mode: String, Sendable { case lfs, regular }

    let path: RepositoryPath
    let source: Source
    let size: Int
    /// The first bytes, by which the Hub tells text from data.
    let sample: Data
    var mode = Mode.regular
    var isIgnored = false
    /// The name of the content that the repository has under this path; nil where there is none.
    var remoteName: String?
    /// SHA-256 of what goes into LFS.
    var sha256: String?

    private static let sampleSize = 512
    private static let forbiddenFolders: Set<String> = [".git", ".cache"]

    /// - Throws: ``HubError`` for files that cannot be read and names that cannot stand in a repository.
    init(path: String, source: Source) throws(HubError) {
        self.path = try RepositoryPath(path)
        if let folder = self.path.parts.first(where: { Self.forbiddenFolders.contains($0) }) {
            throw .argument("\(path) cannot be uploaded: folders named \(folder) belong to git and to caches")
        }
        self.source = source
        switch source {
        case .content(let data):
            size = data.count
            sample = Data(data.prefix(Self.sampleSize))
        case .file(let file):
            let handle = try FileDescriptor(file.path, .read, followsLinks: true)
            size = try handle.size()
            var sample = Data()
            try handle.forEachPiece(upTo: Self.sampleSize) { sample.append(contentsOf: $0) }
            self.sample = sample
        }
    }

    func hash(_ kind: ContentHash.Kind, isCancelled: () -> Bool = { false }) throws(HubError) -> String {
        switch source {
        case .file(let file): return try ContentHash.of(file.path, kind, isCancelled: isCancelled)
        case .content(let data):
            var hash = ContentHash(kind, size: data.count)
            data.withUnsafeBytes { hash.update($0) }
            return hash.finish()
        }
    }

    /// Whether the repository has this content already.
    func isUnchanged(isCancelled: () -> Bool = { false }) throws(HubError) -> Bool {
        guard let remoteName else { return false }
        if mode == .lfs, let sha256 { return sha256 == remoteName }
        return try hash(mode == .lfs ? .sha256 : .gitBlob, isCancelled: isCancelled) == remoteName
    }

    /// So many bytes from a place on.
    func bytes(_ range: Range<Int>) throws(HubError) -> Data {
        switch source {
        case .content(let data):
            guard range.upperBound <= data.count else {
                throw .argument("\(path) ends before byte \(range.upperBound)")
            }
            return Data(data.dropFirst(range.lowerBound).prefix(range.count))
        case .file(let file):
            let handle = try FileDescriptor(file.path, .read, followsLinks: true)
            var bytes = Data(capacity: range.count)
            try handle.forEachPiece(from: range.lowerBound, upTo: range.upperBound) { bytes.append(contentsOf: $0) }
            guard bytes.count == range.count else {
                throw .file(path: file.path, reason: "it has become shorter while it was uploaded")
            }
            return bytes
        }
    }
}
