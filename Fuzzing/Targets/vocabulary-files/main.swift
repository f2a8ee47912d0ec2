import Foundation
import FuzzSupport
import Tokenization

/// The files of old formats: the first byte says which, a zero byte separates two files.
let folder = makeFolder()
let names = ["vocab.txt", "vocab.json", "merges.txt", "tokenizer.model", "tokenizer_config.json", "config.json"]

fuzz { input in
    guard let first = input.first else { return }
    let parts = input.dropFirst().split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    for name in names { try? FileManager.default.removeItem(at: folder.appendingPathComponent(name)) }
    func write(_ part: Int, _ name: String) {
        guard part < parts.count else { return }
        try? Data(parts[part]).write(to: folder.appendingPathComponent(name))
    }
    switch first % 4 {
    case 0: write(0, "vocab.txt")
    case 1:
        write(0, "vocab.json")
        write(1, "merges.txt")
        try? Data(#"{"model_type": "gpt2"}"#.utf8).write(to: folder.appendingPathComponent("config.json"))
    case 2: write(0, "tokenizer.model")
    default:
        write(0, "vocab.txt")
        write(1, "tokenizer_config.json")
    }
    do {
        let tokenizer = try Tokenizer(folder: folder)
        _ = tokenizer.decode(try tokenizer("Hello, world's é\u{301} 한국 12345", textPair: "a").inputIds)
    } catch {
        require(error is TokenizerError, "an error of another type: \(error)")
    }
}
