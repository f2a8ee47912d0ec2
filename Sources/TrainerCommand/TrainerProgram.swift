import ArgumentParser
import Foundation
import SwiftTrainer

/// The program: finds the command, lets it work, and turns errors into one line and an exit code.
@main
enum TrainerProgram {
    static func main() {
        Interruption.unblock()
        exit(run(Array(CommandLine.arguments.dropFirst())))
    }

    /// - Returns: the exit code; see ``ExitStatus``.
    static func run(_ words: [String]) -> Int32 {
        do {
            guard let first = words.first, !first.hasPrefix("-"), first != "help" else { return try general(words) }
            guard let command = TrainerTool.commands.first(where: { $0.name == first }) else {
                let names = TrainerTool.commands.map { $0.name }
                let hint = NearestWord.of(first, among: names).map { "did you mean '\($0)'?" }
                throw CommandFailure.usage(
                    "there is no command '\(first)'; " + (hint ?? "the commands are \(names.joined(separator: ", "))"))
            }
            return try run(command, Array(words.dropFirst()))
        } catch {
            Console.fail(message(of: error))
            return ExitStatus.of(error)
        }
    }

    private static func run(_ command: any TrainerSubcommand.Type, _ words: [String]) throws -> Int32 {
        let words = command.prepared(words)
        let isFlag = words.prefix { $0 != "--" }
        if isFlag.contains("--help") || isFlag.contains("-h") || isFlag.contains("-help") {
            Console.print(help(for: command))
            return ExitStatus.done
        }
        let sorted = try CommandWords(words, for: command)
        guard let parsed = try parse([command.name] + sorted.own) as? any TrainerSubcommand else {
            return ExitStatus.done
        }
        for note in sorted.notes { Console.note("note: \(note)") }
        Warnings.send { Console.warn($0) }
        try parsed.perform(sorted.arguments)
        return ExitStatus.done
    }

    /// `trainer`, `trainer --help`, `trainer help train`, `trainer --version`.
    private static func general(_ words: [String]) throws -> Int32 {
        if let named = words.dropFirst().first, words.first == "help",
            let command = TrainerTool.commands.first(where: { $0.name == named })
        {
            Console.print(help(for: command))
            return ExitStatus.done
        }
        if words.isEmpty || ["help", "--help", "-h", "-help"].contains(words[0]) {
            Console.print(TrainerTool.helpMessage(columns: width))
            return words.isEmpty ? ExitStatus.usage : ExitStatus.done
        }
        _ = try parse(words)
        return ExitStatus.done
    }

    /// Parses, and prints what `--help` and `--version` ask for; nil then.
    static func parse(_ words: [String]) throws -> (any ParsableCommand)? {
        do {
            return try TrainerTool.parseAsRoot(words)
        } catch {
            guard TrainerTool.exitCode(for: error) == .success else {
                throw CommandFailure.usage(TrainerTool.message(for: error))
            }
            Console.print(TrainerTool.message(for: error))
            return nil
        }
    }

    /// The command's own flags, and under headings those of training.
    static func help(for command: any TrainerSubcommand.Type) -> String {
        var text = TrainerTool.helpMessage(for: command, columns: width)
        switch command.trainingFlags {
        case .none: break
        case .all: text += "\n" + TrainingArguments.help(width: width)
        case .some(let names):
            text += "\n\(command.trainingFlagsTitle)\n"
            for argument in TrainingArguments.table where names.contains(argument.name) {
                let standard = argument.defaultText.map { " (default: \($0))" } ?? ""
                text += "  \(argument.flag)\n        \(argument.help)\(standard)\n"
            }
        }
        return text
    }

    private static var width: Int {
        ProcessInfo.processInfo.environment["COLUMNS"].flatMap(Int.init).map { min(max($0, 60), 120) } ?? 100
    }

    private static func message(of error: any Error) -> String {
        // Foundation's own errors say more in their localized form.
        type(of: error) is NSError.Type || error is CocoaError ? error.localizedDescription : "\(error)"
    }
}
