internal import Foundation

/// Where loaded rows are kept: in memory, or in an Arrow file that is mapped.
public struct LoadOptions: Sendable {
    /// Whether rows are kept in memory; nil leaves it to their size: up to 256 MiB of data (or the bytes in the
    /// environment variable `HF_DATASETS_IN_MEMORY_MAX_SIZE`) are.
    public var keepInMemory: Bool?
    /// The folder for converted files; nil for `HF_DATASETS_CACHE`, `HF_HOME/datasets` or
    /// `~/.cache/huggingface/datasets`, in which a folder `swift` is used.
    public var cacheDir: String?
    /// The columns' types, to which the file's are brought; nil for the file's own. Class names become their numbers.
    public var features: Features?

    public init(keepInMemory: Bool? = nil, cacheDir: String? = nil, features: Features? = nil) {
        self.keepInMemory = keepInMemory
        self.cacheDir = cacheDir
        self.features = features
    }

    /// The most bytes of data that are kept in memory without being asked for.
    /// - Throws: ``DatasetError/invalidArgument(name:problem:)`` where the environment says something else than a number.
    var memoryLimit: Int {
        get throws {
            switch keepInMemory {
            case true?: .max
            case false?: -1
            case nil: try Self.memoryLimit(ProcessInfo.processInfo.environment[Self.variable]) ?? 256 << 20
            }
        }
    }

    private static let variable = "HF_DATASETS_IN_MEMORY_MAX_SIZE"

    /// The bytes that a setting of the variable means: a number as Python's `float` reads it; nil where it isn't set.
    static func memoryLimit(_ setting: String?) throws -> Int? {
        guard let setting else { return nil }
        let text = setting.trimmingCharacters(in: .whitespacesAndNewlines).replacing("_", with: "")
        guard let bytes = Double(text), !bytes.isNaN else {
            throw DatasetError.invalidArgument(
                name: variable, problem: "'\(Excerpt.of(setting))' is not a number of bytes")
        }
        return Int(exactly: max(bytes.rounded(.down), 0)) ?? .max
    }
}
