import Synchronization

/// Lines at the end of standard error that are drawn over themselves. There is one standard error, so there is one of these.
enum LiveLines {
    /// What stands there now.
    private static let drawn = Mutex<[String]>([])

    /// Puts these lines in the place of those that stand there.
    static func draw(_ lines: [String]) {
        drawn.withLock { old in
            // In one piece, so that nothing flickers.
            Console.write(erasure(of: old) + lines.joined(separator: "\n"))
            old = lines
        }
    }

    /// Takes the lines away, for something else to be written.
    static func clear() {
        drawn.withLock { old in
            if !old.isEmpty { Console.write(erasure(of: old)) }
            old = []
        }
    }

    /// Leaves the lines where they are and goes on below them.
    static func leave() {
        drawn.withLock { old in
            if !old.isEmpty { Console.write("\n") }
            old = []
        }
    }

    /// Back to the first column of the first line, and everything from there on gone. A window that has become narrower has
    /// broken the lines into several.
    private static func erasure(of lines: [String]) -> String {
        guard !lines.isEmpty else { return "" }
        let width = max(1, Console.width)
        let rows = lines.reduce(0) { $0 + max(1, ($1.count + width - 1) / width) }
        return (rows > 1 ? "\r\u{1B}[\(rows - 1)A" : "\r") + "\u{1B}[J"
    }
}
