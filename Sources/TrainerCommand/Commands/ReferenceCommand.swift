import ArgumentParser
import SwiftTrainer

/// `trainer reference`: the documentation's page of training arguments, for `scripts/reference`.
struct ReferenceCommand: TrainerSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "reference", abstract: "Prints the reference of the training arguments as Markdown.",
        shouldDisplay: false)

    static let ownFlags: Set<String> = []

    func perform(_ arguments: TrainingArguments) throws { print(TrainingArguments.referencePage(), terminator: "") }
}
