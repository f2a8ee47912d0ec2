import ArgumentParser
import SwiftTrainer

/// `trainer doctor`
struct DoctorCommand: TrainerSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Says what this machine offers, what is wrong, and how to mend it.")

    static let ownFlags: Set<String> = []

    func perform(_ arguments: TrainingArguments) throws {
        let examination = Examination()
        for line in examination.lines { Console.print(line) }
        guard examination.problems.isEmpty else {
            for problem in examination.problems.dropLast() { Console.warn(problem) }
            throw CommandFailure.failed(examination.problems.last ?? "")
        }
        Console.print("nothing is wrong")
    }
}
