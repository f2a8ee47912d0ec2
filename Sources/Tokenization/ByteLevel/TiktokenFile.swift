internal import Foundation
internal import OrderedJSON

/// A vocabulary as tiktoken writes it: a token in base 64 and its rank, which is its id, on each line.
struct TiktokenFile {
    /// By rank.
    let tokens: [(bytes: [UInt8], rank: Int32)]

    /// Whether a file looks like one, which no SentencePiece model does.
    static func isLikely(_ bytes: [UInt8]) -> Bool {
        guard let line = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1).first, line.count < 2048,
            let space = line.firstIndex(of: UInt8(ascii: " "))
        else { return false }
        return Data(base64Encoded: Data(line[..<space])) != nil
            && Int(String(decoding: line[(space + 1)...], as: UTF8.self)) != nil
    }

    /// Longer tokens are refused: each is looked at in all its parts.
    private static let lengthLimit = 1 << 10

    init(_ bytes: [UInt8], path: String) throws(TokenizerError) {
        var tokens: [(bytes: [UInt8], rank: Int32)] = []
        var ranks: Set<Int> = []
        var contents: Set<[UInt8]> = []
        var number = 0
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            guard !line.isEmpty else { continue }
            func error(_ reason: String) -> TokenizerError {
                .invalidFile(path: path, place: "line \(number)", reason: reason)
            }
            guard let space = line.firstIndex(of: UInt8(ascii: " ")),
                let token = Data(base64Encoded: Data(line[..<space])), !token.isEmpty,
                let rank = Int(String(decoding: line[(space + 1)...], as: UTF8.self))
            else { throw error("expected a token in base 64 and its rank") }
            guard token.count <= Self.lengthLimit else { throw error("the token is too long (\(token.count) bytes)") }
            guard rank >= 0, rank < Vocabulary.idLimit else {
                throw error("the rank \(rank) is out of range (0 to \(Vocabulary.idLimit - 1))")
            }
            guard ranks.insert(rank).inserted else { throw error("the rank \(rank) comes twice") }
            guard contents.insert([UInt8](token)).inserted else { throw error("the token comes twice") }
            tokens.append(([UInt8](token), Int32(truncatingIfNeeded: rank)))
        }
        self.tokens = tokens.sorted { $0.rank < $1.rank }
    }

    /// The model with a merge for each two tokens that make another, in the order of what they make and then of their
    /// own ranks, as Python's `transformers` converts it.
    func model(path: String) throws(TokenizerError) -> BPE {
        func written(_ bytes: some Sequence<UInt8>) -> String {
            var text = String.UnicodeScalarView()
            for byte in bytes {
                if let scalar = Unicode.Scalar(ByteAlphabet.scalars[Int(byte)]) { text.append(scalar) }
            }
            return String(text)
        }
        let file = PipelineNode(value: .null, file: path, place: "")
        let vocabulary = try Vocabulary(entries: tokens.map { (written($0.bytes), Int($0.rank)) }, at: file)
        // No longer altogether than the vocabulary, which has been checked.
        var ranks = ByteTrie(expectedKeys: tokens.count)
        for (bytes, rank) in tokens { _ = ranks.insert(bytes, value: rank) }
        var merges: [(left: Int32, right: Int32, id: Int32)] = []
        for (bytes, rank) in tokens where bytes.count > 1 {
            var parts: [(left: Int32, right: Int32)] = []
            for split in 1..<bytes.count {
                guard let left = ranks.value(bytes[..<split]), let right = ranks.value(bytes[split...]) else {
                    continue
                }
                parts.append((left, right))
            }
            for part in parts.sorted(by: { ($0.left, $0.right) < ($1.left, $1.right) }) {
                merges.append((part.left, part.right, rank))
            }
        }
        var table = MergeTable(capacity: merges.count)
        for (rank, merge) in merges.enumerated() {
            table.insert(
                merge.left, merge.right, MergeTable.Merge(rank: UInt32(truncatingIfNeeded: rank), id: merge.id))
        }
        var settings = BPE.Settings()
        settings.ignoreMerges = true
        return BPE(vocabulary: vocabulary, merges: table, settings: settings)
    }
}

extension Pipeline {
    /// The file name of a folder's tiktoken vocabulary; nil where there is none.
    static func tiktokenFile(_ folder: TokenizerFolder) throws(TokenizerError) -> String? {
        for name in ["tiktoken.model", "tokenizer.model"] where folder.contains(name) {
            return TiktokenFile.isLikely(try folder.bytes(name)) ? name : nil
        }
        return nil
    }

    /// The pipeline of a tiktoken vocabulary, which has Llama 3's steps.
    init(
        tiktoken folder: TokenizerFolder, _ name: String, _ configuration: inout TokenizerConfiguration
    ) throws(TokenizerError) {
        let path = folder.path(name)
        let model = try TiktokenFile(try folder.bytes(name), path: path).model(path: path)
        if let tokenizerClass = configuration.tokenizerClass, tokenizerClass.hasPrefix("LlamaTokenizer") {
            configuration.fillRoles(from: SentencePieceFamily.llama.specialTokens)
        }
        self.init(
            preTokenizer: PreTokenizerSequence(steps: [
                SplitPreTokenizer(pattern: .llama3), ByteLevelPreTokenizer(addPrefixSpace: false, useRegex: false),
            ]),
            model: model, postProcessor: ByteLevelPostProcessor(trimOffsets: false), decoder: ByteLevelDecoder())
        try addTokens(configuration, folder, extra: [])
    }
}
