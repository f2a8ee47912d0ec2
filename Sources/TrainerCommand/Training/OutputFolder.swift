import Foundation

/// Looks whether an output folder can be made and written, without making it.
enum OutputFolder {
    /// - Throws: ``CommandFailure/failed(_:)`` that names the folder or file in the way.
    static func check(_ path: String) throws {
        var place = URL(filePath: path).standardizedFileURL.path
        var isFolder: ObjCBool = false
        while !FileManager.default.fileExists(atPath: place, isDirectory: &isFolder), place != "/" {
            place = (place as NSString).deletingLastPathComponent
        }
        guard isFolder.boolValue else {
            throw CommandFailure.failed("cannot write to the output folder \(path): \(place) is a file")
        }
        guard FileManager.default.isWritableFile(atPath: place) else {
            throw CommandFailure.failed("cannot write to the output folder \(path): no permission in \(place)")
        }
    }

    /// An adapter beside another whole model would be put on that one when it is loaded.
    ///
    /// - Parameter base: The model that the adapter is for.
    /// - Throws: ``CommandFailure/failed(_:)``.
    static func check(_ path: String, forAdapterOn base: String?) throws {
        func place(_ path: String) -> String { URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path }
        let model = (path as NSString).appendingPathComponent("config.json")
        guard FileManager.default.fileExists(atPath: model), base.map(place) != place(path) else { return }
        throw CommandFailure.failed(
            "\(path) holds a whole model, on which the adapter would be put when it is loaded; name another --output-dir"
        )
    }

    /// Looks whether a file can be written.
    ///
    /// - Throws: ``CommandFailure/failed(_:)``.
    static func check(file path: String) throws {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            throw CommandFailure.failed("cannot write \(path): it is a folder")
        }
        let folder = URL(filePath: path).deletingLastPathComponent().path
        guard FileManager.default.fileExists(atPath: folder) else {
            throw CommandFailure.failed("cannot write \(path): the folder \(folder) does not exist")
        }
        guard FileManager.default.isWritableFile(atPath: folder) else {
            throw CommandFailure.failed("cannot write \(path): no permission in \(folder)")
        }
    }
}
