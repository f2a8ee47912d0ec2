import ArgumentParser
import Foundation
import SwiftTrainer

/// `trainer inspect`
struct InspectCommand: TrainerSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Says what is in a model's folder or a checkpoint, and what is wrong with it."
    )

    @Argument(help: "The folder.")
    var folder: String

    static let ownFlags: Set<String> = []

    func perform(_ arguments: TrainingArguments) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw CommandFailure.failed("\(folder) is not a folder")
        }
        let inspection = FolderInspection(folder)
        for line in inspection.lines { Console.print(line) }
        guard inspection.problems.isEmpty else {
            for problem in inspection.problems.dropLast() { Console.warn(problem) }
            throw CommandFailure.failed(inspection.problems.last ?? "")
        }
    }
}
