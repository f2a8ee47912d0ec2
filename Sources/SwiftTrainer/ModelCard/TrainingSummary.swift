public import OrderedJSON

/// What a model card says: Python's class of that name, which its `Trainer` fills.
public struct TrainingSummary: Sendable, Hashable {
    public var modelName: String
    public var language: [String] = []
    /// Of the model; that of ``finetunedFrom`` unless given.
    public var license: String?
    public var tags: [String] = []
    /// The repository of the model that training began with; nil: from scratch.
    public var finetunedFrom: String?
    /// Such as `text-classification`.
    public var tasks: [String] = []
    /// Data sets as they are called in text.
    public var datasets: [String] = []
    /// Their names on the Hub, in the same order.
    public var datasetTags: [String] = []
    /// The configuration of each, such as `sst2`.
    public var datasetArgs: [String?] = []
    /// The last evaluation, by names in words; nil where there was none.
    public var evalResults: JSONObject?
    /// A row for each evaluation during training; nil where none is known.
    public var evalLines: [JSONObject]?
    public var hyperparameters: JSONObject?
    /// Such as `("libtorch", "2.13.0")`.
    public var frameworkVersions: [Version] = []

    /// A library and its version.
    public struct Version: Sendable, Hashable {
        public var name: String
        public var version: String
        public init(_ name: String, _ version: String) {
            self.name = name
            self.version = version
        }
    }

    public init(modelName: String) { self.modelName = modelName }
}

extension TrainingSummary {
    /// The text of `README.md`: metadata for the Hub, then sections to read.
    public var modelCard: String {
        var text = "---\n\(metadata)---\n\n"
        text +=
            "<!-- Written by Swift Trainer from what training knows. Read it, complete it, then remove this line. -->\n"
        text += "\n# \(modelName)\n\n"
        text +=
            finetunedFrom.map { "This model is [\($0)](https://huggingface.co/\($0)), fine-tuned on " }
            ?? "This model was trained from scratch on "
        text += datasetPhrase + "\n"
        if let evalResults {
            text += "On the evaluation set it gives:\n"
            text += evalResults.members.map { "- \($0.key): \(Self.rounded($0.value))\n" }.joined()
        }
        for title in ["Model description", "Intended uses & limitations", "Training and evaluation data"] {
            text += "\n## \(title)\n\n\(Self.missing)\n"
        }
        text += "\n## Training procedure\n\n### Training hyperparameters\n\n"
        if let hyperparameters {
            text += "These hyperparameters were used in training:\n"
            text += hyperparameters.members.map { "- \($0.key): \(Self.plain($0.value))\n" }.joined()
        } else {
            text += "\(Self.missing)\n"
        }
        if let evalLines { text += "\n### Training results\n\n\(MarkdownTable(evalLines).text)\n" }
        text += "\n### Framework versions\n\n"
        return text + frameworkVersions.map { "- \($0.name) \($0.version)\n" }.joined()
    }

    private static let missing = "More information needed"

    private var datasetPhrase: String {
        switch datasets.count {
        case 0: "an unknown dataset."
        case 1: "the \(datasets[0]) dataset."
        default:
            datasets.dropLast().map { "the \($0)" }.joined(separator: ", ")
                + " and the \(datasets[datasets.count - 1]) datasets."
        }
    }

    /// Numbers with more than four decimals are cut to four, as in Python.
    static func rounded(_ value: JSONValue) -> String {
        guard case .double(let number) = value else { return plain(value) }
        let text = number.pythonDescription
        guard let point = text.firstIndex(of: "."), text.distance(from: point, to: text.endIndex) > 5, number.isFinite
        else { return text }
        return FixedPoint.text(number, decimals: 4)
    }

    static func plain(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .double(let number): number.pythonDescription
        case .bool(let flag): flag ? "True" : "False"
        case .null: "None"
        default: value.serialized()
        }
    }
}
