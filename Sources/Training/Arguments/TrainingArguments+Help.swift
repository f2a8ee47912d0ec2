internal import OrderedJSON

extension TrainingArguments {
    /// The help text of every flag, under headings, wrapped at `width` columns.
    public static func help(width: Int = 80) -> String {
        let indent = 8
        return TrainingArgument.Group.allCases.map { group in
            let entries = table.filter { $0.group == group }.map { argument in
                let text = argument.help + (argument.defaultText.map { " (default: \($0))" } ?? "")
                let lines = wrapped(text, at: max(20, width - indent))
                let head = "  \(argument.flag)\(argument.bareValue == nil ? " \(argument.placeholder)" : "")"
                return ([head] + lines.map { String(repeating: " ", count: indent) + $0 }).joined(separator: "\n")
            }
            return "\(group.rawValue.uppercased())\n" + entries.joined(separator: "\n")
        }.joined(separator: "\n\n") + "\n"
    }

    /// The reference of every argument as Markdown tables, one for each heading.
    public static func referenceTable() -> String {
        TrainingArgument.Group.allCases.map { group in
            let rows = table.filter { $0.group == group }.map { argument in
                let type = argument.placeholder.replacing("|", with: "\\|")
                let standard = argument.defaultText.map { "`\($0)`" } ?? ""
                return "| `\(argument.name)` | `\(argument.property)` | `\(type)` | \(standard) | \(argument.help) |"
            }
            return """
                ### \(group.rawValue)

                | Name | Swift | Value | Default | Meaning |
                |---|---|---|---|---|
                \(rows.joined(separator: "\n"))

                """
        }.joined(separator: "\n")
    }

    /// All arguments as a page of the documentation: those supported, those refused with the reason, and former names.
    public static func referencePage() -> String {
        """
        # Training arguments

        Every argument of Python's `TrainingArguments`, and what becomes of it here.

        Set them in code by the Swift property, in a file of `--config` (YAML or JSON) by the name, and on the command line
        by the name as a flag, with hyphens or underscores: `evalStrategy`, `eval_strategy: epoch`,
        `--eval-strategy epoch`. Lists take several words behind a flag. This page is made by `scripts/reference` from the
        table that files, flags and help share.

        ## Supported

        \(referenceTable())
        ## Not supported

        At Python's default, in the middle, they ask for what happens anyway, and may stand in a file. Any other value is
        refused with the reason.

        | Name | Default | Reason |
        |---|---|---|
        \(absentRows)

        Choices of supported arguments that Python has and this release refuses:

        | Name | Choices |
        |---|---|
        \(choiceRows)

        ## Former names

        Accepted, with a note that names the new one:

        | Former name | Name |
        |---|---|
        \(formerRows)

        Refused, with what to do instead:

        | Former name | Instead |
        |---|---|
        \(removedRows)

        """
    }

    private static var absentRows: String {
        AbsentArguments.toCome.sorted { $0.key < $1.key }.map { name, standard in
            let value = standard == .null ? "" : "`\(standard.serialized())`"
            return "| `\(name)` | \(value) | \(AbsentArguments.reasons[name] ?? "not supported yet") |"
        }.joined(separator: "\n")
    }

    private static var choiceRows: String {
        table.filter { !$0.valuesToCome.isEmpty }.map { argument in
            "| `\(argument.name)` | \(argument.valuesToCome.map { "`\($0)`" }.joined(separator: ", ")) |"
        }.joined(separator: "\n")
    }

    private static var formerRows: String {
        table.flatMap { argument in argument.formerNames.map { "| `\($0.name)` | `\(argument.name)` |" } }
            .joined(separator: "\n")
    }

    private static var removedRows: String {
        AbsentArguments.removed.sorted { $0.key < $1.key }.map { "| `\($0.key)` | \($0.value) |" }
            .joined(separator: "\n")
    }

    private static func wrapped(_ text: String, at width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let line = lines.last, line.count + 1 + word.count <= width {
                lines[lines.count - 1] += " \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
