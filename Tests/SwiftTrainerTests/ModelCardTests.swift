import Foundation
import OrderedJSON
import Testing
import Yams

@testable import SwiftTrainer

/// Against Python's class: scripts/fixtures/model_card.py.
@Suite struct ModelCardTests {
    private let python: JSONValue

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/model_card.json")
        python = try JSONValue(parsing: Data(contentsOf: file), source: file.path)
    }

    private func cases(_ name: String) throws -> [(key: String, value: JSONValue)] {
        try #require(python[name]?.objectValue).members
    }

    @Test func tablesOfResults() throws {
        for (name, own) in try cases("histories") {
            let log = try #require(own["log"]?.arrayValue).compactMap(\.objectValue)
            let (lines, _) = TrainingSummary.results(log)
            #expect(lines.map { MarkdownTable($0).text } == own["table"]?.stringValue, "\(name)")
        }
    }

    @Test func lastResults() throws {
        let full = try #require(python["histories"]?["full"])
        let log = try #require(full["log"]?.arrayValue).compactMap(\.objectValue)
        #expect(TrainingSummary.results(log).results == full["results"]?.objectValue)
        // Python leaves out an evaluation that is the log's first record.
        let alone = TrainingSummary.results([log[1]])
        #expect(alone.lines == nil && alone.results?.keys == ["Loss", "Accuracy", "F1"])
        #expect(TrainingSummary.results([]).results == nil)
    }

    @Test func hyperparameters() throws {
        for (name, own) in try cases("arguments") {
            var arguments = TrainingArguments(outputDir: "out")
            _ = try arguments.apply(try #require(own["arguments"]?.objectValue))
            let lines = TrainingSummary.hyperparameters(arguments).members.map {
                "\($0.key): \(TrainingSummary.plain($0.value))"
            }
            // Python writes the optimizer as its code names it.
            let expected = try #require(own["lines"]?.arrayValue).compactMap(\.stringValue).map { line in
                line.replacing(/OptimizerNames\.[A-Z_]+/) {
                    $0.0.dropFirst("OptimizerNames.".count).lowercased()
                }
            }
            #expect(lines.map(Self.withoutFraction) == expected.map(Self.withoutFraction), "\(name)")
        }
    }

    /// A number that was given as an integer is one in Python.
    private static func withoutFraction(_ line: String) -> String {
        line.hasSuffix(".0") ? String(line.dropLast(2)) : line
    }

    @Test func metadata() throws {
        for (name, own) in try cases("metadata") {
            let values = try #require(own["values"])
            func texts(_ key: String) -> [String] {
                (values[key]?.arrayValue ?? values[key].map { [$0] } ?? []).compactMap(\.stringValue)
            }
            var summary = TrainingSummary(modelName: try #require(values["model_name"]?.stringValue))
            summary.language = texts("language")
            summary.license = values["license"]?.stringValue
            summary.finetunedFrom = values["finetuned_from"]?.stringValue
            summary.tags = texts("tags")
            summary.tasks = texts("tasks")
            summary.datasets = texts("dataset")
            summary.datasetTags = texts("dataset_tags")
            summary.datasetArgs = texts("dataset_args").map { Optional($0) }
            summary.evalResults = values["eval_results"]?.objectValue
            #expect(summary.metadata == own["yaml"]?.stringValue, "\(name)")
            // It begins the card, and is YAML again.
            #expect(summary.modelCard.hasPrefix("---\n\(summary.metadata)---\n"))
            #expect(try Yams.compose(yaml: summary.metadata) != nil)
        }
    }

    @Test func namesThatWouldBreakTheMetadata() throws {
        for text in ["a: b", "- x", "yes", "null", "1e3", "#x", "'", "\"", "ü", "a\nb", "---", "[x", "{y", "@z", " x "]
        {
            var summary = TrainingSummary(modelName: text)
            summary.tags = [text]
            summary.license = text
            let node = try #require(try Yams.compose(yaml: summary.metadata))
            #expect(node["license"]?.string == text)
            #expect(node["tags"]?.sequence?.first?.string == text)
        }
    }

    @Test func sections() {
        var summary = TrainingSummary(modelName: "m")
        summary.evalLines = []
        summary.frameworkVersions = [.init("libtorch", "2.13.0")]
        let card = summary.modelCard
        for title in [
            "# m", "## Model description", "## Intended uses & limitations", "## Training and evaluation data",
            "## Training procedure", "### Training hyperparameters", "### Training results", "### Framework versions",
        ] {
            #expect(card.contains("\n\(title)\n"))
        }
        #expect(card.hasSuffix("- libtorch 2.13.0\n"))
    }
}
