internal import Foundation

/// Whether a JSON file has SQuAD's layout, an object with the list `data`, rather than rows.
///
/// - Returns: false also where the file can't be read: who loads it says why.
public func isSquadFile(_ path: String) -> Bool {
    guard let input = try? TextInput(path: path, inMemory: false, limit: .max), let bytes = try? input.open() else {
        return false
    }
    let articles = JSONElementStream(bytes, path: path, field: SquadParser.field)
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1, alignment: 1)
    defer { block.deallocate() }
    // The first byte of the first article.
    return ((try? articles.read(into: block)) ?? 0) > 0
}
