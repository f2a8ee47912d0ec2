import Foundation
import Tokenization

/// What is asked: a text, or a pair, to be encoded; or ids to be decoded.
private struct Question: Decodable {
    var text: String?
    var pair: String?
    var ids: [Int]?
}

/// Everything that is compared with Python.
private struct Answer: Encodable {
    var ids: [Int32]?
    var typeIds: [Int32]?
    var offsets: [[Int]]?
    var tokens: [String]?
    var attention: [Int32]?
    var special: [Int32]?
    var words: [Int?]?
    var decoded: String?
    var decodedSkip: String?
    var error: String?
}

/// Reads questions and writes answers, one a line, until the input ends.
func answer(folder: String) throws {
    let tokenizer = try Tokenizer(folder: URL(fileURLWithPath: folder))
    let decoder = JSONDecoder()
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    while let line = readLine() {
        let question = try decoder.decode(Question.self, from: Data(line.utf8))
        var answer = Answer()
        do {
            if let text = question.text {
                let encoding = try tokenizer(text, textPair: question.pair, truncation: false)
                answer.ids = encoding.inputIds
                answer.typeIds = encoding.tokenTypeIds
                answer.offsets = encoding.offsets.map { [$0.lowerBound, $0.upperBound] }
                answer.tokens = encoding.tokens
                answer.attention = encoding.attentionMask
                answer.special = encoding.specialTokensMask
                answer.words = encoding.wordIds
            }
            let ids = question.ids ?? (answer.ids ?? []).map(Int.init)
            answer.decoded = tokenizer.decode(ids)
            answer.decodedSkip = tokenizer.decode(ids, skipSpecialTokens: true)
        } catch {
            answer = Answer(error: "\(error)")
        }
        FileHandle.standardOutput.write(try encoder.encode(answer) + [UInt8(ascii: "\n")])
    }
}
