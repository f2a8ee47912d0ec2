import Foundation

/// The files of a processing class, such as a tokenizer's.
enum ProcessingFiles {
    /// Lets it write them into a folder of their own, and reads them back: so they are saved like all other files.
    static func contents(of processingClass: any ProcessingClass) throws -> [(name: String, contents: Data)] {
        let manager = FileManager.default
        let folder = manager.temporaryDirectory.appending(path: "processing-\(UUID().uuidString)")
        try manager.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? manager.removeItem(at: folder) }
        try processingClass.saveProcessing(to: folder)
        return try manager.subpathsOfDirectory(atPath: folder.path).sorted().compactMap { name in
            let file = folder.appending(path: name)
            var isFolder: ObjCBool = false
            guard manager.fileExists(atPath: file.path, isDirectory: &isFolder), !isFolder.boolValue else { return nil }
            return (name, try Data(contentsOf: file))
        }
    }
}
