import Foundation

/// This process's memory, from the system's own account.
enum Memory {
    /// KiB by a name in /proc/self/status, such as `VmHWM`; 0 where there is none.
    static func kibibytes(_ name: String) -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
        return line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) } ?? 0
    }

    /// Forgets the highest resident memory so far.
    static func resetPeak() { try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8) }

    /// Lets data grow by so many MiB from now on.
    static func limitData(mebibytes: Int) {
        #if os(Linux)
            let most = rlim_t((kibibytes("VmData") << 10) + (mebibytes << 20))
            var limit = rlimit(rlim_cur: most, rlim_max: most)
            setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit)
        #endif
    }
}
