import Datasets
import FuzzSupport
import TableSupport

/// Parquet files. The first byte says how they are read.
let file = TableFile(name: "input.parquet")

fuzz { input in
    guard let first = input.first else { return }
    file.with(input.dropFirst()) {
        switch first & 3 {
        case 0, 1: try use(try loadDataset(parquet: file.path)["train"], of: file, first >> 2)
        case 2:
            let loading = LoadOptions(keepInMemory: false, cacheDir: file.cache)
            try use(try loadDataset(parquet: file.path, loading: loading)["train"], of: file, first >> 2)
        default: try use(IterableDataset.fromParquet([file.path], columns: first & 4 == 0 ? nil : ["a"]))
        }
    }
}
