public import ArgumentParser
public import SwiftTrainer

/// What `trainer doctor --plan` is to look at.
struct PlanOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Say what 2, 8, 64, 1024 and this many ranks (GPUs, or processes of CPUs) would give.", valueName: "ranks"))
    var plan: Int?

    @Option(help: "The model that is to be trained: a folder, or one of the Hub: org/name.")
    var model: String?

    @Option(help: "In place of a model: how many parameters it has, such as 110M or 1.5B.")
    var parameters: String?

    @Option(help: "Tokens of each row (default: 128).")
    var maxLength: Int?

    @Option(help: "Ranks of each machine (default: 1).")
    var ranksPerNode: Int?

    @Option(help: "What the link between machines carries, in Gbit/s (default: as measured within this machine).")
    var linkGbps: Double?

    @Option(help: "Microseconds from machine to machine, one way (default: as measured within this machine).")
    var linkLatencyUs: Double?

    @Option(help: "How ranks add up gradients: ring (Gloo's way; the default), or hierarchical, within machines first.")
    var allReduce: Interconnect.Algorithm?

    @Option(help: ArgumentHelp("Print JSON.", valueName: "true|false"))
    var json: Bool?

    @OptionGroup(title: "Hub") var hub: HubOptions

    static let switches: Set<String> = ["json"]
    static let flags = Set([
        "plan", "model", "parameters", "max-length", "ranks-per-node", "link-gbps", "link-latency-us", "all-reduce",
        "json",
    ]).union(HubOptions.flags)

    /// The training arguments that change what a step costs or sends.
    static let trainingFlags: Set<String> = [
        "per_device_train_batch_size", "gradient_accumulation_steps", "gradient_checkpointing", "numerics", "use_cpu",
        "bf16", "fp16", "optim", "ddp_bucket_cap_mb", "ddp_comm_hook",
    ]

    /// - Parameter arguments: Those of training.
    /// - Throws: ``CommandFailure/usage(_:)``.
    func check(_ arguments: TrainingArguments) throws {
        guard let plan else {
            let given: [(String, Bool)] = [
                ("model", model != nil), ("parameters", parameters != nil), ("max-length", maxLength != nil),
                ("ranks-per-node", ranksPerNode != nil), ("link-gbps", linkGbps != nil),
                ("link-latency-us", linkLatencyUs != nil), ("all-reduce", allReduce != nil), ("json", json != nil),
                ("revision", hub.revision != nil), ("token", hub.token != nil),
            ]
            let standard = TrainingArguments().configuration
            let changed = arguments.configuration.members.first { standard[$0.key] != $0.value }
            if let name = given.first(where: { $0.1 })?.0 ?? changed?.key.replacing("_", with: "-") {
                throw CommandFailure.usage("--\(name) says what --plan is to look at: give --plan RANKS with it")
            }
            return
        }
        guard (1...Self.mostRanks).contains(plan) else {
            throw CommandFailure.usage("--plan is \(plan), but must be from 1 to \(Self.mostRanks) ranks")
        }
        guard (model == nil) != (parameters == nil) else {
            throw CommandFailure.usage("--plan needs --model FOLDER, or --parameters COUNT such as 110M, and not both")
        }
        if let parameters, Self.count(parameters) == nil {
            throw CommandFailure.usage("--parameters is '\(parameters)', but must be a number such as 110M or 1.5B")
        }
        try check("max-length", maxLength, 1...(1 << 20))
        try check("ranks-per-node", ranksPerNode, 1...1024)
        try check("link-gbps", linkGbps, 0.001...100_000)
        try check("link-latency-us", linkLatencyUs, 0.01...10_000_000)
        try arguments.validate()
    }

    private static let mostRanks = 1 << 20

    private func check<Value: Comparable>(_ name: String, _ value: Value?, _ range: ClosedRange<Value>) throws {
        guard let value, !range.contains(value) else { return }
        throw CommandFailure.usage(
            "--\(name) is \(value), but must be from \(range.lowerBound) to \(range.upperBound)")
    }

    /// `110M`, `1.5B`, `7000000`; nil for anything else, and for less than 1 or more than 10¹³.
    static func count(_ text: String) -> Int? {
        let units: [Character: Double] = ["k": 1e3, "m": 1e6, "b": 1e9, "g": 1e9, "t": 1e12]
        guard let last = text.lowercased().last else { return nil }
        let number = units[last].map { (Double(text.dropLast()), $0) } ?? (Double(text), 1)
        guard let value = number.0.map({ $0 * number.1 }), (1...1e13).contains(value) else { return nil }
        return Int(value)
    }
}

extension Interconnect.Algorithm: ExpressibleByArgument {}
