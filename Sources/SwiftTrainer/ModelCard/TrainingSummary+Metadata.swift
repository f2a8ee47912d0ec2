import OrderedJSON
import Yams

extension TrainingSummary {
    /// The names of tasks in words, as the Hub's index of results has them.
    private static let taskNames = [
        "fill-mask": "Masked Language Modeling", "image-classification": "Image Classification",
        "multiple-choice": "Multiple Choice", "question-answering": "Question Answering",
        "text-classification": "Text Classification", "text-generation": "Causal Language Modeling",
        "token-classification": "Token Classification", "zero-shot-classification": "Zero Shot Classification",
    ]
    /// Metrics that the Hub knows.
    private static let metricTags: Set<String> = [
        "accuracy", "bleu", "f1", "matthews_correlation", "pearsonr", "precision", "recall", "rouge", "sacrebleu",
        "spearmanr", "wer",
    ]

    /// The metadata in YAML, for the Hub: library, license, base model, tags, data sets, metrics, results.
    var metadata: String {
        var pairs: [(String, Node)] = [("library_name", Self.node("transformers"))]
        func add(_ name: String, _ values: [String]) {
            if !values.isEmpty { pairs.append((name, Node(values.map(Self.node)))) }
        }
        add("language", language)
        if let license { pairs.append(("license", Self.node(license))) }
        if let finetunedFrom, !finetunedFrom.isEmpty { pairs.append(("base_model", Self.node(finetunedFrom))) }
        add("tags", tags)
        add("datasets", datasetTags)
        add("metrics", metrics.map(\.tag))
        pairs.append(("model-index", Node([modelIndex])))
        let text = try? Yams.serialize(node: Self.mapping(pairs), allowUnicode: true)
        return text ?? ""
    }

    /// Metrics of the last evaluation that the Hub knows: its name and ours.
    private var metrics: [(tag: String, name: String, value: JSONValue)] {
        (evalResults?.members ?? []).compactMap { name, value in
            let tag = name.lowercased().replacing(" ", with: "_")
            if Self.metricTags.contains(tag) { return (tag, name, value) }
            return tag == "rouge1" ? ("rouge", name, value) : nil
        }
    }

    /// Results that name task, data set and metrics alike; the Hub takes no others.
    private var modelIndex: Node {
        var results: [Node] = []
        let known = tasks.compactMap { task in Self.taskNames[task].map { (task, $0) } }
        for (task, taskName) in known where !metrics.isEmpty {
            for (index, tag) in datasetTags.enumerated() {
                var dataset = [
                    ("name", Self.node(index < datasets.count ? datasets[index] : tag)), ("type", Self.node(tag)),
                ]
                if index < datasetArgs.count, let args = datasetArgs[index] {
                    dataset.append(("args", Self.node(args)))
                }
                let numbers = metrics.map { metric in
                    Self.mapping([
                        ("name", Self.node(metric.name)), ("type", Self.node(metric.tag)),
                        ("value", Node(Self.plain(metric.value))),
                    ])
                }
                results.append(
                    Self.mapping([
                        ("task", Self.mapping([("name", Self.node(taskName)), ("type", Self.node(task))])),
                        ("dataset", Self.mapping(dataset)), ("metrics", Node(numbers)),
                    ]))
            }
        }
        return Self.mapping([("name", Self.node(modelName)), ("results", Node(results))])
    }

    private static func mapping(_ pairs: [(String, Node)]) -> Node {
        Node(pairs.map { (Node($0.0), $0.1) })
    }

    /// A text; quoted where YAML would take it for something else.
    private static func node(_ text: String) -> Node {
        let plain = (try? Yams.compose(yaml: text)) ?? nil
        let isText = plain?.scalar != nil && plain?.tag.description == "tag:yaml.org,2002:str" && plain?.string == text
        return Node(text, Tag(.str), isText ? .any : .singleQuoted)
    }
}
