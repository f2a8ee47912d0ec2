public import OrderedJSON

/// Where log records go besides the console and `trainer_state.json`.
public enum ReportingIntegration: String, ArgumentChoice {
    /// Event files for TensorBoard: ``TensorBoardCallback``.
    case tensorBoard = "tensorboard"
    /// `log_history.jsonl` in the output folder: ``JSONLinesCallback``. Not in Python.
    case jsonLines = "jsonl"
    /// `log_history.csv` in the output folder: ``CSVCallback``. Not in Python.
    case csv
    /// `report.html` in the output folder: ``HTMLReportCallback``. Not in Python.
    case html

    /// Python's other integrations, and why they are not here.
    public static let refusals: [String: String] = {
        let needsPython = "it is a Python package; log to tensorboard or jsonl and import that"
        return [
            "azure_ml": needsPython, "clearml": needsPython, "codecarbon": needsPython, "comet_ml": needsPython,
            "dagshub": needsPython, "dvclive": needsPython, "flyte": needsPython, "kubeflow": needsPython,
            "neptune": needsPython, "swanlab": needsPython, "trackio": needsPython,
            "mlflow": "runs are not sent to a server; log to tensorboard or jsonl and import that",
            "wandb": "its offline files have no documented format; log to tensorboard, whose files wandb sync takes",
        ]
    }()
}

/// The value of `report_to`: some integrations, `all` or `none`.
public struct ReportTo: ArgumentValue, ExpressibleByArrayLiteral {
    public var integrations: [ReportingIntegration]

    public init(_ integrations: [ReportingIntegration]) {
        var seen: Set<ReportingIntegration> = []
        self.integrations = integrations.filter { seen.insert($0).inserted }
    }
    public init(arrayLiteral elements: ReportingIntegration...) { self.init(elements) }

    public static let none = ReportTo([])
    public static let all = ReportTo(ReportingIntegration.allCases)

    public init?(argument json: JSONValue) {
        let words = json.arrayValue ?? [json]
        switch words {
        case [], ["none"], [.null]: self = .none
        case ["all"]: self = .all
        default:
            var found: [ReportingIntegration] = []
            for word in words {
                guard let integration = ReportingIntegration(argument: word) else { return nil }
                found.append(integration)
            }
            self.init(found)
        }
    }
    public var argumentJSON: JSONValue {
        integrations.isEmpty ? "none" : .array(integrations.map { .string($0.rawValue) })
    }
    public static var placeholder: String {
        "{none,all,\(ReportingIntegration.allCases.map(\.rawValue).joined(separator: ","))} ..."
    }
    public static var takesSeveralWords: Bool { true }
    public static var valuesToCome: [String] { ReportingIntegration.refusals.keys.sorted() }
    public static func reasonAgainst(_ value: String) -> String? { ReportingIntegration.refusals[value] }
}
