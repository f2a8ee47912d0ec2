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

func isClose(_ a: [Double], _ b: [Double], tolerance: Double) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
}
