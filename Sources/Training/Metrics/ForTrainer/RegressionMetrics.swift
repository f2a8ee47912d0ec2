/// Metrics of a model that predicts a number, ready for ``Trainer``: `computeMetrics: RegressionMetrics.compute`.
public enum RegressionMetrics {
    /// `mse`, `mae`, `r2`, `pearson` and `spearmanr` of predictions `[N]` or `[N, 1]`.
    ///
    /// - Throws: ``MetricError`` where there are not as many predictions as labels, or fewer than two.
    public static func compute(_ prediction: EvalPrediction) throws -> Metrics {
        let (given, wanted) = try CountedLabels.doubles(
            "mean_squared_error", predictions: prediction.predictions, references: prediction.labelIds)
        return [
            "mse": try meanSquaredError(predictions: given, references: wanted),
            "mae": try meanAbsoluteError(predictions: given, references: wanted),
            "r2": try r2Score(predictions: given, references: wanted),
            "pearson": try pearsonr(predictions: given, references: wanted),
            "spearmanr": try spearmanr(predictions: given, references: wanted),
        ]
    }
}
