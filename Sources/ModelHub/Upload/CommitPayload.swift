import Foundation
import OrderedJSON

/// The lines that a commit is sent as, one JSON object each, in a temporary file: files in git travel inside.
final class CommitPayload {
    let file: URL
    private let handle: FileDescriptor
    private var length = 0

    /// - Throws: ``HubError/file(path:reason:)``.
    init(message: String, description: String, parentCommit: String?) throws {
        let name = "hub-commit-\(UUID().uuidString)"
        file = FileManager.default.temporaryDirectory.appending(path: name)
        handle = try FileDescriptor(file.path, .readWrite)
        _ = fchmod(handle.number, 0o600)
        var header: JSONObject = ["summary": .string(message), "description": .string(description)]
        header["parentCommit"] = parentCommit.map { .string($0) }
        try append("header", header)
    }

    deinit { unlink(file.path) }

    func append(_ deletion: Deletion) throws {
        let path = deletion.path.description + (deletion.isFolder ? "/" : "")
        try append(deletion.isFolder ? "deletedFolder" : "deletedFile", ["path": .string(path)])
    }

    func append(_ addition: Addition) throws {
        switch addition.mode {
        case .regular:
            let content = try addition.bytes(0..<addition.size).base64EncodedString()
            try append(
                "file",
                [
                    "content": .string(content), "path": .string(addition.path.description), "encoding": "base64",
                ])
        case .lfs:
            try append(
                "lfsFile",
                [
                    "path": .string(addition.path.description), "algo": "sha256",
                    "oid": .string(addition.sha256 ?? ""), "size": .int(addition.size),
                ])
        }
    }

    private func append(_ key: String, _ value: JSONObject) throws {
        let line: JSONValue = ["key": .string(key), "value": .object(value)]
        let data = Data(line.serializedBytes() + [0x0A])
        try handle.write(data, at: length)
        length += data.count
    }
}
