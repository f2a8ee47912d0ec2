/// Slurm's short forms: `node[01-03,07],other` for machines, `2(x3),1` for the tasks on each.
public enum SlurmNodeList {
    /// More machines than this in one list are taken for a mistake.
    static let mostNodes = 100_000

    /// The machines that a list names, in its order.
    ///
    /// - Throws: ``LaunchError/nodeList(_:reason:)`` for a list in another notation.
    public static func expand(_ list: String) throws -> [String] {
        var nodes: [String] = []
        for entry in try split(list) {
            let more = try expandEntry(entry, in: list)
            guard nodes.count + more.count <= mostNodes else { throw tooMany(list) }
            nodes += more
        }
        return nodes
    }

    /// The number of tasks on each machine.
    ///
    /// - Parameter name: The variable, for the error.
    static func tasksPerNode(_ text: String, _ name: String) throws -> [Int] {
        let failure = LaunchError.invalidVariable(
            name: name, value: text, reason: "it must look like 2(x3),1: tasks and, in brackets, on how many machines")
        var counts: [Int] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "(x", maxSplits: 1, omittingEmptySubsequences: false)
            guard let tasks = Int(pieces[0]), tasks > 0 else { throw failure }
            var times = 1
            if pieces.count == 2 {
                guard pieces[1].hasSuffix(")"), let number = Int(pieces[1].dropLast()), number > 0 else {
                    throw failure
                }
                times = number
            }
            guard times <= mostNodes - counts.count else { throw failure }
            counts += Array(repeating: tasks, count: times)
        }
        return counts
    }

    /// At the commas outside brackets.
    private static func split(_ list: String) throws -> [Substring] {
        var entries: [Substring] = []
        var (start, isInside) = (list.startIndex, false)
        for place in list.indices {
            switch list[place] {
            case "[":
                guard !isInside else { throw LaunchError.nodeList(list, reason: "a bracket stands inside another") }
                isInside = true
            case "]":
                guard isInside else { throw LaunchError.nodeList(list, reason: "a bracket closes that none opened") }
                isInside = false
            case "," where !isInside:
                entries.append(list[start..<place])
                start = list.index(after: place)
            default: break
            }
        }
        guard !isInside else { throw LaunchError.nodeList(list, reason: "a bracket is not closed") }
        entries.append(list[start...])
        guard entries.allSatisfy({ !$0.isEmpty }) else { throw LaunchError.nodeList(list, reason: "a name is empty") }
        return entries
    }

    /// One name with any number of bracketed ranges in it; the last one counts fastest.
    private static func expandEntry(_ entry: Substring, in list: String) throws -> [String] {
        var names = [""]
        var rest = entry
        while let open = rest.firstIndex(of: "["), let close = rest.firstIndex(of: "]") {
            let choices = try expandRanges(rest[rest.index(after: open)..<close], in: list)
            guard names.count * choices.count <= mostNodes else { throw tooMany(list) }
            let before = rest[..<open]
            names = names.flatMap { name in choices.map { name + before + $0 } }
            rest = rest[rest.index(after: close)...]
        }
        return names.map { $0 + rest }
    }

    /// `01-03,07`, with the zeros in front that the first number has.
    private static func expandRanges(_ text: Substring, in list: String) throws -> [String] {
        var choices: [String] = []
        for range in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = range.split(separator: "-", omittingEmptySubsequences: false)
            guard ends.count <= 2, ends.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0.isASCII && $0.isNumber } }),
                let first = Int(ends[0]), let last = Int(ends[ends.count - 1])
            else { throw LaunchError.nodeList(list, reason: "'\(range)' is no number and no range of numbers") }
            guard first <= last else { throw LaunchError.nodeList(list, reason: "the range \(range) runs backwards") }
            guard last - first < mostNodes - choices.count else { throw tooMany(list) }
            let width = ends[0].count
            for number in first...last {
                let digits = String(number)
                choices.append(String(repeating: "0", count: max(0, width - digits.count)) + digits)
            }
        }
        return choices
    }

    private static func tooMany(_ list: String) -> LaunchError {
        .nodeList(
            list.count > 200 ? String(list.prefix(200)) + "…" : list, reason: "it names more than \(mostNodes) machines"
        )
    }
}
