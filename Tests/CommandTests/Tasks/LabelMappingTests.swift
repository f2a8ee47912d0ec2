import SwiftTrainer
import Testing

/// How the labels of data become classes.
struct LabelMappingTests {
    private func mapping(_ labels: [String], modelNames: [String] = []) throws -> LabelMapping {
        let rows = try Dataset.from(dictionary: ["label": labels])
        return try LabelMapping(training: rows, column: "label", file: "x.csv", modelNames: modelNames)
    }

    @Test func stringsAreSorted() throws {
        let names = try mapping(["pos", "neg", "pos", "Zero"]).names
        #expect(names == ["Zero", "neg", "pos"])
    }

    @Test func integersFromZeroAreClassNumbers() throws {
        let labels = (0..<12).map(String.init)
        let found = try mapping(labels.reversed())
        #expect(found.names == labels)
        #expect(found.number(of: "10") == 10)
    }

    @Test func otherIntegersSortAsStrings() throws {
        let found = try mapping(["2", "10", "1"])
        #expect(found.names == ["1", "10", "2"])
        #expect(found.number(of: "2") == 2)
        #expect(found.number(of: "0") == nil)
    }

    @Test func theModelsOrderStays() throws {
        #expect(try mapping(["a", "b"], modelNames: ["b", "a"]).names == ["b", "a"])
        #expect(try mapping(["1", "0"], modelNames: ["no", "yes"]).names == ["no", "yes"])
        #expect(try mapping(["a", "c"], modelNames: ["b", "a"]).names == ["a", "c"])
    }

    @Test(arguments: [["0.5", "1.5"], ["1.0", "2"], ["-1", "1"], ["x"], []])
    func refused(labels: [String]) {
        #expect(throws: TextClassificationError.self) { try mapping(labels) }
    }

    @Test func numbersOfRows() throws {
        let rows = try Dataset.from(dictionary: ["label": ["b", "a", "b"]])
        #expect(try LabelMapping(names: ["a", "b"]).numbers(of: rows, column: "label", file: "x.csv") == [1, 0, 1])
        #expect(throws: TextClassificationError.self) {
            try LabelMapping(names: ["a"]).numbers(of: rows, column: "label", file: "x.csv")
        }
    }

    @Test func balancedWeights() {
        let weights = ClassWeights.balanced.weights(labels: [0, 0, 0, 1], classes: 2)
        #expect(weights == [4.0 / 6, 2])
    }

    @Test func columnsAreGuessed() throws {
        let rows = try Dataset.from(dictionary: ["id": ["1"], "Sentence": ["x"], "labels": ["a"]])
        let (columns, notes) = try ColumnChoice().columns(in: rows, file: "x.csv", needsLabel: true)
        #expect(columns.text == "Sentence")
        #expect(columns.label == "labels")
        #expect(notes.count == 2)
        let other = try Dataset.from(dictionary: ["a": ["x"], "b": ["y"]])
        #expect(throws: TextClassificationError.self) {
            try ColumnChoice().columns(in: other, file: "x.csv", needsLabel: true)
        }
    }
}
