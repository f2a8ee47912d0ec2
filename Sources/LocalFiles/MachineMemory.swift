import Foundation

/// What the machine, or the container, has of memory.
package enum MachineMemory {
    /// Bytes of memory for programs that start now, and of all; nil: not known.
    package static func now() -> (available: Int, total: Int)? {
        guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8) else { return nil }
        var kibibytes: [Substring: Int] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":")
            guard parts.count == 2, let number = parts[1].split(separator: " ").first.flatMap({ Int($0) }) else {
                continue
            }
            kibibytes[parts[0]] = number
        }
        guard let available = kibibytes["MemAvailable"], let total = kibibytes["MemTotal"] else { return nil }
        let swap = kibibytes["SwapFree"] ?? 0
        guard let limit = containerLimit() else { return ((available + swap) << 10, (total + swap) << 10) }
        return (min((available + swap) << 10, limit.available), min((total + swap) << 10, limit.total))
    }

    /// What the container's control group allows. Cached files that it counts can be dropped.
    private static func containerLimit() -> (available: Int, total: Int)? {
        for folder in ["/sys/fs/cgroup", "/sys/fs/cgroup/memory"] {
            let isUnified = folder == "/sys/fs/cgroup"
            guard let limit = number(folder + (isUnified ? "/memory.max" : "/memory.limit_in_bytes")),
                let usage = number(folder + (isUnified ? "/memory.current" : "/memory.usage_in_bytes"))
            else { continue }
            let cached = statistic(isUnified ? "inactive_file" : "total_inactive_file", folder + "/memory.stat")
            return (max(0, limit - usage + (cached ?? 0)), limit)
        }
        return nil
    }

    private static func number(_ path: String) -> Int? {
        (try? String(contentsOfFile: path, encoding: .utf8)).flatMap {
            Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
        }
    }

    private static func statistic(_ name: String, _ path: String) -> Int? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
        return line.flatMap { Int($0.dropFirst(name.count + 1)) }
    }
}
