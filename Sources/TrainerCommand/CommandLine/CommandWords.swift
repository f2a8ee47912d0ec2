import OrderedJSON
import SwiftTrainer

/// The words behind a command's name, sorted out: its own for ArgumentParser, the others for the training arguments.
struct CommandWords {
    /// The words that ArgumentParser gets.
    private(set) var own: [String] = []
    private(set) var arguments = TrainingArguments()
    /// What to tell the person, such as that an argument has a new name.
    private(set) var notes: [String] = []

    init(_ words: [String], for command: any TrainerSubcommand.Type) throws {
        var words = words
        let flags = command.ownFlags.union(["help", "version"])
        if flags.contains("config"), let path = try Self.configPath(in: &words) {
            // The file comes first, so that the command line has the last word.
            let file = try ConfigurationFile.read(path)
            var others = JSONObject()
            for (key, value) in file.members {
                let flag = key.replacing("_", with: "-")
                guard flags.contains(flag), flag != "config" else {
                    others[key] = value
                    continue
                }
                if let text = try ConfigurationFile.word(value, key: key, file: path) {
                    own.append("--\(flag)=\(text)")
                }
            }
            notes += try arguments.apply(others)
        }
        words = Self.normalized(
            words, own: flags, switches: command.switches, optionalValues: command.optionalValues)
        switch command.trainingFlags {
        case .none: break
        case .all, .some: words = try takeTrainingFlags(from: words, own: flags, command)
        }
        own += words
    }

    private mutating func takeTrainingFlags(
        from words: [String], own: Set<String>, _ command: any TrainerSubcommand.Type
    ) throws -> [String] {
        if case .some(let names) = command.trainingFlags {
            for word in words.prefix(while: { $0 != "--" }) {
                guard let name = Self.flagName(word)?.replacing("-", with: "_") else { continue }
                guard !names.contains(name), !own.contains(name.replacing("_", with: "-")) else { continue }
                let near = NearestWord.of(name, among: names.union(own.map { $0.replacing("-", with: "_") }))
                let hint = near.map { "; did you mean --\($0.replacing("_", with: "-"))?" } ?? ""
                throw CommandFailure.usage("trainer \(command.name) has no flag \(word.prefix { $0 != "=" })\(hint)")
            }
        }
        let result = try arguments.apply(commandLine: words, otherFlags: own)
        notes += result.notes
        return result.remaining
    }

    /// The value of the last `--config`, which is taken out.
    private static func configPath(in words: inout [String]) throws -> String? {
        var path: String?
        var rest: [String] = []
        var index = words.startIndex
        while index < words.endIndex {
            let word = words[index]
            index += 1
            if word == "--config" {
                guard index < words.endIndex, !words[index].hasPrefix("--") else {
                    throw CommandFailure.usage("--config needs a value: a YAML or JSON file")
                }
                path = words[index]
                index += 1
            } else if word.hasPrefix("--config=") {
                path = String(word.dropFirst("--config=".count))
            } else {
                rest.append(word)
            }
        }
        words = rest
        return path
    }

    /// The words with the command's own flags as ArgumentParser knows them: hyphens, and a value for each switch.
    static func normalized(
        _ words: [String], own: Set<String>, switches: Set<String>, optionalValues: Set<String> = []
    ) -> [String] {
        var result: [String] = []
        var index = words.startIndex
        while index < words.endIndex {
            let word = words[index]
            index += 1
            if word == "--" { return result + words[(index - 1)...] }
            guard let name = flagName(word)?.replacing("_", with: "-"), own.contains(name) else {
                result.append(word)
                continue
            }
            let hasValue = word.contains("=")
            let flag = "--" + name + word.drop { $0 != "=" }
            if optionalValues.contains(name), !hasValue {
                let isBare = index == words.endIndex || words[index].hasPrefix("--")
                result.append(flag + (isBare ? "=true" : "=" + words[index]))
                index += isBare ? 0 : 1
                continue
            }
            guard switches.contains(name), !hasValue else {
                result.append(flag)
                continue
            }
            if index < words.endIndex, ["true", "false"].contains(words[index].lowercased()) {
                result.append("\(flag)=\(words[index].lowercased())")
                index += 1
            } else {
                result.append("\(flag)=true")
            }
        }
        return result
    }

    /// What stands between the hyphens and the value.
    private static func flagName(_ word: String) -> String? {
        guard word.hasPrefix("--"), word.count > 2 else { return nil }
        return String(word.dropFirst(2).prefix { $0 != "=" })
    }
}
