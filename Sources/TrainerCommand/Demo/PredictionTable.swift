import Foundation
import SwiftTrainer

/// A table of sentences with what was predicted for them.
enum PredictionTable {
    /// The first rows of each class in turn, and a mark where the prediction is wrong.
    static func lines(
        _ texts: [String], _ predictions: [TextPrediction], _ labels: [String], count: Int
    ) -> [String] {
        let width = max(10, labels.map(\.count).max() ?? 0)
        func cell(_ text: String) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }
        var lines = ["  \(cell("predicted"))  score  \(cell("label"))  text"]
        for row in texts.indices.prefix(count) {
            let isRight = predictions[row].label == labels[row]
            let text = texts[row].count > 68 ? texts[row].prefix(67) + "…" : texts[row]
            lines.append(
                "\(isRight ? " " : "x") \(cell(predictions[row].label))  "
                    + "\(String(format: "%.3f", predictions[row].score))  \(cell(labels[row]))  \(text)")
        }
        return lines
    }
}
