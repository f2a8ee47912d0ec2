import Foundation
import OrderedJSON
import SwiftTrainer
import Testing

/// Training files that are too large for memory, which here any file is.
struct CachedDataTests {
    let folder: TemporaryFolder
    let model: String

    init() throws {
        folder = try TemporaryFolder()
        model = try TinyModel.make(in: folder)
    }

    private func train(_ file: String, to out: String, inMemory: Bool, _ more: [String] = []) throws -> [JSONValue] {
        let running = try TrainerProcess.start(
            [
                "train", "--model", model, "--train-file", file, "--validation-split", "0.2", "--output-dir",
                folder.path(out), "--max-steps", "12", "--logging-steps", "1", "--save-strategy", "no",
                "--eval-strategy",
                "epoch",
            ] + more,
            environment: [
                "HF_DATASETS_CACHE": folder.path("cache"), "HF_DATASETS_IN_MEMORY_MAX_SIZE": inMemory ? "1000000" : "0",
            ])
        let run = try running.wait()
        #expect(run.code == 0, "\(run.errors)")
        let state = try JSONValue(parsing: Data(contentsOf: folder.url.appending(path: "\(out)/trainer_state.json")))
        return try #require(state["log_history"]?.arrayValue)
    }

    private func losses(_ log: [JSONValue]) -> [Double] {
        log.compactMap { ($0["loss"] ?? $0["eval_loss"])?.doubleValue }
    }

    private var cached: [String: Date] {
        get throws {
            let cache = folder.url.appending(path: "cache/swift")
            let names = try FileManager.default.contentsOfDirectory(atPath: cache.path)
            return try Dictionary(
                uniqueKeysWithValues: names.filter { $0.hasSuffix(".arrow") }.map { name in
                    let path = cache.appending(path: name).path
                    return (
                        name, try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date ?? .now
                    )
                })
        }
    }

    @Test func theSameLossesAndASecondRunFromTheCache() throws {
        let rows = (0..<60).map { row in
            let place = row % 2
            return "{\"text\": \"\(place == 0 ? "dull bad film" : "fine good film") \(row)\", \"label\": \(place)}\n"
        }
        let file = try folder.write("train.jsonl", rows.joined())
        let inMemory = losses(try train(file, to: "memory", inMemory: true))
        #expect(inMemory.count > 12)
        let first = losses(try train(file, to: "first", inMemory: false))
        #expect(first == inMemory)
        // The rows, the tokens of the training part, and those of the validation part.
        let files = try cached
        #expect(files.count == 3)
        let second = losses(try train(file, to: "second", inMemory: false))
        #expect(second == inMemory)
        #expect(try cached == files)
        // Another length means other tokens.
        _ = try train(file, to: "third", inMemory: false, ["--max-length", "8"])
        #expect(try cached.count == 5)
    }

    @Test func otherFormats() throws {
        let rows = try Dataset.from(dictionary: [
            "text": (0..<40).map { $0 % 2 == 0 ? "dull bad film" : "fine good film" },
            "label": (0..<40).map { $0 % 2 == 0 ? "bad" : "good" },
        ]).classEncodeColumn("label")
        let path = folder.path("rows.arrow")
        let writer = try ArrowFileWriter(path: path, features: rows.features)
        try writer.append(rows)
        try writer.close()
        let log = try train(path, to: "arrow", inMemory: true)
        #expect(losses(log).count > 12)
        let settings = try JSONValue(parsing: Data(contentsOf: folder.url.appending(path: "arrow/config.json")))
        #expect(settings["id2label"]?["0"]?.stringValue == "bad")
        #expect(throws: TextClassificationError.self) { try TextFile("rows.xlsx") }
    }

    @Test func describesAFile() throws {
        let file = try folder.write("rows.csv", TinyModel.rows(4))
        let run = try TrainerProcess.run(["describe", file])
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.output.hasPrefix("4 rows\ncolumn  type    nulls"))
        #expect(run.output.contains("bad: 2, good: 2"))
        let missing = try TrainerProcess.run(["describe", folder.path("none.csv")])
        #expect(missing.code == 1 && missing.lastError.contains("none.csv"))
    }
}
