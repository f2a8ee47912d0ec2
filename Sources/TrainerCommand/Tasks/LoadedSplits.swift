import SwiftTrainer

/// The rows to train and evaluate on, read file by file.
struct LoadedSplits {
    let train: Dataset
    let validation: Dataset?
    let test: Dataset?

    /// - Parameters:
    ///   - files: the files, and how many of their rows count.
    ///   - limited: whether so many rows alone are left; false where others are made of them, which count then.
    ///   - load: reads one of them.
    init(_ files: TrainingFiles, limited: Bool = true, _ load: (String) throws -> Dataset) throws {
        try files.check()
        var train = try load(files.train)
        var validation = try files.validation.map(load)
        if let share = files.validationSplit, files.validation == nil {
            let parts = try train.trainTestSplit(testSize: .fraction(share), seed: UInt64(files.seed))
            (train, validation) = (parts["train"], parts["test"])
        }
        self.train = train.take(limited ? files.maxTrainSamples ?? .max : .max)
        self.validation = validation?.take(limited ? files.maxEvalSamples ?? .max : .max)
        test = try files.test.map(load)
    }
}

extension Dataset {
    /// - Throws: ``CommandFailure/failed(_:)`` that names the columns there are.
    func require(_ column: String, flag: String, file: String) throws {
        guard !columnNames.contains(column) else { return }
        throw CommandFailure.failed(
            "\(file) has no column '\(column)'; \(flag) names another, the columns are "
                + columnNames.map { "'\($0)'" }.joined(separator: ", "))
    }
}

/// The most tokens that `--max-length` may name.
enum LengthLimit {
    /// - Returns: what both the tokenizer and the model take.
    /// - Throws: ``CommandFailure/usage(_:)`` where the flag says more than the model takes.
    static func check(
        _ maxLength: Int?, _ configuration: ModelConfiguration, _ tokenizer: Tokenizer
    ) throws -> Int {
        let most = try AutoConfig.maxInputLength(configuration) ?? .max
        if let maxLength, maxLength > most {
            throw CommandFailure.usage("--max-length is \(maxLength), but the model takes at most \(most) tokens")
        }
        return min(tokenizer.modelMaxLength, most)
    }
}
