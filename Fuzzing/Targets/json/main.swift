@testable import Datasets
import FuzzSupport
import OrderedJSON
import TableSupport

/// One JSON value: by itself, and as a data set. The first byte says which.
let file = TableFile(name: "input.json")

fuzz { input in
    guard let first = input.first else { return }
    let text = Array(input.dropFirst())
    switch first & 3 {
    case 0, 1: readValue(text)
    case 2: readRows(file, text, field: nil, choice: first >> 2)
    default: readRows(file, text, field: "data", choice: first >> 2)
    }
}

/// What was read is written, and read as the same.
func readValue(_ text: [UInt8]) {
    let value: JSONValue
    do { value = try JSONValue(parsing: text, source: "input.json") } catch {
        require(!"\(error)".unicodeScalars.contains("\n"), "an error of several lines: \(error)")
        return
    }
    for format in [JSONFormat(), JSONFormat(indent: 2, ensureASCII: false), .compact] {
        let written = value.serialized(format)
        require(
            written == (try? JSONValue(parsing: Array(written.utf8), source: "written"))?.serialized(format), written)
    }
}

func readRows(_ file: TableFile, _ text: [UInt8], field: String?, choice: UInt8) {
    file.with(text) {
        let options = JSONLinesOptions(field: field)
        let whole = try loadDataset(json: file.path, options: options, loading: LoadOptions(keepInMemory: true))[
            "train"]
        let loading = LoadOptions(keepInMemory: false, cacheDir: file.cache)
        let converted = try loadDataset(json: file.path, options: options, loading: loading)["train"]
        requireEqual(whole, converted, "in memory and converted")
        try use(whole, of: file, choice)
    }
}
