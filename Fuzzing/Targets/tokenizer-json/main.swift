import FuzzSupport
import OrderedJSON
@testable import Tokenization

/// tokenizer.json with all types of steps.
let folder = TokenizerFolder(url: makeFolder())
let texts = [
    "", "Hello, World's  hello ab", "▁ \u{E9}e\u{301}\r\n\u{2122}\u{1E}g ﬁ½ 한국 日本語 <s>\u{200D} 12345 İ",
    "a[MASK]b <0x41>",
]

fuzz { input in
    guard let value = try? JSONValue(parsing: input, source: "tokenizer.json") else { return }
    do {
        let node = PipelineNode(value: value, file: "tokenizer.json", place: "")
        var configuration = try TokenizerConfiguration(folder)
        let tokenizer = try Tokenizer(try Pipeline(node, &configuration), configuration)
        for text in texts {
            let encoding = try tokenizer(text, textPair: "a")
            _ = tokenizer.decode(encoding.inputIds)
            _ = tokenizer.decode(encoding.inputIds, skipSpecialTokens: true)
            _ = encoding.tokens
        }
        _ = tokenizer.pipeline.json.serialized(JSONFormat())
    } catch {
        require(error is TokenizerError, "an error of another type: \(error)")
        require(!"\(error)".isEmpty, "an error without words")
    }
}
