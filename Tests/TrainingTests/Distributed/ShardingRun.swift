import Foundation
import OrderedJSON
import Testing

/// A run of `RankProgram`'s model with layers.
struct ShardingRun {
    let run: RankRun

    var losses: [Double] { numbers("loss") }
    var norms: [Double] { numbers("grad_norm") }
    var weights: [Double] { run.results[0]["weights"]?.doubles ?? [] }

    private func numbers(_ name: String) -> [Double] {
        (run.results[0]["log_history"]?.arrayValue ?? []).compactMap { $0[name]?.doubleValue }
    }

    private static let tensors = JSONValue.string(fixtureURL("rank_runs/plain.safetensors").path)
    /// Deterministic whatever the number of ranks: no dropout, fast arithmetic, the true mean.
    private static let arguments: JSONObject = [
        "learning_rate": 0.01, "logging_steps": 1, "num_train_epochs": 2, "seed": 7, "save_strategy": "no",
        "eval_strategy": "epoch", "per_device_eval_batch_size": 3,
    ]

    /// - Returns: What the processes leave, whether they fail or not.
    static func launch(
        _ arguments: JSONObject, _ more: JSONObject = [:], ranks: Int, in folder: URL? = nil, model: JSONObject = [:]
    ) throws -> RankRun {
        var all = Self.arguments
        for (name, value) in arguments.members { all[name] = value }
        var options: JSONObject = ["layers": 3]
        for (name, value) in model.members { options[name] = value }
        var configuration: JSONObject = [
            "fast": true, "tensors": tensors, "model": .object(options), "arguments": .object(all),
        ]
        for (name, value) in more.members { configuration[name] = value }
        guard let folder else { return try RankRun.start(configuration, ranks: ranks) }
        return try RankRun.start(configuration, in: folder, ranks: ranks)
    }

    /// A run that must end well.
    static func start(
        _ arguments: JSONObject, _ more: JSONObject = [:], ranks: Int, in folder: URL? = nil, model: JSONObject = [:]
    ) throws -> ShardingRun {
        let run = try launch(arguments, more, ranks: ranks, in: folder, model: model)
        try #require(run.codes == [Int32](repeating: 0, count: ranks), "\(run.errors)")
        return ShardingRun(run: run)
    }
}
