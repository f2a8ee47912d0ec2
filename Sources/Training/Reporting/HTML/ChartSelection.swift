import OrderedJSON

/// Finds what of a log history is worth a curve.
struct ChartSelection {
    let charts: [LineChart]

    init(_ history: [JSONObject]) {
        var loss: [ChartSeries] = []
        var others: [LineChart] = []
        for name in Self.names(history) {
            let series = Self.series(name, history)
            guard !series.points.isEmpty || series.hidden > 0 else { continue }
            if name == "loss" || name.hasSuffix("_loss") {
                loss.append(series)
            } else if series.points.count > 1 {
                others.append(LineChart(title: Self.title(name), series: [series]))
            }
        }
        // The training loss first, then the sets it is evaluated on.
        loss = loss.filter { $0.name == "training" } + loss.filter { $0.name != "training" }
        charts = (loss.isEmpty ? [] : [LineChart(title: "Loss", series: loss)]) + others
    }

    private static func names(_ history: [JSONObject]) -> [String] {
        var names: [String] = []
        for record in history {
            for (name, value) in record where value.doubleValue != nil && isCurve(name) && !names.contains(name) {
                names.append(name)
            }
        }
        // Metrics first, then what tells how training went.
        let technical = ["grad_norm", "learning_rate"]
        return names.filter { !technical.contains($0) } + technical.reversed().filter(names.contains)
    }

    private static func isCurve(_ name: String) -> Bool {
        let excluded = ["step", "epoch", "train_loss", "total_flos", "num_input_tokens_seen"]
        return !excluded.contains(name) && !name.contains("_mem_")
            && !["_runtime", "_per_second", "_model_preparation_time"].contains(where: name.hasSuffix)
    }

    private static func series(_ name: String, _ history: [JSONObject]) -> ChartSeries {
        let points = history.compactMap { record -> ChartSeries.Point? in
            guard let value = record[name]?.doubleValue, let step = record["step"]?.intValue else { return nil }
            return ChartSeries.Point(step: step, value: value)
        }
        return ChartSeries(seriesName(name), points)
    }

    private static func seriesName(_ name: String) -> String {
        switch name {
        case "loss": "training"
        case "eval_loss": "evaluation"
        case _ where name.hasPrefix("eval_") && name.hasSuffix("_loss"): String(name.dropFirst(5).dropLast(5))
        default: title(name)
        }
    }

    /// A name as a heading: `eval_f1_macro` is `f1 macro (evaluation)`.
    private static func title(_ name: String) -> String {
        switch name {
        case "learning_rate": "Learning rate"
        case "grad_norm": "Gradient norm"
        default:
            (name.hasPrefix("eval_") ? String(name.dropFirst(5)) : name).replacing("_", with: " ").capitalizedFirst
        }
    }
}

extension String {
    /// With the first letter in upper case.
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
