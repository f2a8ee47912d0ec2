import Foundation

/// A shared library of this process.
struct LoadedLibrary {
    let path: String

    /// The libraries whose file name begins so.
    static func named(_ prefix: String) -> LoadedLibrary? {
        all.first { ($0 as NSString).lastPathComponent.hasPrefix(prefix) }.map { LoadedLibrary(path: $0) }
    }

    var folder: String { (path as NSString).deletingLastPathComponent }

    /// `26.0` for `libarrow.so.2600`, whose number is the version's; nil where the name says nothing.
    var soVersion: String? {
        guard let number = (path as NSString).pathExtension.isEmpty ? nil : Int((path as NSString).pathExtension),
            number >= 100
        else { return nil }
        return "\(number / 100).\(number % 100)"
    }

    private static var all: [String] {
        #if os(Linux)
            // Its size is said to be 0, so it is read to its end.
            guard let handle = FileHandle(forReadingAtPath: "/proc/self/maps"), let maps = try? handle.readToEnd()
            else {
                return []
            }
            var paths: Set<String> = []
            for line in String(decoding: maps, as: UTF8.self).split(separator: "\n") {
                if let start = line.firstIndex(of: "/") { paths.insert(String(line[start...])) }
            }
            return paths.sorted()
        #else
            return (0..<_dyld_image_count()).compactMap { _dyld_get_image_name($0).map { String(cString: $0) } }
                .sorted()
        #endif
    }
}
