import Datasets
import Foundation
import OrderedJSON
import Testing

/// Which files belong to which split, against what Python's `datasets` says of the same names
/// (`scripts/fixtures/data_splits.py`).
@Suite struct SplitNamesTests {
    private static let fixture: JSONValue? = {
        let url = URL(filePath: #filePath).appending(path: "../Fixtures/splits.json").standardized
        return (try? Data(contentsOf: url)).flatMap { try? JSONValue(parsing: $0) }
    }()

    private static func cases(_ key: String) -> [String] { fixture?[key]?.objectValue?.members.map(\.key) ?? [] }

    private func check(_ entry: JSONValue, names: JSONValue?, card: String?, name: String?) throws {
        let names = (names?.arrayValue ?? []).compactMap(\.stringValue)
        func layout() throws -> DatasetLayout {
            try DatasetLayout(names: names.reversed(), card: card, name: name, source: "folder")
        }
        guard let splits = entry["splits"]?.arrayValue else {
            #expect(throws: DatasetError.self) { try layout() }
            return
        }
        let found = try layout().splits.map {
            JSONValue.array([.string($0.name), .array($0.files.map { .string($0) })])
        }
        #expect(found == splits)
    }

    @Test(arguments: cases("folders"))
    func byNames(what: String) throws {
        let entry = try #require(Self.fixture?["folders"]?[what])
        try check(entry, names: entry["names"], card: nil, name: nil)
    }

    @Test(arguments: cases("cards"))
    func byTheCard(what: String) throws {
        let entry = try #require(Self.fixture?["cards"]?[what])
        try check(
            entry, names: Self.fixture?["names"], card: entry["card"]?.stringValue, name: entry["name"]?.stringValue)
    }

    @Test func filesThatAreNotReadMakeNoSplit() throws {
        let layout = try DatasetLayout(
            names: ["train.csv", "eval.py", "test.png"], card: nil, name: nil, source: "folder")
        #expect(layout.splits.map(\.name) == ["train"])
    }
}
