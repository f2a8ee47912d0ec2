import OrderedJSON

/// A file of a repository, as the Hub lists it.
public struct RepositoryFile: Sendable, Hashable {
    /// Relative to the top of the repository.
    public let path: String
    /// Bytes.
    public let size: Int
    /// Git's name of the content; of an LFS file, of its pointer.
    public let blobId: String
    /// SHA-256 of an LFS file's content; nil for files in git itself.
    public let lfsSha256: String?
    /// Size of an LFS file's content.
    let lfsSize: Int?
    /// Its name in Xet storage, which is reached through LFS here.
    let xetHash: String?

    /// The size of the content.
    public var contentSize: Int { lfsSize ?? size }

    var checksum: Checksum? {
        if let lfsSha256 { return Checksum(kind: .sha256, digits: lfsSha256) }
        return blobId.isLowercaseHex(40) ? Checksum(kind: .gitBlob, digits: blobId) : nil
    }
}

extension RepositoryFile {
    /// Reads an entry of the Hub's list; nil for folders.
    static func listed(_ entry: JSONValue) throws(EntryProblem) -> RepositoryFile? {
        guard let type = entry["type"]?.stringValue else { throw EntryProblem("an entry has no type") }
        guard type == "file" else { return nil }
        let lfs = entry["lfs"].flatMap { $0 == .null ? nil : $0 }
        return try RepositoryFile(
            path: entry["path"], size: entry["size"], blobId: entry["oid"], sha256: lfs?["oid"], lfsSize: lfs?["size"],
            isLFS: lfs != nil, xetHash: entry["xetHash"])
    }

    /// Reads an entry of the cache's list.
    static func cached(_ path: String, _ entry: JSONValue) throws(EntryProblem) -> RepositoryFile {
        let isLFS = entry["lfs_sha256"].map { $0 != .null } ?? false
        return try RepositoryFile(
            path: .string(path), size: entry["size"], blobId: entry["blob_id"], sha256: entry["lfs_sha256"],
            lfsSize: entry["lfs_size"], isLFS: isLFS, xetHash: entry["xet_hash"])
    }

    struct EntryProblem: Error {
        let reason: String
        init(_ reason: String) { self.reason = reason }
    }

    private init(
        path: JSONValue?, size: JSONValue?, blobId: JSONValue?, sha256: JSONValue?, lfsSize: JSONValue?, isLFS: Bool,
        xetHash: JSONValue?
    ) throws(EntryProblem) {
        guard let path = path?.stringValue, let size = size?.intValue, size >= 0, let blobId = blobId?.stringValue
        else { throw EntryProblem("an entry lacks its path, size or oid") }
        self.path = path
        self.size = size
        self.blobId = blobId
        if isLFS {
            guard let sha256 = sha256?.stringValue, sha256.isLowercaseHex(64), let lfsSize = lfsSize?.intValue,
                lfsSize >= 0
            else { throw EntryProblem("the LFS entry of \(HubError.printable(path)) lacks its hash or size") }
            (lfsSha256, self.lfsSize) = (sha256, lfsSize)
        } else {
            (lfsSha256, self.lfsSize) = (nil, nil)
        }
        let xet = xetHash?.stringValue
        guard xet == nil || xet?.lowercased().isLowercaseHex(64) == true else {
            throw EntryProblem("the Xet hash of \(HubError.printable(path)) is none")
        }
        self.xetHash = xet
    }

    /// As the cache keeps it.
    var json: JSONValue {
        var object: JSONObject = ["size": .int(size), "blob_id": .string(blobId)]
        if let lfsSha256 {
            object["lfs_sha256"] = .string(lfsSha256)
            object["lfs_size"] = lfsSize.map { .int($0) }
        }
        object["xet_hash"] = xetHash.map { .string($0) }
        return .object(object)
    }
}
