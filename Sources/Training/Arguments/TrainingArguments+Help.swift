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
