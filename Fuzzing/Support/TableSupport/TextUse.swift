@testable public import Datasets
internal import Foundation
internal import FuzzSupport

/// The ways to read text: as a whole, through a converted file, in small windows, and as a stream.
public enum TextWay: UInt8, CaseIterable {
    case whole
    case converted
    case windows
    case streamed

    public init(_ byte: UInt8) { self = Self.allCases[Int(byte) % Self.allCases.count] }
}

/// Reads text in one of the ways; in windows, compares with the whole.
public func use<Parser: TextParser>(
    _ file: TableFile, way: TextWay, choice: UInt8, load: (LoadOptions) throws -> Dataset,
    parser: @escaping @Sendable () throws -> Parser
) throws {
    switch way {
    case .whole: try use(try load(LoadOptions(keepInMemory: true)), of: file, choice)
    case .converted:
        try use(try load(LoadOptions(keepInMemory: false, cacheDir: file.cache)), of: file, choice)
    case .windows:
        let sink = TableSink(path: nil, features: nil)
        let input = try TextInput(path: file.path, inMemory: false, limit: .max)
        let size = 1 + Int(choice) % 64
        let files = try TextTables([input], windowSize: size, makeParser: parser)
            .read(restart: { sink.restart() }, { try sink.append($0) })
        let rows = try sink.dataset(described: nil, files: files)
        requireEqual(rows, try load(LoadOptions(keepInMemory: true)), "windows of \(size) bytes and the whole")
    case .streamed:
        let source = TextSource(path: file.path, windowSize: 1 + Int(choice), makeParser: parser)
        try use(IterableDataset(SourceStream(sources: [source])))
    }
}
