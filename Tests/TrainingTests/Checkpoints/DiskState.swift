import Foundation
import Training

/// The files and folders of a simulated disk, as programs see them and as they are safe.
struct DiskState {
    struct File {
        var contents = Data()
        var safe: Data?
        var isLost = false
    }

    struct Folder {
        var names: [String: Int] = [:]
        var safe: [String: Int] = [:]
        var changes: [Change] = []
    }

    enum Change {
        case link(String, Int)
        case unlink(String)
        case move(String, to: String)
    }

    enum Node {
        case file(File)
        case folder(Folder)
    }

    let root: String
    var nodes: [Int: Node] = [0: .folder(Folder())]
    private var nextNode = 1
    var operations: [SimulatedDisk.Operation] = []
    var plan: (number: Int, fault: SimulatedDisk.Fault)?
    var isFull = false
    private var isOff = false

    init(root: String) { self.root = root }

    // MARK: Faults

    mutating func begin(_ operation: SimulatedDisk.Operation, _ path: String) throws {
        guard !isOff else { throw FileOperationError("the machine is off") }
        let number = operations.count
        operations.append(operation)
        let grows = [.makeFolder, .createFile, .data].contains(operation)
        if let plan, plan.number == number {
            switch plan.fault {
            case .powerLoss:
                isOff = true
                throw FileOperationError("the machine stops")
            case .full: isFull = true
            case .error: throw FileOperationError("cannot change \(path): Input/output error")
            case .shortWrite: throw FileOperationError("cannot write \(path): No space left on device")
            }
        }
        if isFull, grows { throw FileOperationError("cannot write \(path): No space left on device") }
    }

    // MARK: Changes

    mutating func append(_ data: Data, _ path: String) throws {
        var part = data
        var failure: (any Error)?
        do { try begin(.data, path) } catch {
            guard plan?.fault == .shortWrite, !isOff else { throw error }
            part = part.prefix(part.count / 2)
            failure = error
        }
        guard let number = number(path), case .file(var file) = nodes[number] else { return }
        file.contents.append(part)
        nodes[number] = .file(file)
        try file.contents.write(to: URL(filePath: path))
        if let failure { throw failure }
    }

    mutating func link(_ node: Node, _ path: String) throws {
        nodes[nextNode] = node
        let (folder, name) = Self.split(path)
        let number = nextNode
        nextNode += 1
        try change(folder) {
            $0.names[name] = number
            $0.changes.append(.link(name, number))
        }
    }

    mutating func unlink(_ path: String) throws {
        let (folder, name) = Self.split(path)
        try change(folder) {
            $0.names[name] = nil
            $0.changes.append(.unlink(name))
        }
    }

    mutating func rename(_ path: String, _ newPath: String) throws {
        let ((folder, name), (target, newName)) = (Self.split(path), Self.split(newPath))
        guard let number = number(path) else { throw FileOperationError("cannot rename \(path): it is not there") }
        if folder == target {
            try change(folder) {
                $0.names[name] = nil
                $0.names[newName] = number
                $0.changes.append(.move(name, to: newName))
            }
        } else {
            try unlink(path)
            try change(target) {
                $0.names[newName] = number
                $0.changes.append(.link(newName, number))
            }
        }
    }

    mutating func synchronize(_ path: String) {
        guard let number = number(path), let node = nodes[number] else { return }
        switch node {
        case .file(var file):
            if !file.isLost { file.safe = file.contents }
            nodes[number] = .file(file)
        case .folder(var folder):
            folder.safe = folder.names
            folder.changes = []
            nodes[number] = .folder(folder)
        }
    }

    mutating func loseSync(_ path: String) {
        guard let number = number(path), case .file(var file) = nodes[number] else { return }
        file.isLost = true
        nodes[number] = .file(file)
    }

    private mutating func change(_ path: String, _ body: (inout Folder) -> Void) throws {
        guard let number = number(path), case .folder(var folder) = nodes[number] else {
            throw FileOperationError("\(path) is no folder")
        }
        body(&folder)
        nodes[number] = .folder(folder)
    }

    // MARK: Looking

    private static func split(_ path: String) -> (folder: String, name: String) {
        ((path as NSString).deletingLastPathComponent, (path as NSString).lastPathComponent)
    }

    private func number(_ path: String) -> Int? {
        guard path.hasPrefix(root) else { return nil }
        var number = 0
        for name in path.dropFirst(root.count).split(separator: "/") {
            guard case .folder(let folder)? = nodes[number], let next = folder.names[String(name)] else { return nil }
            number = next
        }
        return number
    }

    func find(_ path: String) -> Node? { number(path).flatMap { nodes[$0] } }

    /// What is in a folder, the deepest first, and the folder.
    func below(_ path: String) -> [String] {
        guard case .folder(let folder)? = find(path) else { return [path] }
        return folder.names.keys.sorted().flatMap { below(path + "/" + $0) } + [path]
    }

    /// Paths under the root with the contents of files; those of folders end in a slash.
    private func tree(_ number: Int = 0, _ path: String = "") -> [String: Data] {
        switch nodes[number] {
        case .file(let file)?: return [path: file.contents]
        case .folder(let folder)?:
            var all: [String: Data] = path.isEmpty ? [:] : [path + "/": Data()]
            for (name, next) in folder.names { all.merge(tree(next, path + "/" + name)) { $1 } }
            return all
        case nil: return [:]
        }
    }

    func difference() -> String? {
        var expected = tree()
        let manager = FileManager.default
        for name in (try? manager.subpathsOfDirectory(atPath: root)) ?? [] {
            var isFolder: ObjCBool = false
            _ = manager.fileExists(atPath: root + "/" + name, isDirectory: &isFolder)
            guard let known = expected.removeValue(forKey: "/" + name + (isFolder.boolValue ? "/" : "")) else {
                return "\(name) should not be there"
            }
            if !isFolder.boolValue, manager.contents(atPath: root + "/" + name) != known {
                return "\(name) has other contents"
            }
        }
        return expected.keys.sorted().first.map { "\($0) is missing" }
    }

    // MARK: Power

    /// Takes the real folder as what is on the disk.
    mutating func adopt() throws {
        nodes = [0: .folder(Folder())]
        let manager = FileManager.default
        for name in try manager.subpathsOfDirectory(atPath: root).sorted() {
            let path = root + "/" + name
            var isFolder: ObjCBool = false
            _ = manager.fileExists(atPath: path, isDirectory: &isFolder)
            let contents = isFolder.boolValue ? Data() : try Data(contentsOf: URL(filePath: path))
            try link(isFolder.boolValue ? .folder(Folder()) : .file(File(contents: contents, safe: contents)), path)
        }
        for (number, node) in nodes {
            guard case .folder(var folder) = node else { continue }
            folder.safe = folder.names
            folder.changes = []
            nodes[number] = .folder(folder)
        }
    }

    mutating func restart(_ survivors: SimulatedDisk.Survivors) throws {
        var random = SplitMix(seed: 0)
        if case .some(let seed) = survivors { random = SplitMix(seed: seed) }
        let manager = FileManager.default
        for name in try manager.contentsOfDirectory(atPath: root) { try manager.removeItem(atPath: root + "/" + name) }
        try restore(0, root, survivors, &random)
        isOff = false
        isFull = false
        plan = nil
        try adopt()
    }

    private func restore(
        _ number: Int, _ path: String, _ survivors: SimulatedDisk.Survivors, _ random: inout SplitMix
    ) throws {
        switch nodes[number] {
        case .file(let file)?:
            try Self.contents(file, survivors, &random).write(to: URL(filePath: path))
        case .folder(let folder)?:
            if number != 0 {
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            }
            for (name, next) in names(folder, survivors, &random).sorted(by: { $0.key < $1.key }) {
                try restore(next, path + "/" + name, survivors, &random)
            }
        case nil: break
        }
    }

    private static func contents(
        _ file: File, _ survivors: SimulatedDisk.Survivors, _ random: inout SplitMix
    ) -> Data {
        if let safe = file.safe, safe == file.contents { return safe }
        switch survivors {
        case .nothing: return file.safe ?? Data()
        case .everything: return file.contents
        case .some:
            switch random.next() % 4 {
            case 0: return file.safe ?? Data()
            case 1: return file.contents
            // Some blocks reached the disk, others did not.
            case 2: return file.contents.prefix(Int(random.next() % UInt64(file.contents.count + 1)))
            default:
                let cut = Int(random.next() % UInt64(file.contents.count + 1))
                return file.contents.prefix(cut) + Data(count: file.contents.count - cut)
            }
        }
    }

    private func names(
        _ folder: Folder, _ survivors: SimulatedDisk.Survivors, _ random: inout SplitMix
    ) -> [String: Int] {
        switch survivors {
        case .nothing: return folder.safe
        case .everything: return folder.names
        case .some:
            var names = folder.safe
            let isOrdered = random.next() % 2 == 0
            let count = Int(random.next() % UInt64(folder.changes.count + 1))
            for (index, change) in folder.changes.enumerated()
            where isOrdered ? index < count : random.next() % 2 == 0 {
                apply(change, &names)
            }
            return names
        }
    }

    /// A change that no longer fits is lost.
    private func apply(_ change: Change, _ names: inout [String: Int]) {
        switch change {
        case .link(let name, let number): names[name] = number
        case .unlink(let name): names[name] = nil
        case .move(let name, let newName):
            guard let number = names[name] else { return }
            if let other = names[newName], case .folder(let folder)? = nodes[other], !folder.names.isEmpty { return }
            names[name] = nil
            names[newName] = number
        }
    }
}

/// A small generator with a seed.
struct SplitMix {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
