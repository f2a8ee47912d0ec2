import Foundation
import OrderedJSON
import Testing

@testable import Training

/// Two ranks against Python's Trainer on two ranks, which scripts/fixtures/rank_runs.py has recorded: the rows that each
/// rank sees, every log record, and the final weights.
@Suite(.serialized) struct PythonRanksTests {
    private static let folder = fixtureURL("rank_runs")
    private static let records: JSONObject = {
        let file = folder.appending(path: "runs.json")
        return (try? JSONValue(parsing: Data(contentsOf: file)).objectValue) ?? JSONObject()
    }()

    @Test(arguments: records.keys) func asPython(name: String) throws {
        let record = try #require(Self.records[name])
        let tensors = Self.folder.appending(path: "\(name).safetensors")
        let run = try RankRun.start(
            [
                "arguments": record["arguments"] ?? [:], "model": record["model"] ?? [:],
                "tensors": .string(tensors.path), "stream": .bool(name.contains("stream")),
            ], ranks: 2)
        try #require(run.codes == [0, 0], "\(run.errors)")
        for (rank, result) in run.results.enumerated() {
            #expect(result["seen"] == record["seen"]?.arrayValue?[rank], "the rows of rank \(rank)")
        }
        let logs = (run.results[0]["log_history"]?.arrayValue ?? [], record["log_history"]?.arrayValue ?? [])
        #expect(logs.0.count == logs.1.count)
        for (ours, theirs) in zip(logs.0, logs.1) {
            for (key, value) in theirs.objectValue?.members ?? [] where key != "train_loss" && key != "total_flos" {
                #expect(
                    relativeDifference((ours[key] ?? .null).doubles, value.doubles) < 1e-5,
                    "\(key) of step \(theirs["step"] ?? .null): \(ours[key] ?? .null), Python \(value)")
            }
        }
        let final = try Safetensors.load(tensors)
        let weights = final.entries.filter { $0.name.hasPrefix("final.") }.map { $0.tensor }
        let wanted = ["first.weight", "first.bias", "second.weight", "second.bias", "third.weight", "third.bias"]
            .compactMap { final["final.\($0)"] }.flatMap { $0.reshape([-1]).array(of: Float.self) }
        #expect(weights.count >= 4)
        for result in run.results {
            let found = result["weights"]?.doubles ?? []
            #expect(found.count == wanted.count)
            #expect(zip(found, wanted).allSatisfy { abs($0 - Double($1)) < 1e-5 })
        }
    }
}
