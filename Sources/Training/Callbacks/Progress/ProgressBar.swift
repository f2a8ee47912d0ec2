import Foundation

/// One line: share, bar, count, time spent and left, rate.
struct ProgressBar {
    let title: String
    var total: Int
    private(set) var done: Int
    private let unit: ProgressLine.Unit
    /// What stands behind the rate: `loss 0.32`.
    var note = ""
    private let first: Int
    private let started = ContinuousClock.now
    private var rate = RecentRate()
    private static let longest = 40

    init(title: String = "", total: Int, done: Int = 0, unit: ProgressLine.Unit = .steps) {
        self.unit = unit
        self.title = title
        self.total = total
        self.done = done
        first = done
    }

    mutating func advance(to count: Int) {
        rate.add(count - done)
        done = count
    }

    /// After a pause that has nothing to do with the speed.
    mutating func goOn() { rate.goOn() }

    /// The line in so many columns; the last one stays free, for some terminals break lines there.
    func line(width: Int) -> String {
        let share = total > 0 ? min(1, Double(done) / Double(total)) : 1
        let head = "\(title)\(String(format: "%3d", Int(share * 100)))%"
        var parts = [times, rate.text(unit)]
        if !note.isEmpty { parts.append(note) }
        var tail = ""
        // What does not fit is left out, the least important first.
        while true {
            tail =
                " \(unit.text(done))/\(unit.text(total))" + (parts.isEmpty ? "" : " [\(parts.joined(separator: ", "))]")
            if parts.isEmpty || head.count + tail.count < width { break }
            parts.remove(at: parts.count > 1 ? 1 : 0)
        }
        let room = min(Self.longest, width - 1 - head.count - tail.count - 2)
        let bar = room >= 4 ? "|\(Self.bar(share, room))|" : ""
        return String((head + bar + tail).prefix(max(1, width - 1)))
    }

    /// `0:12<0:45`: what was spent and what is left, pauses for evaluation included.
    private var times: String {
        let spent = (ContinuousClock.now - started) / .seconds(1)
        let steps = done - first
        let left = steps > 0 ? Self.clock(spent / Double(steps) * Double(max(0, total - done))) : "?"
        return "\(Self.clock(spent))<\(left)"
    }

    /// With eighths of a column where the terminal shows them.
    private static func bar(_ share: Double, _ width: Int) -> String {
        guard Console.isUnicode else {
            let filled = Int(share * Double(width))
            return String(repeating: "#", count: filled) + String(repeating: " ", count: width - filled)
        }
        let eighths = Int(share * Double(width) * 8)
        let part = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
        let filled = String(repeating: "█", count: eighths / 8) + part
        return filled + String(repeating: " ", count: width - filled.count)
    }

    /// `m:ss`, or `h:mm:ss` from an hour on.
    private static func clock(_ seconds: Double) -> String {
        guard seconds < 1e9 else { return "?" }
        let s = Int(seconds)
        return s < 3600
            ? String(format: "%d:%02d", s / 60, s % 60) : String(format: "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60)
    }
}

/// Steps in a second, the last ten seconds counting most.
struct RecentRate {
    private var steps = 0.0
    private var seconds = 0.0
    private var last = ContinuousClock.now

    mutating func add(_ count: Int) {
        let now = ContinuousClock.now
        let passed = (now - last) / .seconds(1)
        let kept = exp(-passed / 10)
        steps = steps * kept + Double(count)
        seconds = seconds * kept + passed
        last = now
    }

    mutating func goOn() { last = ContinuousClock.now }

    func text(_ unit: ProgressLine.Unit) -> String {
        guard steps > 0, seconds > 0 else { return unit == .bytes ? "? B/s" : "? it/s" }
        let rate = steps / seconds
        if unit == .bytes { return unit.text(Int(rate)) + "/s" }
        if rate < 1 { return String(format: "%.2f s/it", 1 / rate) }
        return String(format: rate < 100 ? "%.1f it/s" : "%.0f it/s", rate)
    }
}

extension ProgressLine.Unit {
    /// A number for people: `42`, `1.3 GB`.
    func text(_ count: Int) -> String {
        guard self == .bytes, count >= 1000 else { return self == .bytes ? "\(count) B" : "\(count)" }
        var value = Double(count) / 1000
        for unit in ["kB", "MB", "GB"] {
            if value < 1000 { return String(format: "%.1f \(unit)", value) }
            value /= 1000
        }
        return String(format: "%.1f TB", value)
    }
}
