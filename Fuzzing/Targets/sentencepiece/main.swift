import Foundation
import FuzzSupport
@testable import Tokenization

/// SentencePiece files: the first byte says of which class, the rest is the file.
let folder = TokenizerFolder(url: makeFolder())
let texts = ["Hello, world!", "▁ \u{E9}e\u{301}\r\n\u{2122}\u{1E}g ﬁ½ 한국 日本語 <s>\u{200D}", "aaaaaaaaab<0x41>"]

fuzz { input in
    guard let first = input.first else { return }
    do {
        let families = SentencePieceFamily.allCases
        let family = families[Int(first) % families.count]
        let model = try SentencePieceModel(Array(input.dropFirst()), path: "fuzz.model")
        var configuration = try TokenizerConfiguration(folder)
        configuration.fillRoles(from: family.specialTokens)
        let pipeline = try Pipeline(model, path: "fuzz.model", folder, family, &configuration)
        let tokenizer = try Tokenizer(pipeline, configuration)
        for text in texts + model.pieces.prefix(3).map(\.text) {
            let encoding = try tokenizer(text)
            _ = tokenizer.decode(encoding.inputIds)
            let count = text.unicodeScalars.count
            for offset in encoding.offsets {
                require(offset.upperBound <= count, "an offset lies behind the text")
            }
        }
    } catch {
        require(error is TokenizerError, "an error of another type: \(error)")
    }
}
