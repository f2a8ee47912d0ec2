import Foundation
import OrderedJSON
import Testing

@testable import Training

/// Models and optimizers that ranks share out: real processes over Gloo.
@Suite(.serialized) struct ShardingTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let ranks: Int
        var arguments: JSONObject = [:]
        var more: JSONObject = [:]
        var modes = ["shard_grad_op", "full_shard"]
    }

    static let cases = [
        Case(
            testDescription: "plain", ranks: 2, arguments: ["per_device_train_batch_size": 2, "max_grad_norm": 0],
            modes: ["shard_grad_op offload", "full_shard", "full_shard offload"]),
        Case(
            testDescription: "accumulated, clipped, two groups, uneven", ranks: 3,
            arguments: [
                "per_device_train_batch_size": 1, "gradient_accumulation_steps": 3, "max_grad_norm": 0.1,
                "weight_decay": 0.1, "accelerator_config": ["even_batches": false], "ddp_bucket_cap_mb": 1,
            ]),
        Case(
            testDescription: "labels that do not count, momentum", ranks: 2,
            arguments: [
                "per_device_train_batch_size": 2, "gradient_accumulation_steps": 2, "num_train_epochs": 4,
                "optim": "sgd", "optim_args": "momentum=0.9",
            ], more: ["rows": 16, "ignoreFrom": 9]),
    ]

    /// The losses and weights of ranks that share out are those of ranks that do not.
    @Test(arguments: cases) func asWithoutSharing(entry: Case) throws {
        let plain = try ShardingRun.start(entry.arguments, entry.more, ranks: entry.ranks)
        #expect(plain.losses.count > 3)
        for mode in entry.modes {
            var arguments = entry.arguments
            arguments["fsdp"] = .string(mode)
            let shared = try ShardingRun.start(arguments, entry.more, ranks: entry.ranks)
            #expect(relativeDifference(shared.losses, plain.losses) < 1e-6, "\(mode)")
            #expect(relativeDifference(shared.norms, plain.norms) < 1e-5, "\(mode)")
            #expect(difference(shared.weights, plain.weights) < 1e-6, "\(mode)")
            for result in shared.run.results {
                #expect(result["weights"] == shared.run.results[0]["weights"], "\(mode)")
                #expect(result["predicted"] == plain.run.results[0]["predicted"], "\(mode)")
                #expect(result["evaluated"] == plain.run.results[0]["evaluated"], "\(mode)")
            }
        }
    }

    /// A checkpoint has the whole state, and any number of ranks goes on from it, with or without sharing.
    @Test(arguments: ["shard_grad_op", "full_shard"]) func otherRanksGoOn(mode: String) throws {
        let folder = temporaryFolder()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // All rows in each step: the data's order is of no account.
        let arguments: JSONObject = [
            "lr_scheduler_type": "constant", "save_strategy": "epoch", "weight_decay": 0.1, "eval_strategy": "no",
        ]
        func run(_ epochs: Int, batch: Int, ranks: Int, fsdp: String?, resumes: Bool) throws -> ShardingRun {
            var own = arguments
            own["num_train_epochs"] = .int(epochs)
            own["per_device_train_batch_size"] = .int(batch)
            if let fsdp { own["fsdp"] = .string(fsdp) }
            if resumes { own["resume_from_checkpoint"] = true }
            return try ShardingRun.start(own, ["rows": 12], ranks: ranks, in: resumes || epochs == 4 ? folder : nil)
        }
        let whole = try run(8, batch: 12, ranks: 1, fsdp: nil, resumes: false)
        _ = try run(4, batch: 6, ranks: 2, fsdp: mode, resumes: false)
        let checkpoint = try #require(CheckpointFolders.all(in: folder).last?.url)
        try expectPythonsLayout(checkpoint)
        let other = mode == "full_shard" ? "shard_grad_op" : "full_shard"
        for (ranks, fsdp) in [(3, other), (1, nil)] {
            for entry in CheckpointFolders.all(in: folder) where entry.step > 4 {
                try FileManager.default.removeItem(at: entry.url)
            }
            let resumed = try run(8, batch: 12 / ranks, ranks: ranks, fsdp: fsdp, resumes: true)
            #expect(resumed.losses.count == 8)
            #expect(difference(resumed.weights, whole.weights) < 1e-5, "\(ranks) \(fsdp ?? "none")")
        }
    }

    /// Names and shapes of what PyTorch's AdamW saves.
    private func expectPythonsLayout(_ checkpoint: URL) throws {
        let value = try TorchArchive.load(checkpoint.appending(path: "optimizer.pt"))
        let weights = try Safetensors.load(checkpoint.appending(path: "model.safetensors"))
        let states = try #require(value["state"]?.dictionaryValue?.entries)
        #expect(states.compactMap { $0.key.intValue } == Array(0..<weights.count))
        let shapes = states.map { $0.value["exp_avg"]?.tensorValue?.shape ?? [] }
        #expect(
            shapes.sorted { "\($0)" < "\($1)" } == weights.entries.map { $0.tensor.shape }.sorted { "\($0)" < "\($1)" })
        #expect(states.allSatisfy { $0.value["step"]?.tensorValue?.shape == [] })
        let groups = value["param_groups"]?.elements?.map { $0["params"]?.elements?.compactMap { $0.intValue } ?? [] }
        #expect(groups?.flatMap { $0 } == Array(0..<weights.count))
    }

    /// A run that is killed and resumed gives the weights of one that was not, to the last bit.
    @Test(arguments: ["shard_grad_op", "full_shard"]) func aKilledRunGoesOnToTheSameBits(mode: String) throws {
        let folder = temporaryFolder()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var arguments: JSONObject = [
            "per_device_train_batch_size": 2, "save_strategy": "steps", "save_steps": 2, "num_train_epochs": 3,
            "fsdp": .string(mode), "save_in_background": true,
        ]
        let whole = try ShardingRun.start(arguments, ranks: 2, model: ["dropout": 0.25])
        let killed = try ShardingRun.launch(
            arguments, ["kill": ["rank": 1, "step": 8]], ranks: 2, in: folder, model: ["dropout": 0.25])
        #expect(killed.codes.contains(137))
        arguments["resume_from_checkpoint"] = true
        let resumed = try ShardingRun.start(arguments, ranks: 2, in: folder, model: ["dropout": 0.25])
        #expect(resumed.weights == whole.weights)
        #expect(resumed.losses == whole.losses)
    }

    /// What cannot be shared out is said.
    @Test func refusals() throws {
        func errors(_ arguments: JSONObject, ranks: Int = 2, model: JSONObject = [:]) throws -> String {
            var own: JSONObject = ["per_device_train_batch_size": 2]
            for (name, value) in arguments.members { own[name] = value }
            let run = try ShardingRun.launch(own, ranks: ranks, model: model)
            #expect(run.codes == [Int32](repeating: 1, count: ranks), "\(run.errors)")
            return run.errors
        }
        #expect(try errors(["fsdp": "full_shard"], ranks: 1).contains("full_shard needs several ranks"))
        #expect(try errors(["fsdp": "shard_grad_op", "optim": "adafactor"]).contains("Adafactor cannot be shared out"))
        #expect(
            try errors(["fsdp": "shard_grad_op", "weight_decay": 0.1], model: ["seldom": true])
                .contains("the parameter seldom.weight had no gradient in this step"))
        #expect(
            try errors(["fsdp": "full_shard"], model: ["seldom": true])
                .contains("the parameter seldom.weight has a gradient for the first time after steps without one"))
    }

    /// A model of four times what a rank may hold is trained by four ranks, which without sharing run out of memory.
    @Test func moreThanARankHolds() throws {
        // 56 MiB of parameters, 224 MiB with gradients and AdamW's averages.
        let model: JSONObject = ["layers": 14, "width": 1024]
        let arguments: JSONObject = [
            "per_device_train_batch_size": 1, "max_steps": 2, "eval_strategy": "no", "save_strategy": "no",
        ]
        let more: JSONObject = ["limitMiB": 110, "leavesWeights": false, "rows": 8]
        var sharing = arguments
        sharing["fsdp"] = "full_shard"
        let shared = try ShardingRun.launch(sharing, more, ranks: 4, model: model)
        #expect(shared.codes == [0, 0, 0, 0], "\(shared.errors)")
        #expect(shared.results.allSatisfy { $0["global_step"] == 2 })
        let plain = try ShardingRun.launch(arguments, more, ranks: 4, model: model)
        #expect(!plain.codes.contains(0))
    }

    private func difference(_ a: [Double], _ b: [Double]) -> Double {
        a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? .infinity : .infinity
    }
}
