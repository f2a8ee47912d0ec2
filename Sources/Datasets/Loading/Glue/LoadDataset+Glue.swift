internal import Foundation

/// Loads a task of the GLUE benchmark from the folder of its TSV files (`train.tsv`, `dev.tsv`, `test.tsv`), as Python's
/// `load_dataset("glue", name)` gives it: the columns of texts, `label` and `idx`.
///
/// The files are read without quoting, for quotes in them are text. In `test` every label is -1. Splits whose file isn't
/// there are left out.
/// - Throws: ``DatasetError`` where the folder has none of the files, or one of them is malformed.
public func loadDataset(
    glue task: GlueTask, folder: String, loading: LoadOptions = LoadOptions()
) throws -> DatasetDict {
    let splits = try task.files.compactMap { split, file -> (String, Dataset)? in
        let path = "\(folder)/\(file)"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        return (split, try GlueFile(task: task, split: split, path: path).load(loading))
    }
    guard !splits.isEmpty else {
        throw DatasetError.unreadableFile(
            path: folder,
            problem: "it holds none of \(task.files.map(\.file).joined(separator: ", ")), the files of \(task.rawValue)"
        )
    }
    return DatasetDict(splits)
}

/// One file of a task.
private struct GlueFile {
    let task: GlueTask
    let split: String
    let path: String

    func load(_ loading: LoadOptions) throws -> Dataset {
        var options = DelimitedOptions.tsv
        options.columnNames = task.columnNames(split: split)
        options.stringColumns = Set(task.columns.map(\.file) + [task.labelColumn])
        var rows = try Dataset.fromTSV(path, options: options, loading: loading)
        let hasLabels = !split.hasPrefix("test")
        rows = try rows.selectColumns(task.columns.map(\.file) + (hasLabels ? [task.labelColumn] : []))
        var names: [String: String] = [:]
        for column in task.columns where column.name != column.file { names[column.file] = column.name }
        if hasLabels, task.labelColumn != "label" { names[task.labelColumn] = "label" }
        rows = try rows.renameColumns(names)
        return try withLabels(rows, hasLabels: hasLabels).addColumn("idx", Array(0..<rows.numRows))
            .castColumn("idx", to: .int32)
    }

    private func withLabels(_ rows: Dataset, hasLabels: Bool) throws -> Dataset {
        guard let names = task.labelNames else {
            let scores = hasLabels ? rows : try rows.addColumn("label", [Float](repeating: -1, count: rows.numRows))
            return try scores.castColumn("label", to: .float32)
        }
        let label = try ClassLabel(names: names)
        guard hasLabels else {
            // No class: it stands for a label that nobody knows.
            return try rows.addColumn("label", [Int](repeating: -1, count: rows.numRows))
        }
        // The files have numbers for some tasks and names for others.
        return try rows.mapColumn("label") { text, location in
            if let number = Int(text), names.indices.contains(number) { return number }
            guard let number = names.firstIndex(of: text) else {
                throw DatasetError.malformed(
                    location: location, column: task.labelColumn,
                    problem: "'\(Excerpt.of(text))' is none of the classes \(names.joined(separator: ", "))",
                    remedy: "give a class or its number")
            }
            return number
        }.castColumn("label", to: label)
    }
}

extension Dataset {
    /// The data set with a column of strings as the numbers that `transform` makes of them.
    fileprivate func mapColumn(
        _ name: String, _ transform: (String, SourceLocation) throws -> Int
    ) throws -> Dataset {
        var numbers: [Int] = []
        numbers.reserveCapacity(numRows)
        for row in self {
            let location = row.sourceLocation ?? SourceLocation(file: name, line: row.index + 1)
            numbers.append(try transform(try row[name], location))
        }
        return try removeColumn(name).addColumn(name, numbers)
    }
}
