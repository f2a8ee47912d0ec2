@testable import Datasets
import FuzzSupport
import TableSupport

/// Delimited text. The first byte says how it is laid out and what types are asked for, the second how it is read.
let file = TableFile(name: "input.csv")

fuzz { input in
    guard input.count > 2 else { return }
    let (layout, reading) = (input[0], input[1])
    var options = DelimitedOptions(
        delimiter: [",", "\t", ";", " "][Int(layout & 3)], quoting: layout & 4 == 0,
        columnNames: layout & 8 == 0 ? nil : ["a", "b"])
    if layout & 16 != 0 { options.stringColumns = ["a", "text"] }
    if layout & 32 != 0 { options.columnTypes = ["b": .int8, "label": .float32] }
    if layout & 64 != 0 { options.columnTypes["a"] = .timestamp(.seconds, timezone: nil) }
    let chosen = options
    file.with(input.dropFirst(2)) {
        try use(file, way: TextWay(reading), choice: reading >> 2) {
            try loadDataset(csv: file.path, options: chosen, loading: $0)["train"]
        } parser: {
            try DelimitedParser(options: chosen)
        }
    }
}
