public import Foundation
internal import LocalFiles
internal import OrderedJSON

/// A folder that keeps results of transforms and of loading, each under a fingerprint of all that it depends on.
///
/// Two processes may use it at once: one makes a result, the other waits for it. A file that is cut short or was
/// changed is made anew.
public struct DatasetCache: Sendable {
    /// Made when it is first written to.
    public let folder: URL

    public init(folder: URL) { self.folder = folder }

    /// The folder `swift` where Python's `datasets` has its cache: in `HF_DATASETS_CACHE`, or else `datasets` in
    /// `HF_HOME`, or else in `huggingface` in the user's cache folder.
    public static var `default`: DatasetCache { DatasetCache(folder: defaultFolder) }

    /// What transforms use in this task: ``default`` unless ``withDatasetCache(_:_:)`` says otherwise.
    public static var current: DatasetCache { overriding ?? .default }

    @TaskLocal static var overriding: DatasetCache?

    private static var defaultFolder: URL {
        let environment = ProcessInfo.processInfo.environment
        func variable(_ name: String) -> URL? {
            environment[name].flatMap { $0.isEmpty ? nil : URL(filePath: ($0 as NSString).expandingTildeInPath) }
        }
        let hub =
            variable("HF_HOME")
            ?? (variable("XDG_CACHE_HOME") ?? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache"))
            .appending(path: "huggingface")
        return (variable("HF_DATASETS_CACHE") ?? hub.appending(path: "datasets")).appending(path: "swift")
    }

    /// Part of every key, so that what another version of the library made is not read.
    static let format = "1"

    /// What is kept under a key, or else what `make` writes.
    ///
    /// - Parameters:
    ///   - key: hashes all that the result depends on.
    ///   - fileName: where it is kept; nil for a file in the folder.
    ///   - mayLoad: false makes it anew.
    ///   - make: writes an Arrow file to the path that it gets, and gives its content's hash.
    func dataset(
        key: Fingerprint, fileName: String? = nil, mayLoad: Bool = true, make: (String) throws -> Fingerprint
    ) throws -> Dataset {
        try entry(key: key, fileName: fileName, mayLoad: mayLoad) { (try make($0), .null) }.rows
    }

    /// The same with a note that is kept beside the rows.
    func entry(
        key: Fingerprint, fileName: String? = nil, mayLoad: Bool = true,
        make: (String) throws -> (content: Fingerprint, note: JSONValue)
    ) throws -> (rows: Dataset, note: JSONValue) {
        let key = Fingerprint(Self.format, key)
        let file = CacheFile(path: fileName ?? folder.appending(path: "cache-\(key).arrow").path, key: key)
        if mayLoad, let kept = file.load() { return kept }
        try file.makeFolder()
        let place = file.path + ".lock"
        let lock = try DatasetError.writing(place) {
            try FileLock.wait(place) {
                ProgressObserver.report("waiting for another process (\(place))", done: 0, total: nil)
            }
        }
        return try withExtendedLifetime(lock) {
            // Another process may have made it meanwhile.
            if mayLoad, let kept = file.load() { return kept }
            try file.write(make)
            guard let made = file.load() else {
                throw DatasetError.unwritableFile(path: file.path, problem: "it does not hold what was written")
            }
            return made
        }
    }
}

/// Lets the cached transforms that `body` does keep their files in another folder.
public func withDatasetCache<Result>(_ cache: DatasetCache, _ body: () throws -> Result) rethrows -> Result {
    try DatasetCache.$overriding.withValue(cache, operation: body)
}
