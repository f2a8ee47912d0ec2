import Foundation
import OrderedJSON
import SwiftTrainer

/// The columns of words and tags.
struct TaggedColumns {
    let tokens: String
    let tags: String

    /// What the flags say, and for the rest what was stored at training.
    init(_ options: ColumnOptions, _ stored: TaskSettings?) throws {
        tokens = options.textColumn ?? stored?["text_column"]?.stringValue ?? "tokens"
        tags = options.labelColumn ?? stored?["label_column"]?.stringValue ?? "ner_tags"
    }

    var settings: TaskSettings {
        TaskSettings(
            task: TokenClassificationTask.name,
            values: ["text_column": .string(tokens), "label_column": .string(tags)])
    }
}

/// Files of tagged words: CoNLL columns, or tables with lists.
struct TaggedFiles {
    let columns: TaggedColumns
    let train: Dataset
    let validation: Dataset?
    let test: Dataset?

    init(_ run: TrainingInputs) throws {
        columns = try TaggedColumns(run.columns, nil)
        try run.files.check()
        var paths = [("train", run.files.train)]
        if let file = run.files.validation { paths.append(("validation", file)) }
        if let file = run.files.test { paths.append(("test", file)) }
        var splits = try Self.converted(Self.splits(paths, columns), columns, run.options).members
        if let share = run.files.validationSplit, run.files.validation == nil {
            let parts = try splits[0].dataset.trainTestSplit(
                testSize: .fraction(share), seed: UInt64(run.files.seed))
            splits[0].dataset = parts["train"]
            splits.append(("validation", parts["test"]))
        }
        for (name, rows) in splits {
            guard name != "test", !rows.columnNames.contains(columns.tags) else { continue }
            throw CommandFailure.failed(
                "the \(name) rows have no column '\(columns.tags)'; --label-column names another, the columns are "
                    + rows.columnNames.map { "'\($0)'" }.joined(separator: ", "))
        }
        train = splits[0].dataset.take(run.files.maxTrainSamples ?? .max)
        validation = splits.first { $0.name == "validation" }?.dataset.take(run.files.maxEvalSamples ?? .max)
        test = splits.first { $0.name == "test" }?.dataset
    }

    /// Reads files by what their names say: tables where they end in .json, .jsonl, .parquet or .arrow, otherwise columns
    /// of words and tags.
    static func splits(_ files: [(String, String)], _ columns: TaggedColumns) throws -> DatasetDict {
        guard try files.contains(where: { try isTable($0.1) }) else {
            return try loadDataset(
                conll: files.map { ($0.0, $0.1.split(separator: ",").map(String.init)) },
                options: ConllOptions(tokensName: columns.tokens, tagsName: columns.tags))
        }
        return DatasetDict(
            try files.map { name, path in
                let table = try TextFile(path).load(stringColumns: [])
                guard table.columnNames.contains(columns.tokens) else {
                    throw CommandFailure.failed(
                        "\(path) has no column '\(columns.tokens)'; --text-column names another, the columns are "
                            + table.columnNames.map { "'\($0)'" }.joined(separator: ", "))
                }
                return (name, table)
            })
    }

    /// The tags in the scheme that is wanted; where the files' own scheme is named, what it does not allow is an error.
    static func converted(_ splits: DatasetDict, _ columns: TaggedColumns, _ options: TaskOptions) throws -> DatasetDict
    {
        guard let target = options.convertTags ?? options.tagScheme else { return splits }
        guard let source = options.tagScheme else {
            throw CommandFailure.usage("--convert-tags needs --tag-scheme, the scheme of the files")
        }
        return try splits.convertTags(in: columns.tags, from: source, to: target)
    }

    private static func isTable(_ path: String) throws -> Bool {
        switch DataFileFormat(path: path) {
        case .json, .parquet, .arrow: return true
        case .csv:
            throw CommandFailure.failed(
                "\(path): words and tags stand in CoNLL columns, or as lists in .jsonl, .parquet or .arrow files")
        case .tsv, .text, nil: return false
        }
    }
}
