/// Speed figures with Python's names and rounding.
enum SpeedMetrics {
    static func metrics(prefix: String, seconds: Double, samples: Double, steps: Double) -> Metrics {
        var metrics = Metrics()
        metrics["\(prefix)_runtime"] = rounded(seconds, 4)
        guard seconds > 0 else { return metrics }
        metrics["\(prefix)_samples_per_second"] = rounded(samples / seconds, 3)
        metrics["\(prefix)_steps_per_second"] = rounded(steps / seconds, 3)
        return metrics
    }

    /// Those of a log record during training.
    static func tokens(seconds: Double, tokens: Int) -> Metrics {
        var metrics = Metrics()
        metrics["train_runtime"] = rounded(seconds, 4)
        if seconds > 0 { metrics["train_tokens_per_second"] = rounded(Double(tokens) / seconds, 3) }
        return metrics
    }

    private static func rounded(_ value: Double, _ digits: Int) -> Double {
        let scale = [1.0, 10, 100, 1000, 10000][digits]
        return (value * scale).rounded() / scale
    }
}
