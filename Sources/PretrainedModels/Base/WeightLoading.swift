import Foundation
import OrderedJSON
import Training

/// Loads the weights of a folder into a model: keys of older spellings renamed, the encoder's prefix added or removed,
/// missing weights initialised as in Python, everything else reported.
struct WeightLoading {
    let folder: URL
    let model: PretrainedModel
    /// Whether weights of other shapes than the model's are passed over and drawn anew.
    var ignoresMismatchedSizes = false
    /// Names of weights that come from elsewhere afterwards.
    var replaced: Set<String> = []

    static let files = [
        "model.safetensors", "model.safetensors.index.json", PickledWeights.file, PickledWeights.index,
    ]

    /// - Returns: Keys that were missing (now freshly initialised) and keys that found no place.
    /// - Throws: ``PretrainedModelError``, `SafetensorsError`, `TorchError`.
    func load() throws -> LoadReport {
        let (file, tensors) = try read()
        let own = model.stateDict()
        var renamed = match(tensors, to: own)
        let misfits = own.entries.compactMap { name, tensor -> String? in
            guard let found = renamed[name], found.shape != tensor.shape, !replaced.contains(name) else { return nil }
            return "\(name) is \(found.shape) in the file, \(tensor.shape) by the configuration"
        }
        guard misfits.isEmpty || ignoresMismatchedSizes else {
            let more = misfits.count > 3 ? " and \(misfits.count - 3) more" : ""
            throw PretrainedModelError.misfit(
                file: file.path,
                "the weights do not fit the model: \(misfits.prefix(3).joined(separator: "; "))\(more)"
                    + "; a head for another number of labels is replaced with ignoreMismatchedSizes")
        }
        let mismatched = own.entries.filter { name, tensor in renamed[name].map { $0.shape != tensor.shape } ?? false }
        for (name, _) in mismatched { renamed.remove(name) }
        guard own.names.contains(where: { renamed[$0] != nil }) else {
            throw PretrainedModelError.misfit(
                file: file.path,
                "it has none of the model's weights (it has \(tensors.names.prefix(3).joined(separator: ", ")), …)")
        }
        let missing = own.names.filter { renamed[$0] == nil }
        try check(missing: missing, file)
        try withTorchErrors {
            noGrad { for (name, target) in own.entries { if let source = renamed[name] { target.copy_(source) } } }
        }
        try initialize(missing: Set(missing))
        let used = Set(renamed.used)
        return LoadReport(
            missing: missing, unexpected: tensors.names.filter { !used.contains($0) && model.currentKey($0) != nil })
    }

    /// A head may be new; an encoder with random parts is a mistake in the configuration.
    private func check(missing: [String], _ file: URL) throws {
        // A classifier that names no prefix does not say which part is its head.
        if model.baseModelPrefix == nil, model is HeadedModel { return }
        let prefix = model.baseModelPrefix.map { $0 + "." } ?? ""
        let needed = missing.filter { key in
            guard key.hasPrefix(prefix) else { return false }
            let inner = key.dropFirst(prefix.count)
            return !model.optionalKeyPrefixes.contains { inner.hasPrefix($0) }
        }
        guard !needed.isEmpty else { return }
        let more = needed.count > 3 ? " and \(needed.count - 3) more" : ""
        throw PretrainedModelError.misfit(
            file: file.path,
            "the weights do not fit the model: the file lacks \(needed.prefix(3).joined(separator: ", "))\(more)")
    }

    private func read() throws -> (URL, StateDict) {
        for name in Self.files {
            let file = folder.appending(path: name)
            guard FileManager.default.fileExists(atPath: file.path) else { continue }
            switch name {
            case "model.safetensors": return (file, try Safetensors.load(file))
            case PickledWeights.file: return (file, try withTorchErrors { try PickledWeights.load(file) })
            case PickledWeights.index:
                return (file, try withTorchErrors { try PickledWeights.loadSharded(index: file) })
            default: return (file, try Safetensors.loadSharded(index: file))
            }
        }
        throw PretrainedModelError.noWeights(folder: folder.path, looked: Self.files)
    }

    /// The file's tensors under the model's keys.
    private func match(_ tensors: StateDict, to own: StateDict) -> Renamed {
        var renamed = Renamed()
        let prefix = model.baseModelPrefix.map { $0 + "." }
        for (name, tensor) in tensors.entries {
            guard let modern = model.currentKey(name) else { continue }
            var candidates = [modern]
            if let prefix { candidates.append(prefix + modern) }
            // The encoder alone, from a checkpoint of a model with a head.
            if prefix == nil, let dot = modern.firstIndex(of: ".") {
                candidates.append(String(modern[modern.index(after: dot)...]))
            }
            if let key = candidates.first(where: { own[$0] != nil }) { renamed.add(key, tensor, from: name) }
        }
        return renamed
    }

    /// Draws initial values for modules with missing weights, children before parents, as Python does.
    private func initialize(missing: Set<String>) throws {
        guard !missing.isEmpty else { return }
        var names: [ObjectIdentifier: String] = [:]
        for (name, module) in model.namedModules() { names[ObjectIdentifier(module)] = name }
        try withTorchErrors {
            model.apply { module in
                guard let name = names[ObjectIdentifier(module)] else { return }
                let path = name.isEmpty ? "" : name + "."
                model.initializeMissing(module) { missing.contains(path + $0) }
            }
        }
    }

    private struct Renamed {
        private var tensors: [String: Tensor] = [:]
        private(set) var used: [String] = []

        subscript(key: String) -> Tensor? { tensors[key] }

        mutating func remove(_ key: String) { tensors[key] = nil }

        mutating func add(_ key: String, _ tensor: Tensor, from name: String) {
            guard tensors[key] == nil else { return }
            tensors[key] = tensor
            used.append(name)
        }
    }
}
