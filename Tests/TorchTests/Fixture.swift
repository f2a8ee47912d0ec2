import Foundation

/// Numbers that the Python peer computed: scripts/fixtures/torch_numbers.py.
enum Fixture {
    static func numbers() throws -> [String: Any] {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/torch_numbers.json")
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: url))
        return object as? [String: Any] ?? [:]
    }

    /// Float32 numbers: Foundation's parser may miss the last bit of a Double.
    static func floats(_ value: Any?) -> [Float] { doubles(value).map { Float($0) } }

    static func doubles(_ value: Any?) -> [Double] {
        (value as? [Any] ?? []).compactMap { ($0 as? NSNumber)?.doubleValue }
    }
}

/// The largest difference, relative to 1 or to the numbers' size; infinite where the counts differ.
func difference(_ a: [Double], _ b: [Double]) -> Double {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0
}
