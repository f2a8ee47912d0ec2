import Foundation
import Tokenization

private struct Figures: Encodable {
    var loadSeconds: Double
    var lines: Int
    var bytes: Int
    var tokens: Int
    /// Seconds of the processor's time, one text after the other; the fastest round.
    var oneCore: Double
    /// Seconds that pass, all texts as one batch on all cores; the fastest round.
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
        let started = processorSeconds()
        for line in lines { count += try tokenizer(line, truncation: false).count }
        one = min(one, processorSeconds() - started)
        var batch: BatchEncoding?
        all = min(all, seconds(try clock.measure { batch = try tokenizer(batch: lines, truncation: false) }))
        tokens = batch?.reduce(0) { $0 + $1.count } ?? 0
        precondition(count == tokens, "a batch has other tokens than its texts")
    }
    let figures = Figures(
        loadSeconds: seconds(load), lines: lines.count, bytes: lines.reduce(0) { $0 + $1.utf8.count }, tokens: tokens,
        oneCore: one, allCores: all)
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    print(String(decoding: try encoder.encode(figures), as: UTF8.self))
}

/// The time that this program has had of all processors: what others do beside it does not count.
private func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

private func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}
