import Foundation

/// Probabilities of the classes.
enum Softmax {
    static func rows(_ logits: [Float], width: Int) -> [Float] {
        guard width > 0 else { return [] }
        var result = logits
        for start in stride(from: 0, to: logits.count, by: width) {
            let row = start..<start + width
            let highest = logits[row].max() ?? 0
            var sum: Float = 0
            for place in row {
                result[place] = exp(logits[place] - highest)
                sum += result[place]
            }
            for place in row { result[place] /= sum }
        }
        return result
    }
}
