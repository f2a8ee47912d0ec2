internal import Foundation
internal import OrderedJSON

/// The files of a tokenizer's folder.
struct TokenizerFolder {
    let url: URL

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    func contains(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    func bytes(_ name: String) throws(TokenizerError) -> [UInt8] {
        do {
            return [UInt8](try Data(contentsOf: url.appendingPathComponent(name)))
        } catch {
            throw .fileAccess(path: path(name), reason: "cannot be read (\(Self.reason(error)))")
        }
    }

    /// The JSON of a file; nil where there is no such file.
    func json(_ name: String) throws(TokenizerError) -> PipelineNode? {
        guard contains(name) else { return nil }
        let bytes = try bytes(name)
        do {
            return PipelineNode(value: try JSONValue(parsing: bytes, source: path(name)), file: path(name), place: "")
        } catch {
            throw .malformedJSON(path: path(name), line: error.line, column: error.column, reason: error.reason)
        }
    }

    func write(_ text: String, to name: String) throws(TokenizerError) { try write(Array(text.utf8), to: name) }

    func write(_ bytes: [UInt8], to name: String) throws(TokenizerError) {
        do {
            try Data(bytes).write(to: url.appendingPathComponent(name), options: .atomic)
        } catch {
            throw .fileAccess(path: path(name), reason: "cannot be written (\(Self.reason(error)))")
        }
    }

    func create() throws(TokenizerError) {
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw .fileAccess(path: url.path, reason: "the folder cannot be made (\(Self.reason(error)))")
        }
    }

    static func reason(_ error: any Error) -> String {
        (error as NSError).userInfo[NSUnderlyingErrorKey].map { "\($0)" } ?? error.localizedDescription
    }
}
