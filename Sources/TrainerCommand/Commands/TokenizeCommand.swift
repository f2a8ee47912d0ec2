import ArgumentParser
import Foundation
import OrderedJSON
import SwiftTrainer

/// `trainer tokenize`
struct TokenizeCommand: TrainerSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize", abstract: "Shows how a model's tokenizer cuts the texts of files.",
        discussion: """
            Writes one JSON object a text, in order: input_ids, token_type_ids, tokens, offsets, and what other flags ask \
            for. A text of which --return-overflowing-tokens gives several parts has an object for each.

              trainer tokenize --model MODEL --file texts.csv --text-column sentence
              echo "Swift is fast." | trainer tokenize --model MODEL
            """)

    @Option(help: "The folder of the model or tokenizer, or a model of the Hub: org/name.")
    var model: String

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Rows with texts (.csv, .tsv, .jsonl, .json, .parquet, .arrow), other files line by line, or patterns such as 'data/*.txt' (default: standard input, line by line).",
            valueName: "file ...")
    )
    var file: [String] = []

    @Option(help: "Where the tokens go (default: standard output).")
    var output: String?

    @Option(help: ArgumentHelp("Whether special tokens such as [CLS] are added.", valueName: "true|false"))
    var addSpecialTokens: Bool = true

    @Option(help: "How pairs are cut: longest_first, only_first, only_second, do_not_truncate.")
    var truncation: String?

    @Option(help: "How many tokens neighbouring parts of a text share.")
    var stride: Int = 0

    @Option(
        help: ArgumentHelp("Whether the parts of texts that were cut off are shown too.", valueName: "true|false"))
    var returnOverflowingTokens: Bool = false

    @Option(help: "What offsets count: chars (Unicode scalars, as Python) or bytes (of UTF-8).")
    var offsets: String = "chars"

    @Option(help: ArgumentHelp("Whether word_ids and sequence_ids are shown.", valueName: "true|false"))
    var returnWordIds: Bool = false

    @Option(help: ArgumentHelp("Whether special_tokens_mask is shown.", valueName: "true|false"))
    var returnSpecialTokensMask: Bool = false

    @OptionGroup(title: "Columns") var columns: ColumnOptions
    @OptionGroup(title: "Hub") var hub: HubOptions

    static let switches = ColumnOptions.switches.union([
        "add-special-tokens", "return-overflowing-tokens", "return-word-ids", "return-special-tokens-mask",
    ])
    static let ownFlags = Set(["model", "file", "output", "truncation", "stride", "offsets"])
        .union(ColumnOptions.flags).union(HubOptions.flags).union(switches)

    /// Texts are encoded together so many at a time, on all cores.
    private static let portion = 1024
    /// From so many bytes on there is a progress bar.
    private static let large = 4 << 20

    func perform(_ arguments: TrainingArguments) throws {
        guard ["chars", "bytes"].contains(offsets) else {
            throw CommandFailure.usage("--offsets is \(offsets), but must be chars or bytes")
        }
        let truncation = try truncationChoice()
        let model = try hub.folder(model, .tokenizer)
        let tokenizer = try AutoTokenizer.fromPretrained(folder: model)
        let choice = columns.choice(orStored: try TextClassificationSettings.load(folder: model))
        let files = try TextRows.files(file.isEmpty ? [TextRows.standardInput] : file)
        let isTable = files.contains { TextRows.isTable($0) }
        let rows = TextRows(
            files: files,
            columns: isTable ? choice : ColumnChoice(text: columns.textColumn, textPair: columns.textPairColumn),
            quoting: columns.quoting)
        let lines = try ResultLines(path: output)
        do {
            try tokenize(rows, tokenizer, truncation, lines)
            try lines.finish()
        } catch {
            lines.discard()
            throw error
        }
    }

    /// Nothing is cut unless asked for: this is to see what the tokenizer does.
    private func truncationChoice() throws -> Truncation {
        guard let truncation else { return columns.maxLength == nil ? .doNotTruncate : .longestFirst }
        guard let choice = Truncation(rawValue: truncation) else {
            throw CommandFailure.usage(
                "--truncation is \(truncation), but must be longest_first, only_first, only_second or do_not_truncate")
        }
        return choice
    }

    private func tokenize(
        _ rows: TextRows, _ tokenizer: Tokenizer, _ truncation: Truncation, _ lines: ResultLines
    ) throws {
        let size = rows.byteCount ?? 0
        let progress = size >= Self.large && output != nil ? ProgressLine("tokenize", total: size) : nil
        defer { progress?.close() }
        var pending: [TextRows.Row] = []
        var bytes = 0
        var sample = 0
        func write() throws {
            let pairs = pending.compactMap(\.pair)
            let batch = try tokenizer(
                batch: pending.map(\.text), textPairs: pairs.isEmpty ? nil : pairs,
                addSpecialTokens: addSpecialTokens, truncation: truncation, maxLength: columns.maxLength,
                stride: stride, returnOverflowingTokens: returnOverflowingTokens)
            for (encoding, number) in zip(batch, batch.overflowToSampleMapping) {
                try lines.write(line(encoding, pending[number], sample: sample + number))
            }
            sample += pending.count
            pending.removeAll(keepingCapacity: true)
            progress?.advance(to: bytes)
        }
        try rows.forEach { row, size in
            pending.append(row)
            bytes += size
            if pending.count == Self.portion { try write() }
        }
        try write()
    }

    private func line(_ encoding: Encoding, _ row: TextRows.Row, sample: Int) -> String {
        let places =
            offsets == "bytes" ? encoding.utf8Offsets(in: row.text, textPair: row.pair ?? "") : encoding.offsets
        func numbers(_ values: [Int?]) -> JSONValue { .array(values.map { $0.map(JSONValue.int) ?? .null }) }
        var object: JSONObject = [
            "input_ids": .array(encoding.inputIds.map { .int(Int($0)) }),
            "token_type_ids": .array(encoding.tokenTypeIds.map { .int(Int($0)) }),
            "tokens": .array(encoding.tokens.map { .string($0) }),
            "offsets": .array(places.map { [.int($0.lowerBound), .int($0.upperBound)] }),
        ]
        if returnSpecialTokensMask {
            object["special_tokens_mask"] = .array(encoding.specialTokensMask.map { .int(Int($0)) })
        }
        if returnWordIds {
            object["word_ids"] = numbers(encoding.wordIds)
            object["sequence_ids"] = numbers(encoding.sequenceIds)
        }
        if returnOverflowingTokens { object["overflow_to_sample_mapping"] = .int(sample) }
        return JSONValue.object(object).serialized(JSONFormat(ensureASCII: false))
    }
}
