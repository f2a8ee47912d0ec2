internal import CArrow
internal import Foundation

/// Reads delimited text: the header ourselves, the rows by Arrow, and in case of trouble the rows once more ourselves,
/// to say where it is.
struct DelimitedParser: TextParser {
    private let options: DelimitedOptions
    private let delimiter: UInt8
    private var layout: DelimitedLayout?

    init(options: DelimitedOptions) throws {
        self.options = options
        delimiter = try options.checkedDelimiter()
    }

    var fallsBackOnText: Bool { true }
    var emptiness: String { options.columnNames == nil ? "there are no rows below the header" : "no rows" }
    var format: SourceFile.Format { layout.map { .delimited($0) } ?? .binary }

    mutating func begin(_ window: TextWindow) throws -> Int {
        let header = try DelimitedHeader(window.bytes, file: window.file, delimiter: delimiter, options: options)
        layout = DelimitedLayout(
            delimiter: delimiter, quoting: options.quoting, names: header.names, start: header.end,
            firstLine: header.nextLine, hasHeader: options.columnNames == nil)
        return header.end
    }

    func wholeRecords(in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        // Behind a carriage return at the very end a line feed may come.
        var end = bytes.count
        while end > 0, bytes[end - 1] == 0x0D { end -= 1 }
        let bytes = UnsafeBufferPointer(rebasing: bytes[..<end])
        guard options.quoting, bytes.contains(0x22) else {
            return (bytes.lastIndex { $0 == 0x0A || $0 == 0x0D } ?? -1) + 1
        }
        var scanner = DelimitedScanner(bytes, delimiter: delimiter, quoting: true)
        var whole = 0
        do {
            while try scanner.next() != nil, scanner.position < bytes.count { whole = scanner.position }
            if let last = bytes.last, last == 0x0A || last == 0x0D, scanner.position == bytes.count {
                return bytes.count
            }
        } catch {
            // A quote that is open may be closed in what comes; text behind one is reported by who reads the records.
            if case .textBehindQuote = error { return bytes.count }
        }
        return whole
    }

    func requestedTypes() throws -> [String: FeatureType] {
        let names = layout?.names ?? []
        var fields: [String: FeatureType] = [:]
        for (name, type) in options.columnTypes {
            guard names.contains(name) else { throw DatasetError.unknownColumn(name: name, available: names) }
            switch type {
            case .null, .list, .largeList, .fixedSizeList, .structure, .classLabel, .annotated, .float16, .time32,
                .time64, .duration:
                throw DatasetError.invalidArgument(
                    name: "columnTypes", problem: "'\(name)' can't be read as \(type) from delimited text")
            default: fields[name] = type
            }
        }
        for name in options.stringColumns where names.contains(name) { fields[name] = .string }
        return fields
    }

    func table(_ window: TextWindow, types: [String: FeatureType]) throws -> ArrowTable? {
        guard let layout = layout?.starting(onLine: window.firstLine ?? 1) else { return nil }
        let text = window.bytes
        guard text.contains(where: { $0 != 0x0A && $0 != 0x0D }) else { return nil }
        let diagnosis = DelimitedDiagnosis(text: text, file: window.file, layout: layout)
        let hasQuotes = options.quoting && text.contains(0x22)
        // Arrow lets a quote that never ends swallow the rest of the file.
        if hasQuotes { try diagnosis.checkStructure() }
        let asked = options.columnTypes
        var types = types
        // What Arrow takes for dates and the like is text to us: a second reading says so.
        for _ in 0..<2 {
            do {
                let table = try read(text, layout, hasQuotes: hasQuotes, types)
                let dates = zip(layout.names, table.columns).filter { $1.type.isTemporal && asked[$0] == nil }
                if dates.isEmpty { return table }
                for (name, _) in dates { types[name] = .string }
            } catch {
                throw diagnosis.explain(error, types: types)
            }
        }
        throw DatasetError.storage(problem: "the types of \(window.file)'s columns can't be read")
    }

    private func read(
        _ text: UnsafeBufferPointer<UInt8>, _ layout: DelimitedLayout, hasQuotes: Bool, _ types: [String: FeatureType]
    ) throws(ArrowFailure) -> ArrowTable {
        let requested = ArrowFields(Features(types))
        return try ArrowTable.retryingWithLargerBlocks(size: text.count) { block, result, message in
            ArrowNames.with(layout.names) { names in
                carrow_read_delimited(
                    text.baseAddress, Int64(text.count), CChar(bitPattern: layout.delimiter), layout.quoting,
                    hasQuotes, names.baseAddress, Int32(names.count), requested.root.children,
                    requested.root.child_count, block, result, message)
            }
        }
    }
}
