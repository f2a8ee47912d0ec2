@testable import Datasets
import Foundation
import FuzzSupport
import TableSupport

/// Arrow files and streams. The first byte says how they are read: as a data set's files, as files of the cache, or as
/// a stream of rows.
let file = TableFile(name: "input.arrow")

fuzz { input in
    guard let first = input.first else { return }
    file.with(input.dropFirst()) {
        switch first & 3 {
        case 0, 1: try use(try loadDataset(arrow: file.path)["train"], of: file, first >> 2)
        case 2:
            let rows = try DatasetCache(folder: URL(fileURLWithPath: file.cache)).dataset(key: "key") { path in
                try Data(input.dropFirst()).write(to: URL(fileURLWithPath: path))
                return try Fingerprint(contentsOf: URL(fileURLWithPath: path))
            }
            try use(rows, of: file, first >> 2)
        default: try use(IterableDataset.fromArrow([file.path]))
        }
    }
}
