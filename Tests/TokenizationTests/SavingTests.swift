import Foundation
import Testing
import Tokenization

@Suite struct SavingTests {
    @Test("a saved tokenizer is the peer's file and loads as the same", arguments: ["uncased", "cased", "generic"])
    func roundTrip(name: String) throws {
        let source = TestFiles.fixtures.appendingPathComponent(name)
        let cases = try GoldenCase.read(source.appendingPathComponent("cases.jsonl"))
        try TestFiles.withTemporaryFolder { folder in
            try Tokenizer(folder: source).savePretrained(folder)
            let saved = try Data(contentsOf: folder.appendingPathComponent("tokenizer.json"))
            #expect(saved == (try Data(contentsOf: source.appendingPathComponent("tokenizer.json"))))
            let tokenizer = try Tokenizer(folder: folder)
            #expect(cases.compactMap { $0.difference(tokenizer) } == [])
        }
    }

    @Test func settingsAreKept() throws {
        try TestFiles.withTemporaryFolder { folder in
            let settings = """
                {"tokenizer_class": "BertTokenizer", "do_lower_case": false, "model_max_length": 128, \
                "padding_side": "left", "pad_token": {"content": "[MASK]"}, "custom": [1, 1.0, "é"], \
                "name_or_path": "x"}
                """
            try Data(settings.utf8).write(to: folder.appendingPathComponent("tokenizer_config.json"))
            try FileManager.default.copyItem(
                at: TestFiles.fixtures.appendingPathComponent("uncased/tokenizer.json"),
                to: folder.appendingPathComponent("tokenizer.json"))
            let saved = folder.appendingPathComponent("saved")
            try Tokenizer(folder: folder).savePretrained(saved)
            let tokenizer = try Tokenizer(folder: saved)
            #expect(tokenizer.modelMaxLength == 128)
            #expect(tokenizer.paddingSide == .left)
            #expect(tokenizer.specialTokens.padToken == "[MASK]")
            #expect(try tokenizer.tokenize("Hello hello") == ["Hello", "hello"])
            let text = try String(contentsOf: saved.appendingPathComponent("tokenizer_config.json"), encoding: .utf8)
            #expect(text.contains("\"é\"") && text.contains("1.0") && !text.contains("name_or_path"))
            let names = try FileManager.default.contentsOfDirectory(atPath: saved.path).sorted()
            #expect(
                names == ["special_tokens_map.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt"])
        }
    }

    @Test func withoutMaximumPythonsNumberIsWritten() throws {
        try TestFiles.withTemporaryFolder { folder in
            try FileManager.default.copyItem(
                at: TestFiles.fixtures.appendingPathComponent("cased/vocab.txt"),
                to: folder.appendingPathComponent("vocab.txt"))
            let tokenizer = try Tokenizer(folder: folder)
            #expect(tokenizer.modelMaxLength == .max)
            #expect(try tokenizer(String(repeating: "a ", count: 2000), truncation: true).count == 2002)
            let saved = folder.appendingPathComponent("saved")
            try tokenizer.savePretrained(saved)
            let text = try String(contentsOf: saved.appendingPathComponent("tokenizer_config.json"), encoding: .utf8)
            #expect(text.contains("\"model_max_length\": 1000000000000000019884624838656"))
            #expect(try Tokenizer(folder: saved).modelMaxLength == .max)
        }
    }

    @Test func chatTemplatesAreKeptAsTheyAre() throws {
        try TestFiles.withTemporaryFolder { folder in
            let templates = [
                "chat_template.jinja": "{% for m in messages %}\r\n{{ m }}é{% endfor %}",
                "additional_chat_templates/tool_use.jinja": "{{ tools }}",
            ]
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent("additional_chat_templates"), withIntermediateDirectories: true)
            for (name, text) in templates { try Data(text.utf8).write(to: folder.appendingPathComponent(name)) }
            try Data(#"{"chat_template": "{{ x }}"}"#.utf8).write(
                to: folder.appendingPathComponent("tokenizer_config.json"))
            try FileManager.default.copyItem(
                at: TestFiles.fixtures.appendingPathComponent("uncased/tokenizer.json"),
                to: folder.appendingPathComponent("tokenizer.json"))
            let saved = folder.appendingPathComponent("saved")
            try Tokenizer(folder: folder).savePretrained(saved)
            for (name, text) in templates {
                #expect(try Data(contentsOf: saved.appendingPathComponent(name)) == Data(text.utf8))
            }
            let settings = try String(
                contentsOf: saved.appendingPathComponent("tokenizer_config.json"), encoding: .utf8)
            #expect(settings.contains(#""chat_template": "{{ x }}""#))
        }
    }

    @Test func unwritableFolderIsAnError() throws {
        try TestFiles.withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("file")
            try Data().write(to: file)
            let tokenizer = try Tokenizer(folder: TestFiles.fixtures.appendingPathComponent("uncased"))
            #expect(throws: TokenizerError.self) { try tokenizer.savePretrained(file.appendingPathComponent("x")) }
        }
    }
}
