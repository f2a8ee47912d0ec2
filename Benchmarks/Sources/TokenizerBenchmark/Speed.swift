import Foundation
import Tokenization

private struct Figures: Encodable {
    var loadSeconds: Double
    var lines: Int
    var bytes: Int
    var tokens: Int
    /// Seconds of the fastest round: one text after the other, and as one batch on all cores.
    var oneCore: Double
    var allCores: Double
}

/// Times the encoding of a file's lines and prints the figures as JSON.
func time(folder: String, file: String, rounds: Int) throws {
    let clock = ContinuousClock()
    var tokenizer: Tokenizer?
    let load = try clock.measure { tokenizer = try Tokenizer(folder: URL(fileURLWithPath: folder)) }
    guard let tokenizer else { return }
    let lines = try Data(contentsOf: URL(fileURLWithPath: file)).split(separator: UInt8(ascii: "\n")).map {
        String(decoding: $0, as: UTF8.self)
    }
    var tokens = 0
    var one = Double.infinity
    var all = Double.infinity
    for _ in 0..<rounds {
        var count = 0
        one = min(
            one,
            seconds(try clock.measure { for line in lines { count += try tokenizer(line, truncation: false).count } }))
        all = min(
            all,
            seconds(
                try clock.measure {
                    count -= try tokenizer(batch: lines, truncation: false).reduce(0) { $0 + $1.count }
                }))
        precondition(count == 0, "a batch has other tokens than its texts")
        tokens = try tokenizer(batch: lines, truncation: false).reduce(0) { $0 + $1.count }
    }
    let figures = Figures(
        loadSeconds: seconds(load), lines: lines.count, bytes: lines.reduce(0) { $0 + $1.utf8.count }, tokens: tokens,
        oneCore: one, allCores: all)
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    print(String(decoding: try encoder.encode(figures), as: UTF8.self))
}

private func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}
