import Foundation
import FuzzSupport
import Tokenization

/// Texts for tokenizers of each kind; the first byte says which.
let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../Tests/TokenizationTests/Fixtures").standardizedFileURL
let tokenizers = try FileManager.default.contentsOfDirectory(atPath: fixtures.path).sorted().compactMap {
    try? Tokenizer(folder: fixtures.appendingPathComponent($0))
}
precondition(!tokenizers.isEmpty, "there are no tokenizers in \(fixtures.path)")

fuzz { input in
    guard let first = input.first else { return }
    let tokenizer = tokenizers[Int(first) % tokenizers.count]
    let text = String(decoding: input.dropFirst(), as: UTF8.self)
    do {
        let encoding = try tokenizer(text, addSpecialTokens: false)
        let count = text.unicodeScalars.count
        for offset in encoding.offsets {
            require(offset.upperBound <= count, "an offset lies behind the text")
        }
        require(encoding.tokens.count == encoding.inputIds.count, "as many tokens as ids")
        _ = tokenizer.decode(encoding.inputIds)
    } catch {
        require(error is TokenizerError, "an error of another type: \(error)")
    }
}
