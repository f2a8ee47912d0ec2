import ArgumentParser
import Foundation
import SwiftTrainer

/// `trainer describe`
struct DescribeCommand: TrainerSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "describe",
        abstract:
            "Says what stands in the columns of a data file, or of a folder of them: types, nulls, ranges, classes."
    )

    @Argument(help: "A file (CSV, TSV, JSON, text, Parquet, Arrow; text may be compressed), or a folder of data files.")
    var path: String

    static let ownFlags: Set<String> = []

    func perform(_ arguments: TrainingArguments) throws {
        let splits = try withProgressBar { try loadDataset(folder: path) }
        for (number, split) in splits.members.enumerated() {
            if splits.members.count > 1 { Console.print((number > 0 ? "\n" : "") + "\(split.name):") }
            Console.print("\(split.dataset.describe())")
        }
    }
}
