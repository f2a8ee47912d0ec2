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
        for name in innerFolders { try files.createDirectory(folder.appending(path: name).path) }
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
        try synchronizeFolders(in: folder, files)
    }

    /// Moves the files from the folder where they were written into another one, each replacing one of its name.
    func move(from folder: URL, to target: URL, _ files: any FileOperations) throws {
        for name in innerFolders { try files.createDirectory(target.appending(path: name).path) }
        for (name, _) in entries {
            try files.rename(folder.appending(path: name).path, to: target.appending(path: name).path)
        }
        try synchronizeFolders(in: target, files)
    }

    /// Folders within, those above first.
    private var innerFolders: [String] {
        var all: Set<String> = []
        for (name, _) in entries {
            var rest = (name as NSString).deletingLastPathComponent
            while !rest.isEmpty {
                all.insert(rest)
                rest = (rest as NSString).deletingLastPathComponent
            }
        }
        return all.sorted()
    }

    /// The deepest first: a name counts once its folder has one.
    private func synchronizeFolders(in folder: URL, _ files: any FileOperations) throws {
        for name in innerFolders.reversed() { try files.synchronize(folder.appending(path: name).path) }
        try files.synchronize(folder.path)
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
