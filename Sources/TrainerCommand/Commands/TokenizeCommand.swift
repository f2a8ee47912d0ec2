import ArgumentParser
import Foundation
import OrderedJSON
import SwiftTrainer

/// `trainer tokenize`
struct TokenizeCommand: TrainerSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize", abstract: "Shows how a model's tokenizer cuts the texts of a file.",
        discussion: "Writes one JSON object a row, in order: input_ids, token_type_ids, tokens, offsets.")

    @Option(help: "The folder of the model or tokenizer, or a model of the Hub: org/name.")
    var model: String

    @Option(help: "Rows with texts: .csv, .tsv, .jsonl or .json (one object a line).")
    var file: String

    @Option(help: "Where the tokens go (default: standard output).")
    var output: String?

    @OptionGroup(title: "Columns") var columns: ColumnOptions
    @OptionGroup(title: "Hub") var hub: HubOptions

    static let switches = ColumnOptions.switches
    static let ownFlags = Set(["model", "file", "output"]).union(ColumnOptions.flags)
        .union(HubOptions.flags)

    func perform(_ arguments: TrainingArguments) throws {
        if let output { try OutputFolder.check(file: output) }
        let model = try hub.folder(model, .tokenizer)
        let tokenizer = try AutoTokenizer.fromPretrained(folder: model)
        let choice = columns.choice(orStored: try TextClassificationSettings.load(folder: model))
        let input = try TextFile(file, quoting: columns.quoting)
        let rows = try input.load(stringColumns: choice.names)
        let (found, notes) = try choice.columns(in: rows, file: file, needsLabel: false)
        for note in notes { Console.note("note: \(note)") }
        let texts: [String] = try rows.column(found.text)
        let pairs: [String]? = try found.textPair.map { try rows.column($0) }
        // Nothing is cut unless asked for: this is to see what the tokenizer does.
        let encodings = try tokenizer(
            batch: texts, textPairs: pairs, truncation: columns.maxLength == nil ? false : true,
            maxLength: columns.maxLength)
        let text = encodings.map { Self.line($0) + "\n" }.joined()
        guard let output else { return Console.print(text, terminator: "") }
        do {
            try Data(text.utf8).write(to: URL(filePath: output), options: .atomic)
        } catch {
            throw CommandFailure.failed("cannot write \(output): \(error.localizedDescription)")
        }
    }

    private static func line(_ encoding: Encoding) -> String {
        let object: JSONObject = [
            "input_ids": .array(encoding.inputIds.map { .int(Int($0)) }),
            "token_type_ids": .array(encoding.tokenTypeIds.map { .int(Int($0)) }),
            "tokens": .array(encoding.tokens.map { .string($0) }),
            "offsets": .array(encoding.offsets.map { [.int($0.lowerBound), .int($0.upperBound)] }),
        ]
        return JSONValue.object(object).serialized(JSONFormat(ensureASCII: false))
    }
}
