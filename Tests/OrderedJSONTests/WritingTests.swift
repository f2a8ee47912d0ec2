import Foundation
import OrderedJSON
import Testing

@Suite struct WritingTests {
    static func fixture(_ name: String) throws -> JSONValue {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name)")
        return try JSONValue(parsing: Data(contentsOf: url), source: name)
    }

    @Test func floatsAreWrittenAsPythonWritesThem() throws {
        let floats = try #require(try Self.fixture("floats.json").arrayValue)
        #expect(floats.count > 400)
        for pair in floats {
            let bits = try #require(UInt64(pair.arrayValue?[0].stringValue ?? "", radix: 16))
            let text = try #require(pair.arrayValue?[1].stringValue)
            #expect(Double(bitPattern: bits).pythonDescription == text)
            #expect(try JSONValue(parsing: text).doubleValue?.bitPattern == bits)
        }
        #expect(JSONValue.double(.nan).serialized() == "NaN")
        #expect(JSONValue.double(-.infinity).serialized() == "-Infinity")
        #expect(Double.nan.pythonDescription == "nan")
        #expect((-Double.infinity).pythonDescription == "-inf")
    }

    @Test func documentsAreWrittenAsPythonWritesThem() throws {
        let fixture = try Self.fixture("documents.json")
        let document = try #require(fixture["document"])
        for item in try #require(fixture["cases"]?.arrayValue) {
            let options = try #require(item["options"]?.objectValue)
            let separators = options["separators"]?.arrayValue
            let format = JSONFormat(
                indent: options["indent"]?.intValue, sortKeys: options["sort_keys"]?.boolValue ?? false,
                ensureASCII: options["ensure_ascii"]?.boolValue ?? true, itemSeparator: separators?[0].stringValue,
                keySeparator: separators?[1].stringValue ?? ": ")
            #expect(document.serialized(format) == item["text"]?.stringValue)
        }
        #expect(JSONValue(dictionaryLiteral: ("a", [1, 2])).serialized(.compact) == #"{"a":[1,2]}"#)
    }

    @Test func bigObjectsFindTheirMembers() throws {
        let text = "{" + (0..<5000).map { "\"k\($0 % 4000)\": \($0)" }.joined(separator: ",") + "}"
        let object = try #require(try JSONValue(parsing: text).objectValue)
        #expect(object.count == 4000)
        #expect((0..<4000).allSatisfy { object["k\($0)"] == .int($0 < 1000 ? $0 + 4000 : $0) })
        #expect(object["k4000"] == nil)
        #expect(object.keys.first == "k0" && object.keys.last == "k3999")
    }

    @Test func objectsKeepTheirOrder() {
        var object = JSONObject()
        for number in (0..<20).reversed() { object["k\(number)"] = .int(number) }
        #expect(object.keys.first == "k19")
        object["k19"] = nil
        object["k5"] = 50
        #expect(object.count == 19)
        #expect(object["k19"] == nil)
        #expect(object["k5"] == 50)
        #expect(object["k0"] == 0)
        for number in 0..<15 { object["k\(number)"] = nil }
        #expect(object.keys == ["k18", "k17", "k16", "k15"])
        #expect(object["k16"] == 16)
        #expect(object.map(\.value) == [18, 17, 16, 15])
    }
}
