import Foundation
import OrderedJSON
import Testing

@testable import Training

/// What several ranks do: real processes over Gloo.
@Suite(.serialized) struct RanksTests {
    private static let tensors = JSONValue.string(fixtureURL("rank_runs/plain.safetensors").path)
    private static let unusedTensors = JSONValue.string(fixtureURL("rank_runs/unused.safetensors").path)
    /// Deterministic whatever the number of ranks: no dropout, fast arithmetic, the true mean.
    private static let arguments: JSONObject = [
        "learning_rate": 0.01, "logging_steps": 1, "num_train_epochs": 2, "seed": 7, "save_strategy": "no",
        "eval_strategy": "epoch", "per_device_eval_batch_size": 4,
    ]

    private func configuration(
        _ arguments: JSONObject, _ more: JSONObject = [:], tensors: JSONValue = Self.tensors
    ) -> JSONObject {
        var all = Self.arguments
        for (name, value) in arguments.members { all[name] = value }
        var result: JSONObject = ["fast": true, "tensors": tensors, "arguments": .object(all)]
        for (name, value) in more.members { result[name] = value }
        return result
    }

    private func losses(_ run: RankRun, _ rank: Int = 0) -> [Double] {
        (run.results[rank]["log_history"]?.arrayValue ?? []).compactMap { $0["loss"]?.doubleValue }
    }

    private func weights(_ run: RankRun, _ rank: Int = 0) -> [Double] { run.results[rank]["weights"]?.doubles ?? [] }

    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var several: JSONObject = [:]
        var one: JSONObject = [:]
        var more: JSONObject = [:]
        var isUnused = false
        var ranks = 2
    }

    static let cases = [
        Case(
            testDescription: "plain", several: ["per_device_train_batch_size": 2],
            one: ["per_device_train_batch_size": 4], more: ["rows": 16]),
        Case(
            testDescription: "accumulated",
            several: ["per_device_train_batch_size": 1, "gradient_accumulation_steps": 2],
            one: ["per_device_train_batch_size": 4], more: ["rows": 16]),
        Case(
            testDescription: "uneven",
            several: ["per_device_train_batch_size": 2, "accelerator_config": ["even_batches": false]],
            one: ["per_device_train_batch_size": 4]),
        Case(
            testDescription: "three ranks",
            several: ["per_device_train_batch_size": 2, "accelerator_config": ["even_batches": false]],
            one: ["per_device_train_batch_size": 6], ranks: 3),
        Case(
            testDescription: "labels that do not count", several: ["per_device_train_batch_size": 2],
            one: ["per_device_train_batch_size": 4], more: ["rows": 16, "ignoreFrom": 9]),
        Case(
            testDescription: "unused parameters",
            several: ["per_device_train_batch_size": 2, "ddp_find_unused_parameters": true],
            one: ["per_device_train_batch_size": 4], more: ["rows": 16], isUnused: true),
        Case(
            testDescription: "rows of a table", several: ["per_device_train_batch_size": 2],
            one: ["per_device_train_batch_size": 4], more: ["rows": 16, "model": ["table": true]]),
        Case(
            testDescription: "rows of a table, accumulated, uneven",
            several: [
                "per_device_train_batch_size": 1, "gradient_accumulation_steps": 2,
                "accelerator_config": ["even_batches": false],
            ],
            one: ["per_device_train_batch_size": 6], more: ["model": ["table": true], "ignoreFrom": 17], ranks: 3),
        Case(
            testDescription: "a table whose gradient is whole at times", several: ["per_device_train_batch_size": 2],
            one: ["per_device_train_batch_size": 4], more: ["rows": 16, "model": ["table": "mixed"]]),
        Case(
            testDescription: "static graph", several: ["per_device_train_batch_size": 2, "ddp_static_graph": true],
            one: ["per_device_train_batch_size": 4], more: ["rows": 16]),
        Case(
            testDescription: "small pieces", several: ["per_device_train_batch_size": 2, "ddp_bucket_cap_mb": 1],
            one: ["per_device_train_batch_size": 4], more: ["rows": 16]),
    ]

    /// The losses, gradients and weights of several ranks are those of one with the batches of all.
    @Test(arguments: cases) func oneRankWithTheBatchesOfAll(entry: Case) throws {
        let tensors = entry.isUnused ? Self.unusedTensors : Self.tensors
        var more = entry.more
        if entry.isUnused { more["model"] = ["unused": true] }
        let several = try RankRun.start(configuration(entry.several, more, tensors: tensors), ranks: entry.ranks)
        try #require(several.codes == [Int32](repeating: 0, count: entry.ranks), "\(several.errors)")
        let one = try RankRun.start(configuration(entry.one, more, tensors: tensors), ranks: 1)
        try #require(one.codes == [0], "\(one.errors)")
        #expect(losses(one).count > 5)
        #expect(relativeDifference(losses(several), losses(one)) < 1e-5)
        let own = weights(one)
        for rank in 0..<entry.ranks {
            #expect(weights(several, rank) == weights(several))
            #expect(several.results[rank]["evaluated"] == one.results[0]["evaluated"])
            #expect(several.results[rank]["predicted"] == one.results[0]["predicted"])
        }
        #expect(zip(weights(several), own).allSatisfy { abs($0 - $1) < 1e-5 } && own.count > 80)
    }

    /// Gradients in half as many bytes are as near as those have digits.
    @Test(arguments: ["fp16", "bf16"]) func compressedGradients(hook: String) throws {
        let plain = try RankRun.start(configuration(["per_device_train_batch_size": 2], ["rows": 16]), ranks: 2)
        let short = try RankRun.start(
            configuration(["per_device_train_batch_size": 2, "ddp_comm_hook": .string(hook)], ["rows": 16]), ranks: 2)
        try #require(short.codes == [0, 0], "\(short.errors)")
        let difference = relativeDifference(losses(short), losses(plain))
        #expect(difference > 0 && difference < 2e-2)
        #expect(weights(short, 0) == weights(short, 1))
    }

    /// What one rank's callback asks for, or a signal that one rank gets, is done by all.
    @Test func oneRankStopsAll() throws {
        let run = try RankRun.start(
            configuration(["per_device_train_batch_size": 2], ["stop": ["rank": 1, "step": 3]]), ranks: 2)
        try #require(run.codes == [0, 0], "\(run.errors)")
        #expect(run.results.map { $0["global_step"] } == [3, 3])
    }

    @Test func aSignalToOneRankSavesAndEndsAll() throws {
        let folder = temporaryFolder()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let run = try RankRun.start(
            configuration(
                ["per_device_train_batch_size": 2], ["signal": ["rank": 1, "step": 2, "number": 2]]),
            in: folder, ranks: 2)
        #expect(run.codes == [1, 1])
        #expect(run.errors.contains("checkpoint-2"))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "checkpoint-2").path)
        #expect(
            Set(names).isSuperset(of: ["rng_state_0.pth", "rng_state_1.pth", "optimizer.pt", "trainer_state.json"]))
        #expect(!names.contains("rng_state.pth"))
    }

    /// A run that is killed and resumed gives the weights of one that was not, to the last bit.
    @Test func aKilledRunGoesOnToTheSameBits() throws {
        let arguments: JSONObject = [
            "per_device_train_batch_size": 2, "save_strategy": "steps", "save_steps": 2, "num_train_epochs": 3,
        ]
        let model: JSONObject = ["model": ["dropout": 0.25], "fast": false]
        let whole = try RankRun.start(configuration(arguments, model), ranks: 2)
        try #require(whole.codes == [0, 0], "\(whole.errors)")
        let folder = temporaryFolder()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var killing = model
        killing["kill"] = ["rank": 1, "step": 8]
        let killed = try RankRun.start(configuration(arguments, killing), in: folder, ranks: 2, startsItself: true)
        #expect(killed.codes == [137])
        #expect(killed.errors.contains("rank 1"))
        var resuming = arguments
        resuming["resume_from_checkpoint"] = true
        let resumed = try RankRun.start(configuration(resuming, model), in: folder, ranks: 2, startsItself: true)
        try #require(resumed.codes == [0], "\(resumed.errors)")
        #expect(weights(resumed) == weights(whole))
        #expect(losses(resumed) == losses(whole))
    }

    /// Ranks that a launcher starts again go on from the newest checkpoint of their own run, though there are later ones of
    /// an earlier run in the folder; and so does a rank that is left alone.
    @Test(arguments: [1, 2]) func aRestartGoesOnWithItsOwnRun(ranks: Int) throws {
        let arguments: JSONObject = [
            "per_device_train_batch_size": 2, "save_strategy": "steps", "save_steps": 3, "num_train_epochs": 3,
        ]
        let folder = temporaryFolder()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func attempt(_ number: Int, _ more: JSONObject) throws -> RankRun {
            var several = arguments
            several["save_steps"] = 2
            var variables = [
                "TORCHELASTIC_RUN_ID": "run", "TORCHELASTIC_RESTART_COUNT": "\(number)",
                "TORCHELASTIC_MAX_RESTARTS": "3",
            ]
            if ranks == 1 {
                // A launcher's single rank meets nobody.
                (variables["MASTER_ADDR"], variables["MASTER_PORT"]) = ("127.0.0.1", "29500")
                for (name, value) in ["RANK": 0, "LOCAL_RANK": 0, "WORLD_SIZE": 1, "LOCAL_WORLD_SIZE": 1] {
                    variables[name] = "\(value)"
                }
            }
            return try RankRun.start(configuration(several, more), in: folder, ranks: ranks, variables: variables)
        }
        let earlier = try RankRun.start(configuration(arguments), in: folder, ranks: ranks)
        try #require(earlier.codes.allSatisfy { $0 == 0 }, "\(earlier.errors)")
        // It did not come to its first checkpoint.
        let short = try attempt(0, ["kill": ["rank": .int(ranks - 1), "step": 1]])
        #expect(short.codes.last == Int32(137))
        let killed = try attempt(1, ["kill": ["rank": .int(ranks - 1), "step": 6, "attempt": 1]])
        #expect(killed.codes.last == Int32(137))
        let resumed = try attempt(2, [:])
        try #require(resumed.codes.allSatisfy { $0 == 0 }, "\(resumed.errors)")
        #expect(resumed.errors.contains("from the newest checkpoint of this run"))
        // The steps after the fourth, not those after the earlier run's last.
        let all = earlier.results[0]["seen"]?.arrayValue?.count ?? 0
        #expect(resumed.results[0]["seen"]?.arrayValue?.count == all - 4)
        #expect(weights(resumed) == weights(earlier))
    }

    /// A failing rank's error is shown and ends the others; its code is the program's.
    @Test func aFailingRankEndsAll() throws {
        let run = try RankRun.start(
            configuration(["per_device_train_batch_size": 2], ["fail": ["rank": 1, "step": 3]]), ranks: 2,
            startsItself: true)
        #expect(run.codes == [1])
        #expect(run.errors.contains("rank 1 was told to fail"))
    }

    /// A program that goes on after an error of one rank alone does not keep the other waiting, and both can train again.
    @Test func anErrorCaughtOnOneRank() throws {
        let run = try RankRun.start(
            configuration(
                ["per_device_train_batch_size": 2], ["fail": ["rank": 1, "step": 3], "triesAgain": true]), ranks: 2)
        try #require(run.codes == [0, 0], "\(run.errors)")
        #expect(run.errors.contains("caught on rank 1: rank 1 was told to fail"))
        #expect(run.errors.contains("caught on rank 0: the gradients could not be reduced: Connection closed by peer"))
        #expect(run.errors.contains(/closed by peer [^ ]+; another rank ended or lost its connection/))
        #expect(run.results.map { $0["global_step"] } == [10, 10])
        #expect(weights(run, 0) == weights(run, 1))
    }

    /// A machine that has two devices gives each a rank, without being asked.
    @Test func eachDeviceGetsARank() throws {
        let run = try RankRun.start(
            configuration(["per_device_train_batch_size": 2], ["devices": 2, "rows": 16]), ranks: 2,
            startsItself: true)
        try #require(run.codes == [0], "\(run.errors)")
        #expect(run.results.count == 2)
        #expect(run.errors.components(separatedBy: "Using distributed mode with GLOO backend").count == 2)
    }

    /// A checkpoint of two ranks goes on with one, and says that it is not the same run.
    @Test func anotherNumberOfRanks() throws {
        let folder = temporaryFolder()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let arguments: JSONObject = ["per_device_train_batch_size": 2, "save_strategy": "epoch", "num_train_epochs": 1]
        let two = try RankRun.start(configuration(arguments, ["rows": 16]), in: folder, ranks: 2)
        try #require(two.codes == [0, 0], "\(two.errors)")
        var resuming = arguments
        resuming["resume_from_checkpoint"] = true
        resuming["num_train_epochs"] = 2
        let one = try RankRun.start(configuration(resuming, ["rows": 16]), in: folder, ranks: 1)
        try #require(one.codes == [0], "\(one.errors)")
        #expect(one.errors.contains("is of another number of ranks than the 1 here"))
        #expect(one.results[0]["global_step"]?.intValue ?? 0 > (two.results[0]["global_step"]?.intValue ?? 0))
    }
}
