@testable import Datasets
import FuzzSupport
import TableSupport

/// JSON Lines. The first byte says what types are asked for, the second how it is read.
let file = TableFile(name: "input.jsonl")

fuzz { input in
    guard input.count > 2, input[2] != UInt8(ascii: "[") else { return }
    let (types, reading) = (input[0], input[1])
    var options = JSONLinesOptions()
    if types & 1 != 0 { options.stringColumns = ["a", "text"] }
    if types & 2 != 0 { options.columnTypes = ["b": .int8] }
    if types & 4 != 0 { options.columnTypes["a"] = .list(.float32) }
    if types & 8 != 0 { options.columnTypes["c"] = .structure(Features([.init(name: "a", type: .string)])) }
    let chosen = options
    file.with(input.dropFirst(2)) {
        try use(file, way: TextWay(reading), choice: reading >> 2) {
            try loadDataset(json: file.path, options: chosen, loading: $0)["train"]
        } parser: {
            try JSONLinesParser(options: chosen)
        }
    }
}
