import Foundation
import Torch

/// The contents of a checkpoint or of a saved model, file by file.
///
/// It holds bytes and no tensor of libtorch, so that another thread can write it: with copies of the tensors' elements
/// nothing in it changes while training goes on.
struct CheckpointSnapshot: Sendable {
    /// Steps done.
    let step: Int
    private(set) var entries: [(name: String, content: Content)] = []

    enum Content: Sendable {
        case bytes(Data)
        case weights([(name: String, tensor: SerializedTensor)])
        case archive(PickleValue)
    }

    init(step: Int) { self.step = step }

    /// Adds a file; one in a folder of its own has slashes in its name.
    mutating func add(_ name: String, _ content: Content) { entries.append((name, content)) }

    /// Writes all files into a folder that exists, and forces them and their names to the disk.
    func write(into folder: URL, _ files: any FileOperations) throws {
        let inner = Set(entries.map { ($0.name as NSString).deletingLastPathComponent }.filter { !$0.isEmpty })
        for name in inner.sorted() { try files.createDirectory(folder.appending(path: name).path) }
        for (name, content) in entries {
            let path = folder.appending(path: name).path
            switch content {
            case .bytes(let data): try files.write(path, data)
            case .weights(let tensors): try files.write(path) { try Safetensors.write(tensors, fileName: path, to: $0) }
            case .archive(let value):
                let archive = TorchArchive.archiveName(fileName: (name as NSString).lastPathComponent)
                try files.write(path) { try TorchArchive.write(value, name: archive, fileName: path, to: $0) }
            }
        }
        // The deepest first: a name counts once its folder has one.
        for name in Self.folders(inner).sorted(by: >) { try files.synchronize(folder.appending(path: name).path) }
        try files.synchronize(folder.path)
    }

    /// The folders with those above them.
    private static func folders(_ names: Set<String>) -> Set<String> {
        var all: Set<String> = []
        for name in names {
            var rest = name
            while !rest.isEmpty {
                all.insert(rest)
                rest = (rest as NSString).deletingLastPathComponent
            }
        }
        return all
    }
}

/// How the elements of a tensor get into a snapshot.
enum SnapshotMode {
    /// In place: for writing before anything changes them.
    case viewing
    /// Copied into memory that training does not touch.
    case copying

    func serialized(_ tensor: Tensor) throws -> SerializedTensor {
        let viewed = try tensor.serialized()
        // From another device they have been copied already.
        guard self == .copying, tensor.device.kind == .cpu else { return viewed }
        let storage = viewed.withUnsafeBytes { TensorStorage(copying: $0) }
        guard let copy = SerializedTensor(dtype: viewed.dtype, shape: viewed.shape, storage: storage) else {
            throw TorchError(operation: "snapshot", message: "the tensor \(viewed.shape) does not fit its memory")
        }
        return copy
    }
}
