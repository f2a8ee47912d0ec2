import Foundation
import FuzzSupport
import TorchFiles

/// A file of weights, or (first byte odd) an index with the file that it may name; a zero byte ends the index.
let folder = makeFolder()
let file = folder.appendingPathComponent("model.safetensors")
let index = folder.appendingPathComponent("model.safetensors.index.json")

fuzz { input in
    guard let first = input.first else { return }
    let rest = input.dropFirst()
    let end = first & 1 == 1 ? rest.firstIndex(of: 0) ?? rest.endIndex : rest.startIndex
    try? Data(rest[end...].dropFirst(first & 1 == 1 ? 1 : 0)).write(to: file)
    do {
        let weights = try SafetensorsFile(url: file)
        var total = 0
        for (name, tensor) in weights.tensors {
            require(weights[name] != nil, "a tensor is not found by its name")
            total += tensor.byteCount
            // Each byte is looked at: one outside the file would end this program.
            _ = tensor.withUnsafeBytes { $0.reduce(0) { $0 &+ $1 } }
        }
        require(total <= input.count, "the tensors are larger than the file")
        let names = weights.tensors.map { $0.name }
        if !names.contains("__metadata__") {
            try Safetensors.write(weights.tensors, metadata: weights.metadata, to: file)
            let again = try SafetensorsFile(url: file)
            require(Set(again.tensors.map { $0.name }) == Set(names), "writing loses tensors")
        }
    } catch { require(error is SafetensorsError, "an error of another type: \(error)") }
    guard first & 1 == 1 else { return }
    try? Data(rest[..<end]).write(to: index)
    do {
        let weights = try SafetensorsIndex(url: index)
        for name in weights.files {
            require(!name.contains("/") && name != "..", "the index leaves its folder: \(name)")
        }
    } catch { require(error is SafetensorsError, "an error of another type: \(error)") }
}
