import Foundation
import OrderedJSON

/// Everything that a report shows.
struct RunReport {
    enum Status {
        case running
        case done
        case stopped
    }

    struct Figure: Hashable {
        let name: String
        let value: String
    }

    struct Argument {
        let name: String
        let value: String
        let standard: String
        var isChanged: Bool { value != standard }
    }

    let title: String
    let subtitle: String
    let status: Status
    let figures: [Figure]
    let charts: [LineChart]
    let confusion: ConfusionTable?
    let phases: [(phase: PhaseClock.Phase, total: PhaseClock.Total)]
    let arguments: [Argument]
    let environment: [(name: String, value: String)]

    init(_ context: CallbackContext, phases: PhaseClock, confusion: ConfusionTable?, status: Status) {
        let state = context.state
        let model = String(describing: type(of: context.model))
        title = context.arguments.runName ?? model
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.dateFormat = "d MMMM yyyy, HH:mm"
        subtitle = (context.arguments.runName == nil ? "" : "\(model), ") + format.string(from: Date())
        self.status = status
        figures = Self.figures(state)
        charts = ChartSelection(state.logHistory).charts
        self.confusion = confusion
        self.phases = phases.slowest
        arguments = Self.arguments(context.arguments)
        environment = RunEnvironment.rows(context.device)
    }

    /// The run in a few numbers: how it ended, the last evaluation, the best, the speed.
    private static func figures(_ state: TrainerState) -> [Figure] {
        var figures: [Figure] = []
        func add(_ name: String, _ value: String?) {
            if let value { figures.append(Figure(name: name, value: value)) }
        }
        func last(_ name: String) -> Double? {
            state.logHistory.last { $0[name]?.doubleValue != nil }?[name]?.doubleValue
        }
        let evaluation = state.logHistory.last { $0.keys.contains { $0.hasPrefix("eval_") } }
        for (name, value) in evaluation ?? JSONObject() where name.hasPrefix("eval_") {
            let isSpeed = ["_runtime", "_per_second", "_model_preparation_time"].contains(where: name.hasSuffix)
            guard !isSpeed, !name.contains("_mem_"), let number = value.doubleValue else { continue }
            add("Evaluation " + name.dropFirst(5).replacing("_", with: " "), NumberText.short(number))
        }
        add("Training loss, mean", last("train_loss").map(NumberText.short))
        if let best = state.bestMetric {
            add(
                "Best metric" + (state.bestGlobalStep.map { ", step \(NumberText.grouped($0))" } ?? ""),
                NumberText.short(best))
        }
        let steps = NumberText.grouped(state.globalStep)
        add("Steps", state.globalStep == state.maxSteps ? steps : "\(steps) of \(NumberText.grouped(state.maxSteps))")
        add("Epochs", NumberText.short((state.epoch * 100).rounded() / 100))
        add("Training time", last("train_runtime").map(NumberText.duration))
        add("Samples per second", last("train_samples_per_second").map(NumberText.short))
        add("Tokens seen", state.numInputTokensSeen > 0 ? NumberText.grouped(state.numInputTokensSeen) : nil)
        return figures
    }

    private static func arguments(_ arguments: TrainingArguments) -> [Argument] {
        let standard = TrainingArguments().configuration
        return arguments.publicConfiguration.map { name, value in
            Argument(name: name, value: text(value), standard: standard[name].map(text) ?? "")
        }
    }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .null: "none"
        case .string(let text): text
        case .array(let values): values.map(text).joined(separator: ", ")
        default: value.serialized()
        }
    }
}
