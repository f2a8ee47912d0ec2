/// The words behind `trainer launch`, up to the program and from there on.
enum LaunchWords {
    /// Puts `--` before the program, whose own flags are none of ours, and in front what variables set.
    ///
    /// - Parameter environment: `PET_NNODES` stands for `--nnodes`, and so on, as torchrun has it.
    static func prepared(_ words: [String], environment: [String: String]) -> [String] {
        let fromVariables = LaunchCommand.ownFlags.sorted().compactMap { flag in
            let name = "PET_" + flag.uppercased().replacing("-", with: "_")
            return environment[name].flatMap { $0.isEmpty ? nil : "--\(flag)=\(value($0, of: flag))" }
        }
        return fromVariables + separated(words)
    }

    /// torchrun's switches are 1 and 0 in variables.
    private static func value(_ text: String, of flag: String) -> String {
        guard LaunchCommand.switches.contains(flag) else { return text }
        return ["1", "true"].contains(text.lowercased()) ? "true" : "false"
    }

    private static func separated(_ words: [String]) -> [String] {
        var index = words.startIndex
        while index < words.endIndex {
            let word = words[index]
            if word == "--" { return words }
            guard word.hasPrefix("-") else { break }
            let name = String(word.drop { $0 == "-" }).replacing("_", with: "-")
            let takesNext = LaunchCommand.ownFlags.contains(name) && !LaunchCommand.switches.contains(name)
            index += takesNext ? 2 : 1
        }
        guard index < words.endIndex else { return words }
        return words[..<index] + ["--"] + words[index...]
    }
}
