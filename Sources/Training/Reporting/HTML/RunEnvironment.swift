import Foundation

/// What a run computed with, without names of people, machines or folders.
enum RunEnvironment {
    static func rows(_ device: Device) -> [(name: String, value: String)] {
        let process = ProcessInfo.processInfo
        var rows = [
            ("Device", "\(device)"),
            ("Threads", "\(TorchRuntime.threadCount) of \(process.activeProcessorCount) processors"),
            ("libtorch", TorchRuntime.version), ("System", "\(process.operatingSystemVersionString), \(architecture)"),
        ]
        if let processor { rows.append(("Processor", processor)) }
        rows.append(("Memory", String(format: "%.1f GiB", Double(process.physicalMemory) / 1_073_741_824)))
        return rows
    }

    private static var architecture: String {
        #if arch(x86_64)
            "x86-64"
        #elseif arch(arm64)
            "arm64"
        #else
            "other architecture"
        #endif
    }

    /// The processor's name where the system tells it.
    private static var processor: String? {
        guard let file = FileHandle(forReadingAtPath: "/proc/cpuinfo"), let data = try? file.readToEnd() else {
            return nil
        }
        let line = String(decoding: data, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("model name") }
        return line?.split(separator: ":", maxSplits: 1).last.map { $0.trimmingCharacters(in: .whitespaces) }
    }
}
