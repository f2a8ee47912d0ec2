import ArgumentParser

/// The commands that work for a task.
enum TaskCommand: String, CaseIterable {
    case train, evaluate, predict
}

/// Commands and tasks in which a flag has an effect.
struct FlagUse: Sendable {
    let commands: [TaskCommand]
    /// Names of tasks; nil: all of them.
    let tasks: [String]?

    /// In these commands for every task.
    static func always(_ commands: TaskCommand...) -> FlagUse { FlagUse(commands: commands, tasks: nil) }

    /// For these tasks, where nothing else is said in every command.
    static func tasks(_ tasks: String..., in commands: [TaskCommand] = TaskCommand.allCases) -> FlagUse {
        FlagUse(commands: commands, tasks: tasks)
    }

    func covers(_ command: TaskCommand, _ task: String) -> Bool {
        commands.contains(command) && tasks?.contains(task) ?? true
    }

    /// `train and evaluate of question-answering`
    var text: String { Self.list(commands.map(\.rawValue)) + (tasks.map { " of " + Self.list($0) } ?? "") }

    private static func list(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.joined() }
        return words.dropLast().joined(separator: ", ") + " and " + last
    }
}

/// A flag of a group of options.
struct Flag<Options: ParsableArguments>: Sendable {
    /// Without hyphens in front.
    let name: String
    /// Whether it may stand bare.
    let isSwitch: Bool
    let uses: [FlagUse]
    let isGiven: @Sendable (Options) -> Bool

    /// A flag with a value, or one that takes true or false and may stand bare.
    init<Value>(_ name: String, _ value: any KeyPath<Options, Value?> & Sendable, _ uses: FlagUse...) {
        self.name = name
        isSwitch = Value.self == Bool.self
        self.uses = uses
        isGiven = { $0[keyPath: value] != nil }
    }

    /// - Throws: ``CommandFailure/usage(_:)`` where it has no effect, with those in which it has.
    func check(_ command: TaskCommand, _ task: String) throws {
        guard !uses.contains(where: { $0.covers(command, task) }) else { return }
        let isForTask = uses.contains { use in use.commands.contains { use.covers($0, task) } }
        throw CommandFailure.usage(
            "--\(name) is not for \(isForTask ? "trainer \(command.rawValue) with " : "")the task \(task); it is for "
                + uses.map(\.text).joined(separator: ", and for "))
    }
}

/// Options whose flags are told in one table: what they are called, and where they count.
protocol FlagTable: ParsableArguments {
    static var table: [Flag<Self>] { get }
}

extension FlagTable {
    /// The names of all flags, without hyphens in front.
    static var flags: Set<String> { Set(table.map(\.name)) }
    /// Those that may stand bare.
    static var switches: Set<String> { Set(table.filter(\.isSwitch).map(\.name)) }

    var given: [Flag<Self>] { Self.table.filter { $0.isGiven(self) } }

    /// A flag that would do nothing is an error.
    ///
    /// - Throws: ``CommandFailure/usage(_:)`` that names it.
    func check(_ command: TaskCommand, _ task: any CommandTask.Type) throws {
        for flag in given { try flag.check(command, task.name) }
    }
}
