import ArgumentParser
import SwiftTrainer

/// A command of ``TrainerTool``: its own flags are ArgumentParser's, and those of training come from the one table that
/// files, flags and documentation share.
protocol TrainerSubcommand: ParsableCommand {
    /// The training arguments whose flags it takes.
    static var trainingFlags: TrainingFlags { get }
    /// The heading over some of them in the help.
    static var trainingFlagsTitle: String { get }
    /// Its own flags without hyphens in front.
    static var ownFlags: Set<String> { get }
    /// Its own flags that stand bare, or take true or false.
    static var switches: Set<String> { get }
    /// Its own flags that stand bare, which means true, or take any value.
    static var optionalValues: Set<String> { get }

    /// The words behind the command's name as they are to be read; those behind `--` stay as they are.
    static func prepared(_ words: [String]) -> [String]

    /// Does the work.
    /// - Parameter arguments: Python's defaults with what the command line and the configuration file set.
    func perform(_ arguments: TrainingArguments) throws
}

extension TrainerSubcommand {
    static var trainingFlags: TrainingFlags { .none }
    static var trainingFlagsTitle: String { "EVALUATION" }
    static var switches: Set<String> { [] }
    static var optionalValues: Set<String> { [] }
    static func prepared(_ words: [String]) -> [String] { words }
    static var name: String { configuration.commandName ?? _commandName }
}

/// Which flags of training a command takes; those that it would not act on are refused.
enum TrainingFlags {
    case none
    case all
    case some(Set<String>)

    /// What matters where nothing is trained.
    static let inference = TrainingFlags.some([
        "per_device_eval_batch_size", "numerics", "use_cpu", "dataloader_num_workers", "dataloader_prefetch_factor",
        "disable_tqdm",
    ])

    func contains(_ name: String) -> Bool {
        switch self {
        case .none: false
        case .all: true
        case .some(let names): names.contains(name)
        }
    }
}
