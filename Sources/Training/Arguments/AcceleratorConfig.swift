internal import Foundation
public import OrderedJSON

/// Settings of the data order by accelerate's names: Python's `AcceleratorConfig`.
///
/// In a file an object with these names; on a command line such an object in JSON, or the path of a JSON file with one.
public struct AcceleratorConfig: ArgumentValue {
    /// Whether the random order comes from a private generator seeded with seed + epoch; otherwise its seed is drawn from
    /// the default generator, as PyTorch does without accelerate. Default: true.
    public var useSeedableSampler = true
    /// Whether copies to a GPU may go on while the program does. Default: true; Python's is false, which waits.
    public var nonBlocking: Bool?
    /// Whether every rank gets as many full batches as the others, with the epoch's first rows once more where some are
    /// missing. Default: true.
    public var evenBatches = true
    /// Whether the batch size of training is that of all ranks together. Default: false.
    public var splitBatches = false
    /// Whether a stream's last rows are shared out evenly, rather than filled up to full batches; nil: they are. Every rank
    /// reads the whole stream, where Python's first rank would read and send it.
    public var dispatchBatches: Bool?
    /// What cannot be used, for `TrainingArguments.validate()`.
    private(set) var problems: [String] = []

    public init(useSeedableSampler: Bool = true, nonBlocking: Bool? = nil) {
        self.useSeedableSampler = useSeedableSampler
        self.nonBlocking = nonBlocking
    }

    public init?(argument json: JSONValue) {
        switch json {
        case .object(let object): self.init(object)
        case .string(let word) where word.hasPrefix("{"):
            guard let object = try? JSONValue(parsing: word).objectValue else { return nil }
            self.init(object)
        case .string(let path):
            guard let data = FileManager.default.contents(atPath: path),
                let object = try? JSONValue(parsing: data, source: path).objectValue
            else { return nil }
            self.init(object)
        default: return nil
        }
    }

    public var argumentJSON: JSONValue {
        var object: JSONObject = ["use_seedable_sampler": .bool(useSeedableSampler)]
        if let nonBlocking { object["non_blocking"] = .bool(nonBlocking) }
        if !evenBatches { object["even_batches"] = false }
        if splitBatches { object["split_batches"] = true }
        if let dispatchBatches { object["dispatch_batches"] = .bool(dispatchBatches) }
        return .object(object)
    }

    public static var placeholder: String { "JSON" }

    private init(_ object: JSONObject) {
        for (name, value) in object.members { set(name, value) }
    }

    private mutating func set(_ name: String, _ value: JSONValue) {
        switch name {
        case "use_seedable_sampler", "non_blocking", "even_batches", "split_batches", "dispatch_batches":
            if name == "dispatch_batches", value == .null { return }
            guard let flag = Bool(argument: value) else {
                problems.append("\(name) must be true or false, not \(value.serialized())")
                return
            }
            switch name {
            case "non_blocking": nonBlocking = flag
            case "even_batches": evenBatches = flag
            case "split_batches": splitBatches = flag
            case "dispatch_batches": dispatchBatches = flag
            default: useSeedableSampler = flag
            }
        case "gradient_accumulation_kwargs":
            guard value != .null, value != [:] else { return }
            problems.append("\(name) is not supported; set gradient_accumulation_steps instead")
        case "use_configured_state":
            guard Bool(argument: value) != false else { return }
            problems.append("\(name) is not supported: there is no accelerator here to take over")
        default:
            let names = ["use_seedable_sampler", "non_blocking", "even_batches", "split_batches", "dispatch_batches"]
            let near = NearestNames.of(name, among: names).first.map { "; did you mean \($0)?" }
            problems.append("there is no \(name)" + (near ?? "; it has \(names.joined(separator: ", "))"))
        }
    }
}
