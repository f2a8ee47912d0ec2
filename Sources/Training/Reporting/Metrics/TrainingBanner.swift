import Foundation

/// The lines that Python's `log_level` info adds.
enum TrainingBanner {
    static func training(
        _ arguments: TrainingArguments, ranks: Int, rows: Int, epochs: Int, stepsPerEpoch: Int, maxSteps: Int,
        parameters: Int
    ) -> String {
        let batch = arguments.perDeviceTrainBatchSize
        let accumulation = arguments.gradientAccumulationSteps
        let total = batch * accumulation * (arguments.splitBatches ? 1 : ranks)
        return """
            ***** Running training *****
              Num examples = \(grouped(rows))
              Num Epochs = \(grouped(epochs))
              Num update steps per epoch = \(grouped(stepsPerEpoch))
              Instantaneous batch size per device = \(grouped(batch))
              Total train batch size (w. parallel, distributed & accumulation) = \(grouped(total))
              Gradient Accumulation steps = \(accumulation)
              Total optimization steps = \(grouped(maxSteps))
              Number of trainable parameters = \(grouped(parameters))

            """
    }

    /// - Parameter title: `Evaluation` or `Prediction`.
    static func evaluation(_ title: String, rows: Int, batchSize: Int) -> String {
        """
        ***** Running \(title) *****
          Num examples = \(rows)
          Batch size = \(batchSize)

        """
    }

    /// With commas between thousands.
    private static func grouped(_ number: Int) -> String {
        let digits = String(number)
        return digits.enumerated().map { index, digit in
            index > 0 && (digits.count - index) % 3 == 0 ? ",\(digit)" : "\(digit)"
        }.joined()
    }
}
