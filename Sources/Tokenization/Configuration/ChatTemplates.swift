internal import Foundation

/// The files with chat templates beside a tokenizer. They are kept as they are: none is rendered here.
struct ChatTemplates: Sendable, Equatable {
    /// Content by path within the folder.
    private var files: [String: [UInt8]] = [:]

    private static let main = "chat_template.jinja"
    /// The folder of further templates, one file each.
    private static let further = "additional_chat_templates"

    init() {}

    init(_ folder: TokenizerFolder) throws(TokenizerError) {
        var names = [Self.main]
        let further = folder.url.appendingPathComponent(Self.further)
        for name in (try? FileManager.default.contentsOfDirectory(atPath: further.path)) ?? []
        where name.hasSuffix(".jinja") {
            names.append("\(Self.further)/\(name)")
        }
        for name in names where folder.contains(name) { files[name] = try folder.bytes(name) }
    }

    func write(to folder: TokenizerFolder) throws(TokenizerError) {
        if files.keys.contains(where: { $0 != Self.main }) {
            try TokenizerFolder(url: folder.url.appendingPathComponent(Self.further)).create()
        }
        for (name, bytes) in files.sorted(by: { $0.key < $1.key }) { try folder.write(bytes, to: name) }
    }
}
