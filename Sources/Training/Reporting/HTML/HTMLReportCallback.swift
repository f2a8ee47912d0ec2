public import Foundation
import OrderedJSON

/// Writes a page about the run: numbers, curves of everything logged, the confusion matrix of the last evaluation, where the
/// time went, arguments and environment. One file without anything from elsewhere, for screens light and dark, large and
/// small.
///
/// ```swift
/// try Trainer(model: model, arguments: arguments, trainDataset: rows,
///             callbacks: [HTMLReportCallback(file: URL(filePath: "report.html"))]).train()
/// ```
/// Added by `report_to html`, which writes `report.html` in the output folder, and by `trainer train --report`. The page is
/// written when training begins, at each evaluation and checkpoint, and at the end; evaluation afterwards completes it.
/// It replaces the file as a whole. Arguments stand there as they were given, tokens excepted.
public final class HTMLReportCallback: ReportingCallback {
    private let file: URL?
    private let labelNames: [String]?
    private var phases = PhaseClock()
    private var confusion: ConfusionTable?
    private var isEvaluating = false

    /// - Parameters:
    ///   - file: Default nil: `report.html` in the output folder.
    ///   - labelNames: Names of the classes, in order. Default nil: those of the model's configuration, or numbers.
    public init(file: URL? = nil, labelNames: [String]? = nil) {
        self.file = file
        self.labelNames = labelNames
    }

    override var subject: String { "the report" }

    public override func onTrainBegin(_ context: CallbackContext, control: inout TrainerControl) throws {
        confusion = nil
        phases.start()
        try open { try write(context) }
        // What writing took is none of the run's.
        phases.start()
    }

    public override func onStepBegin(_ context: CallbackContext, control: inout TrainerControl) throws {
        phases.mark(.data)
    }

    public override func onSubstepEnd(_ context: CallbackContext, control: inout TrainerControl) throws {
        phases.mark(.pass, isWhole: false)
    }

    public override func onPreOptimizerStep(_ context: CallbackContext, control: inout TrainerControl) throws {
        phases.mark(.pass)
    }

    public override func onOptimizerStep(_ context: CallbackContext, control: inout TrainerControl) throws {
        phases.mark(.optimizer)
    }

    public override func onStepEnd(_ context: CallbackContext, control: inout TrainerControl) throws {
        phases.mark(.other)
    }

    public override func onPredictionStep(_ context: CallbackContext, control: inout TrainerControl) throws {
        isEvaluating = true
    }

    public override func onLog(_ context: CallbackContext, logs: Metrics, control: inout TrainerControl) throws {
        // The record of an evaluation comes before its end.
        if !isEvaluating { phases.mark(.logging) }
    }

    public override func onEvaluate(_ context: CallbackContext, metrics: Metrics, control: inout TrainerControl) throws
    {
        isEvaluating = false
        phases.mark(.evaluation)
        keepPrediction(context)
        report { try write(context) }
        phases.mark(.logging, isWhole: false)
    }

    public override func onPredict(_ context: CallbackContext, metrics: Metrics, control: inout TrainerControl) throws {
        isEvaluating = false
    }

    public override func onSave(_ context: CallbackContext, control: inout TrainerControl) throws {
        phases.mark(.saving)
        report { try write(context) }
        phases.mark(.logging, isWhole: false)
    }

    public override func onTrainEnd(_ context: CallbackContext, control: inout TrainerControl) throws {
        phases.stop()
        report { try write(context) }
    }

    private func keepPrediction(_ context: CallbackContext) {
        guard let prediction = context.prediction else { return }
        confusion = ConfusionTable(prediction, names: labelNames ?? Self.names(context)) ?? confusion
    }

    private func write(_ context: CallbackContext) throws {
        let state = context.state
        let status: RunReport.Status =
            phases.isRunning || state.logHistory.isEmpty
            ? .running : state.globalStep < state.maxSteps ? .stopped : .done
        let report = RunReport(context, phases: phases, confusion: confusion, status: status)
        let target = file ?? context.arguments.outputFolder.appending(path: "report.html")
        try context.files.createDirectory(target.deletingLastPathComponent().path)
        try context.files.replace(target.path, Data(ReportPage(report: report).html.utf8))
    }

    /// `id2label` of the model's configuration.
    private static func names(_ context: CallbackContext) -> [String]? {
        guard let text = context.modelConfiguration, let json = try? JSONValue(parsing: Data(text.utf8)),
            let labels = json["id2label"]?.objectValue
        else { return nil }
        let names = (0..<labels.count).compactMap { labels["\($0)"]?.stringValue }
        return names.count == labels.count ? names : nil
    }
}
