internal import CArrow
internal import Foundation

/// Reads one delimited file: the header ourselves, the rows by Arrow, and in case of trouble the rows once more
/// ourselves, to say where it is.
struct DelimitedLoader {
    private let file: FileBytes
    private let options: DelimitedOptions
    private let delimiter: UInt8

    init(path: String, options: DelimitedOptions) throws {
        try self.init(file: try FileBytes(path: path), options: options)
    }

    init(file: FileBytes, options: DelimitedOptions) throws {
        self.options = options
        delimiter = try options.checkedDelimiter()
        self.file = file
    }

    func load() throws -> Dataset {
        try file.withText { text in
            try file.checkText(text)
            let header = try DelimitedHeader(text, file: file.path, delimiter: delimiter, options: options)
            let layout = DelimitedLayout(
                delimiter: delimiter, quoting: options.quoting, names: header.names, start: header.end,
                firstLine: header.nextLine, hasHeader: options.columnNames == nil)
            let diagnosis = DelimitedDiagnosis(text: text, file: file.path, layout: layout)
            let hasQuotes = options.quoting && text[header.end...].contains(0x22)
            // Arrow lets a quote that never ends swallow the rest of the file.
            if hasQuotes { try diagnosis.checkStructure() }
            let table = try read(text, layout: layout, hasQuotes: hasQuotes, diagnosis: diagnosis)
            guard let table, table.rowCount > 0 else {
                throw DatasetError.noRows(
                    path: file.path,
                    problem: options.columnNames == nil ? "there are no rows below the header" : "no rows")
            }
            let columns = zip(layout.names, table.columns).map { Column(name: $0, array: $1) }
            let source = SourceFile(
                path: file.path, isRegular: file.isRegular, rowCount: table.rowCount, format: .delimited(layout))
            return Dataset(
                table: TableStorage(
                    columns: columns, rowCount: table.rowCount, source: RowSource(files: [source])))
        }
    }

    private func read(
        _ text: UnsafeBufferPointer<UInt8>, layout: DelimitedLayout, hasQuotes: Bool, diagnosis: DelimitedDiagnosis
    ) throws -> ArrowTable? {
        let body = UnsafeBufferPointer(rebasing: text[layout.start...])
        guard body.contains(where: { $0 != 0x0A && $0 != 0x0D }) else {
            return nil
        }
        var fields = try requestedTypes(layout.names)
        // What Arrow takes for dates and the like is text to us: a second reading says so.
        for _ in 0..<2 {
            do {
                let requested = ArrowFields(Features(fields))
                let table = try ArrowTable.retryingWithLargerBlocks(size: body.count) { block, result, message in
                    ArrowNames.with(layout.names) { names in
                        carrow_read_delimited(
                            body.baseAddress, Int64(body.count), CChar(bitPattern: layout.delimiter),
                            layout.quoting, hasQuotes, names.baseAddress, Int32(names.count),
                            requested.root.children, requested.root.child_count, block, result, message)
                    }
                }
                let dates = zip(layout.names, table.columns).filter { $0.1.type.isTemporal }.map(\.0)
                if dates.isEmpty { return table }
                for name in dates { fields[name] = .string }
            } catch {
                throw diagnosis.explain(error, types: fields)
            }
        }
        throw DatasetError.storage(problem: "the types of \(file.path)'s columns can't be read")
    }

    private func requestedTypes(_ names: [String]) throws -> [String: FeatureType] {
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
}
