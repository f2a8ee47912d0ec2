/// The second, serial pass over a delimited file: finds the first place that breaks it.
struct DelimitedDiagnosis {
    let text: UnsafeBufferPointer<UInt8>
    let file: String
    let layout: DelimitedLayout

    private var scanner: DelimitedScanner {
        DelimitedScanner(
            text, delimiter: layout.delimiter, quoting: layout.quoting, position: layout.start, line: layout.firstLine)
    }

    /// - Throws: ``DatasetError/malformed(location:column:problem:remedy:)`` at the first wrong quote or width.
    func checkStructure() throws {
        var scanner = scanner
        do {
            while let record = try scanner.next() {
                guard record.fieldCount == layout.names.count else { throw width(record) }
            }
        } catch let fault as DelimitedScanner.Fault {
            throw fault.described(file: file, names: layout.names)
        }
    }

    /// The error behind a failure of Arrow's reader.
    func explain(_ failure: ArrowFailure, types: [String: FeatureType]) -> DatasetError {
        guard failure.isAboutInput else { return failure.asDatasetError }
        do {
            try checkStructure()
        } catch let error as DatasetError {
            return error
        } catch {}
        return firstMistyped(types)
            ?? .malformed(
                location: SourceLocation(file: file, line: nil), column: nil,
                problem: Excerpt.of(failure.message, limit: 200), remedy: "mend the file")
    }

    private func width(_ record: DelimitedScanner.Record) -> DatasetError {
        let wanted = layout.names.count
        let values = record.fieldCount == 1 ? "1 value" : "\(record.fieldCount) values"
        let names = wanted == 1 ? "1 column" : "\(wanted) columns"
        let remedy =
            if record.fieldCount < wanted {
                "add the missing values"
            } else if layout.quoting {
                "put values that hold the delimiter in double quotes"
            } else {
                "a value must not hold the delimiter"
            }
        return .malformed(
            location: SourceLocation(file: file, line: record.line), column: nil,
            problem: "\(values) where \(layout.hasHeader ? "the header names" : "there are") \(names)", remedy: remedy)
    }

    private func firstMistyped(_ types: [String: FeatureType]) -> DatasetError? {
        let typed = layout.names.enumerated().compactMap { place, name in types[name].map { (place, name, $0) } }
        var scanner = scanner
        while let record = try? scanner.next(collectingFields: true) {
            for (place, name, type) in typed where place < scanner.fields.count {
                let value = scanner.string(scanner.fields[place])
                guard !CellText.fits(value, type) else { continue }
                return .malformed(
                    location: SourceLocation(file: file, line: record.line), column: name,
                    problem: "'\(Excerpt.of(value))' is no \(type)",
                    remedy: "correct the value, or read the column as text")
            }
        }
        return nil
    }
}

/// Which texts Arrow's reader takes as a value of a type.
enum CellText {
    private static let nulls: Set<String> = [
        "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "N/A", "NA", "NULL",
        "NaN", "n/a", "nan", "null",
    ]
    private static let bools: Set<String> = ["1", "True", "TRUE", "true", "0", "False", "FALSE", "false"]

    static func fits(_ text: String, _ type: FeatureType) -> Bool {
        if type.isString || nulls.contains(text) { return true }
        let trimmed = String(
            text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
        switch type {
        case .bool: return bools.contains(trimmed)
        case .int8: return integer(trimmed).map { Int8(exactly: $0) != nil } ?? false
        case .int16: return integer(trimmed).map { Int16(exactly: $0) != nil } ?? false
        case .int32: return integer(trimmed).map { Int32(exactly: $0) != nil } ?? false
        case .int64: return integer(trimmed) != nil
        case .uint8: return integer(trimmed).map { UInt8(exactly: $0) != nil } ?? false
        case .uint16: return integer(trimmed).map { UInt16(exactly: $0) != nil } ?? false
        case .uint32: return integer(trimmed).map { UInt32(exactly: $0) != nil } ?? false
        case .float32, .float64:
            return !trimmed.hasPrefix("+") && !trimmed.lowercased().hasPrefix("0x") && Double(trimmed) != nil
        default: return true
        }
    }

    private static func integer(_ text: String) -> Int? {
        if text.lowercased().hasPrefix("0x") { return Int(text.dropFirst(2), radix: 16) }
        return text.hasPrefix("+") ? nil : Int(text)
    }
}

extension DelimitedScanner.Fault {
    func described(file: String, names: [String]) -> DatasetError {
        let (line, field, problem, remedy) =
            switch self {
            case .openQuote(let line, let field):
                (line, field, "a quoted value starts here and never ends", "add the closing quote, or turn quoting off")
            case .textBehindQuote(let line, let field):
                (
                    line, field, "text follows a closing quote",
                    "write quotes inside a quoted value twice, or turn quoting off"
                )
            }
        return .malformed(
            location: SourceLocation(file: file, line: line), column: field < names.count ? names[field] : nil,
            problem: problem, remedy: remedy)
    }
}
