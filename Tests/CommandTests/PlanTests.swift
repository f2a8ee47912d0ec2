import Foundation
import OrderedJSON
import Testing

@testable import TrainerCommand

/// `trainer doctor --plan`
struct PlanTests {
    private static let run = [
        "--parameters", "60k", "--max-length", "8", "--per-device-train-batch-size", "2", "--use-cpu", "--link-gbps",
        "10", "--link-latency-us", "20",
    ]

    @Test func aTable() throws {
        let run = try TrainerProcess.run(["doctor", "--plan", "16"] + Self.run)
        #expect(run.code == 0, "\(run.errors)")
        for text in ["one rank", "gradients", "10.0 Gbit/s, 20.0 µs", "efficiency", "ranks", "    1024 "] {
            #expect(run.output.contains(text), "\(text) in \(run.output)")
        }
    }

    @Test func asJSON() throws {
        let run = try TrainerProcess.run(["doctor", "--plan", "16", "--json", "--ranks-per-node", "4"] + Self.run)
        #expect(run.code == 0, "\(run.errors)")
        let plan = try JSONValue(parsing: Data(run.output.utf8))
        let ranks = try #require(plan["ranks"]?.arrayValue)
        #expect(ranks.map { $0["ranks"]?.intValue } == [1, 2, 8, 16, 64, 1024])
        #expect(ranks[0]["hidden_share"] == .null && ranks[0]["efficiency"]?.doubleValue == 1)
        for (fewer, more) in zip(ranks, ranks.dropFirst()) {
            let (before, after) = (fewer["step_seconds"]?.doubleValue ?? 0, more["step_seconds"]?.doubleValue ?? 0)
            #expect(before > 0 && after >= before)
        }
        #expect(plan["link_between"]?["gbps"]?.doubleValue == 10)
        #expect(plan["ranks_per_node"] == 4)
    }

    @Test(arguments: [
        (["doctor", "--link-gbps", "10"], "give --plan RANKS"),
        (["doctor", "--per-device-train-batch-size", "4"], "give --plan RANKS"),
        (["doctor", "--plan", "0", "--parameters", "1M"], "--plan is 0"),
        (["doctor", "--plan", "8"], "--model FOLDER, or --parameters COUNT"),
        (["doctor", "--plan", "8", "--parameters", "many"], "such as 110M"),
        (["doctor", "--plan", "8", "--parameters", "1M", "--link-gbps", "0"], "--link-gbps is 0.0"),
        (["doctor", "--plan", "8", "--parameters", "1M", "--learning-rate", "1"], "no flag --learning-rate"),
        (["doctor", "--plan", "8", "--parameters", "1M", "--all-reduce", "tree"], "tree"),
    ])
    func wrongUsage(words: [String], message: String) throws {
        let run = try TrainerProcess.run(words)
        #expect(run.code == 64)
        #expect(run.lastError.hasPrefix("error: ") && run.lastError.contains(message), "\(run.errors)")
    }

    @Test(arguments: [("110M", 110_000_000), ("1.5B", 1_500_000_000), ("7000", 7000), ("2k", 2000)])
    func counts(text: String, count: Int) { #expect(PlanOptions.count(text) == count) }

    @Test(arguments: ["", "M", "-1M", "0", "1e30", "12x", "nan", "infB"])
    func noCounts(text: String) { #expect(PlanOptions.count(text) == nil) }
}
