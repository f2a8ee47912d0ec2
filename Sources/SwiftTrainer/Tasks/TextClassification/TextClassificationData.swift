public import Datasets
public import PretrainedModels

/// Rows of one file, checked: every row has a text and, where labels are wanted, one that is known.
public struct TextClassificationSplit {
    /// The file, for messages.
    public let file: String
    public let rows: Dataset
    /// The label of each row; nil where labels were not asked for.
    public let labels: TextLabelValues?
}

/// Files to train and evaluate on.
public struct TextClassificationFiles: Sendable {
    public var train: String
    public var validation: String?
    public var test: String?
    /// The share of the training file that is held out where there is no validation file.
    public var validationSplit: Double?
    /// The first rows of each, before shuffling; nil for all.
    public var maxTrainSamples: Int?
    public var maxEvalSamples: Int?
    /// What the labels are; nil: numbers with fractions mean regression, anything else classes.
    public var problemType: ProblemType?
    /// What stands between several labels in a cell; nil: a comma.
    public var labelSeparator: String?
    /// See ``TextFile/quoting``.
    public var quoting: Bool?
    /// Decides which rows are held out.
    public var seed = 42

    public init(train: String) { self.train = train }
}

/// What a text classifier is trained and evaluated on.
public struct TextClassificationData {
    public let columns: TextClassificationColumns
    public let labels: TextLabels
    public let train: TextClassificationSplit
    public let validation: TextClassificationSplit?
    public let test: TextClassificationSplit?
    /// What was guessed, one line each.
    public let notes: [String]

    /// Reads and checks all files.
    ///
    /// - Parameters:
    ///   - files: what to read.
    ///   - choice: columns that are named.
    ///   - modelLabels: the label names of the model's configuration.
    /// - Throws: ``TextClassificationError``, `DatasetError`.
    public init(_ files: TextClassificationFiles, choice: ColumnChoice, modelLabels: [String] = []) throws {
        let trainFile = try TextFile(files.train, quoting: files.quoting)
        let validationFile = try files.validation.map { try TextFile($0, quoting: files.quoting) }
        let testFile = try files.test.map { try TextFile($0, quoting: files.quoting) }
        for (name, count) in [
            ("--max-train-samples", files.maxTrainSamples), ("--max-eval-samples", files.maxEvalSamples),
        ] {
            guard let count, count < 1 else { continue }
            throw TextClassificationError.invalidSetting("\(name) is \(count), but must be at least 1")
        }
        if let share = files.validationSplit, !(share > 0 && share < 1) {
            throw TextClassificationError.invalidSetting(
                "--validation-split is \(share), but must be between 0 and 1, such as 0.1")
        }
        var train = try trainFile.load(stringColumns: choice.names)
        let (columns, notes) = try choice.columns(in: train, file: files.train, needsLabel: true)
        self.columns = columns
        self.notes = notes
        let labelColumn = columns.label ?? ""
        try train.require(
            columns, in: trainFile, allowsEmptyLabels: files.problemType == .multiLabelClassification)
        let labels = try TextLabels(
            training: train, column: labelColumn, file: files.train, modelNames: modelLabels,
            problemType: files.problemType, separator: files.labelSeparator ?? TextLabels.usualSeparator)
        self.labels = labels

        var held: Dataset?
        if let share = files.validationSplit, validationFile == nil {
            let split = try train.trainTestSplit(testSize: .fraction(share), seed: UInt64(files.seed))
            train = split["train"]
            held = split["test"]
        }
        let names = columns.names
        validation = try (validationFile ?? (held == nil ? nil : trainFile)).map { file in
            let rows = try held ?? file.load(stringColumns: names)
            return try TextClassificationSplit(
                rows.take(files.maxEvalSamples ?? .max), file, columns, labels: labels)
        }
        test = try testFile.map { file in
            let rows = try file.load(stringColumns: names)
            // A test file may have no labels; then it is only predicted.
            let hasLabels = rows.columnNames.contains(labelColumn)
            return try TextClassificationSplit(rows, file, columns, labels: hasLabels ? labels : nil)
        }
        self.train = try TextClassificationSplit(
            train.take(files.maxTrainSamples ?? .max), trainFile, columns, labels: labels)
    }
}

extension TextClassificationColumns {
    /// The names of the columns.
    public var names: Set<String> { Set([text, textPair, label].compactMap { $0 }) }
}

extension TextClassificationSplit {
    /// - Throws: ``TextClassificationError``, `DatasetError` with file and line.
    public init(
        _ rows: Dataset, _ file: TextFile, _ columns: TextClassificationColumns, labels: TextLabels?
    ) throws {
        self.file = file.path
        self.rows = rows
        var wanted = columns
        if labels == nil { wanted.label = nil }
        let allowsEmpty = labels?.problemType == .multiLabelClassification
        try rows.require(wanted, in: file, allowsEmptyLabels: allowsEmpty)
        self.labels = try labels.flatMap { mapping in
            try wanted.label.map { try mapping.values(of: rows, column: $0, file: file.path) }
        }
    }
}

extension Dataset {
    /// Checks that there are rows, and that each has a value in every column.
    func require(
        _ columns: TextClassificationColumns, in file: TextFile, allowsEmptyLabels: Bool = false
    ) throws {
        guard numRows > 0 else { throw TextClassificationError.noRows(file: file.path) }
        for (name, flag) in [
            (columns.text, "--text-column"), (columns.textPair, "--text-pair-column"),
            (columns.label, "--label-column"),
        ] {
            guard let name, !columnNames.contains(name) else { continue }
            throw TextClassificationError.missingColumn(
                name: name, flag: flag, file: file.path, available: columnNames)
        }
        try requireColumns([columns.text] + (columns.textPair.map { [$0] } ?? []), allowingEmpty: !file.hasNoEmptyText)
        if let label = columns.label, features[label]?.isString == true {
            // No label at all is one of the sets of labels.
            try requireColumns([label], allowingEmpty: allowsEmptyLabels)
        }
    }
}
