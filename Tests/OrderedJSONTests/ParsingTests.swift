import Foundation
import OrderedJSON
import Testing

@Suite struct ParsingTests {
    @Test func readsEveryKind() throws {
        let value = try JSONValue(
            parsing:
                #" {"b": [1, -2.5, 1e3, true, false, null], "a": "x\u00e9\ud83d\ude00\n\/", "n": NaN, "i": [Infinity, -Infinity]} "#
        )
        #expect(value.objectValue?.keys == ["b", "a", "n", "i"])
        #expect(value["b"] == [1, -2.5, 1000.0, true, false, nil])
        #expect(value["a"] == "xé😀\n/")
        #expect(value["n"]?.doubleValue?.isNaN == true)
        #expect(value["i"] == .array([.double(.infinity), .double(-.infinity)]))
    }

    @Test func keepsIntegersUpToSixtyFourBits() throws {
        #expect(
            try JSONValue(parsing: "[9223372036854775807, -9223372036854775808, -0]") == [.int(.max), .int(.min), 0])
        #expect(
            try JSONValue(parsing: "[9223372036854775808, 18446744073709551616, -9223372036854775809]")
                == [.double(0x1p63), .double(0x1p64), .double(-0x1p63)])
    }

    @Test func aRepeatedNameKeepsItsPlaceAndTheLastValue() throws {
        #expect(try JSONValue(parsing: #"{"a": 1, "b": 2, "a": 3}"#) == ["a": 3, "b": 2])
    }

    @Test func namesDifferWhereBytesDo() throws {
        let value = try JSONValue(parsing: #"{"\u00e9": 1, "e\u0301": 2}"#)
        #expect(value.objectValue?.count == 2)
        #expect(value["\u{e9}"] == 1)
        #expect(value["e\u{301}"] == 2)
        #expect(JSONValue.string("\u{e9}") != JSONValue.string("e\u{301}"))
    }

    @Test func skipsAByteOrderMark() throws {
        #expect(try JSONValue(parsing: [0xEF, 0xBB, 0xBF] + Array("{}".utf8)) == .object(JSONObject()))
    }

    @Test(arguments: [
        ("", 1, 1, "the text ends where a value should stand"),
        ("{\n  \"a\": 1,\n}", 3, 1, "expected a name in double quotes"),
        ("{\"é\": tru}", 1, 7, "expected a value"),
        ("[1 2]", 1, 4, "expected ',' or ']' in an array"),
        ("{\"a\" 1}", 1, 6, "expected ':' after a name"),
        ("\"a\nb\"", 1, 3, "a control character in a string must be escaped"),
        ("[\"abc", 1, 2, "the string is not closed"),
        ("[\"\\", 1, 4, "the string is not closed"),
        ("[\"\\ud800\"]", 1, 3, "half a surrogate pair in a string"),
        ("[\"\\ud800\\u0041\"]", 1, 3, "half a surrogate pair in a string"),
        ("[\"\\udc00\"]", 1, 3, "half a surrogate pair in a string"),
        ("\"\\u12g4\"", 1, 2, "'\\u' needs four hexadecimal digits"),
        ("\"\\x\"", 1, 2, "unknown escape in a string"),
        ("01", 1, 1, "a number may not begin with 0"),
        ("1.", 1, 3, "expected a digit after the point"),
        ("1e+", 1, 4, "expected a digit in the exponent"),
        ("-", 1, 2, "expected a digit"),
        ("1 true", 1, 3, "unexpected text after the value"),
    ])
    func errorsSayWhereAndWhy(text: String, line: Int, column: Int, reason: String) {
        #expect(throws: JSONError(source: "x.json", line: line, column: column, reason: reason)) {
            try JSONValue(parsing: text, source: "x.json")
        }
    }

    @Test func errorsAreOneClearLine() {
        let error = JSONError(source: "config.json", line: 3, column: 1, reason: "expected a value")
        #expect("\(error)" == "config.json, line 3, column 1: expected a value")
    }

    @Test func refusesInvalidUTF8() {
        #expect(throws: JSONError(line: 1, column: 4, reason: "the text is not valid UTF-8")) {
            try JSONValue(parsing: Array("[\"a".utf8) + [0xFF] + Array("\"]".utf8))
        }
        #expect(throws: JSONError.self) { try JSONValue(parsing: Array("\"\\n".utf8) + [0xED, 0xA0, 0x80, 0x22]) }
    }

    @Test func limitsTheDepth() throws {
        let deep = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
        _ = try JSONValue(parsing: deep)
        #expect(throws: JSONError.self) { try JSONValue(parsing: "[" + deep + "]") }
        #expect(throws: JSONError.self) { try JSONValue(parsing: String(repeating: "{\"a\":", count: 100_000)) }
        #expect(throws: JSONError.self) { try JSONValue(parsing: "[[]]", depthLimit: 1) }
    }

    @Test func codable() throws {
        let value: JSONValue = ["a": [1, 2.5, "x", nil, true], "b": [:]]
        let decoded = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value))
        #expect(decoded["a"] == value["a"])
        #expect(decoded["b"] == .object(JSONObject()))
    }
}

@Suite struct ConformanceTests {
    static let folder =
        (ProcessInfo.processInfo.environment["SWIFT_TRAINER_SHARED"].map { URL(fileURLWithPath: $0) }
        ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../../shared"))
        .appending(path: "data/json-test-suite/test_parsing")

    /// Python reads these three words too; the suite wants them refused.
    static let pythonWords: Set = ["n_number_NaN.json", "n_number_infinity.json", "n_number_minus_infinity.json"]

    @Test(.enabled(if: FileManager.default.fileExists(atPath: folder.path)))
    func jsonTestSuite() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(names.count == 318)
        for name in names {
            let data = try Data(contentsOf: Self.folder.appending(path: name))
            let value = try? JSONValue(parsing: data)
            if name.hasPrefix("y_") || Self.pythonWords.contains(name) {
                #expect(value != nil, "\(name) must parse")
                if let value { #expect((try? JSONValue(parsing: value.serialized())) != nil) }
            } else if name.hasPrefix("n_") {
                #expect(value == nil, "\(name) must fail")
            }
        }
    }
}
