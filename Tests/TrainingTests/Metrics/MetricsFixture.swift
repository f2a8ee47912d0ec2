import Foundation
import OrderedJSON
import Testing
import Training

/// Random cases with Python's values, written by scripts/fixtures/metrics.py.
enum MetricsFixture {
    static func cases(_ name: String) throws -> [JSONValue] {
        try #require(try record(name).arrayValue)
    }

    static func record(_ name: String) throws -> JSONValue {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/metrics.json")
        return try #require(JSONValue(parsing: Data(contentsOf: file), source: file.path)[name])
    }
}

/// Equal to 1e-12, relative above 1; null in the file is NaN.
func expectClose(
    _ got: Double, _ want: JSONValue?, _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation
) {
    let expected = want?.doubleValue ?? .nan
    let isEqual = got.isNaN && expected.isNaN || abs(got - expected) <= 1e-12 * max(1, abs(expected))
    #expect(isEqual, "\(got) for \(expected): \(comment ?? "")", sourceLocation: sourceLocation)
}

func expectScores(
    _ got: ClassScores, _ want: JSONValue?, _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation
) {
    expectClose(got.precision, want?[0], comment, sourceLocation: sourceLocation)
    expectClose(got.recall, want?[1], comment, sourceLocation: sourceLocation)
    expectClose(got.fscore, want?[2], comment, sourceLocation: sourceLocation)
}

extension JSONValue {
    subscript(index: Int) -> JSONValue? {
        guard let elements = arrayValue, elements.indices.contains(index) else { return nil }
        return elements[index]
    }
    var ints: [Int] { arrayValue?.compactMap { $0.intValue } ?? [] }
    var strings: [String] { arrayValue?.compactMap { $0.stringValue } ?? [] }
    var rows: [[Double]] { arrayValue?.map { $0.doubles } ?? [] }
    var sentences: [[String]] { arrayValue?.map { $0.strings } ?? [] }
}

extension ZeroDivision {
    init(named name: String?) {
        switch name {
        case "one": self = .one
        case "nan": self = .nan
        default: self = .zero
        }
    }
}
