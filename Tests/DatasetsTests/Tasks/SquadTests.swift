import Datasets
import Foundation
import Testing

/// SQuAD's JSON layout.
@Suite struct SquadTests {
    private static let good = """
        {"version": "v2.0", "data": [
          {"title": "Ärzte", "paragraphs": [
            {"context": "Émile lives in Łódź.", "qas": [
              {"id": "1", "question": "Where?", "answers": [{"text": "Łódź", "answer_start": 15}]},
              {"id": 2, "question": "When?", "is_impossible": true, "answers": [],
               "plausible_answers": [{"text": "Łódź", "answer_start": 15}]}]}]},
          {"title": "B", "paragraphs": [{"context": "x", "qas": [{"id": "3", "question": "q"}]}]}]}
        """

    @Test func rows() throws {
        let folder = try TemporaryFolder()
        let rows = try loadDataset(squad: folder.file("a.json", Self.good))["train"]
        #expect(rows.columnNames == ["id", "title", "context", "question", "answers"])
        #expect(try rows.column("id") == ["1", "2", "3"])
        #expect(try rows.column("title") == ["Ärzte", "Ärzte", "B"])
        let answers: StructureValue = try rows[0]["answers"]
        #expect(answers["text"] == .strings(["Łódź"]) && answers["answer_start"] == .int32s([15]))
        let none: StructureValue = try rows[1]["answers"]
        #expect(none["text"]?.elements == [])
    }

    @Test(arguments: [
        ("\"context\": \"x\"", "\"text\": \"x\"", "article 'B', paragraph 0 has no 'context'"),
        ("\"answer_start\": 15}]}", "\"answer_start\": 99}]}", "'answer_start' is not within the 20 characters"),
        ("\"id\": \"3\"", "\"id\": [3]", "question 0 has no 'id'"), ("\"data\"", "\"date\"", "there is no key 'data'"),
        ("[{\"context\": \"x\"", "[{\"context\": x", "is no JSON"),
    ])
    func mistakes(_ old: String, _ new: String, _ expected: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("a.json", Self.good.replacingOccurrences(of: old, with: new))
        let found = message { _ = try loadDataset(squad: path) }
        #expect(found?.contains(expected) == true, "\(found ?? "no error")")
    }

    @Test func damaged() throws {
        let folder = try TemporaryFolder()
        let good = Data(Self.good.utf8)
        var generator = SplitMix(state: 5)
        for round in 0..<300 {
            var bad = round % 3 == 0 ? good.prefix(Int.random(in: 0..<good.count, using: &generator)) : good
            if !bad.isEmpty {
                let places = ["{", "}", "[", "]", ",", "\"", "9", "\\"].compactMap { Character($0).asciiValue }
                bad[Int.random(in: 0..<bad.count, using: &generator)] = places.randomElement(using: &generator) ?? 0
            }
            let path = try folder.file("bad.json", Data(bad))
            do {
                _ = try loadDataset(squad: path)
            } catch let error as DatasetError {
                #expect(!"\(error)".contains("\n"))
            }
        }
    }

    @Test(.enabled(if: TestData.has("data/qa/xquad/xquad.en.json")), arguments: ["ar", "de", "en", "zh"])
    func xquad(_ language: String) throws {
        let path = TestData.shared.appendingPathComponent("data/qa/xquad/xquad.\(language).json").path
        let rows = try loadDataset(squad: path)["train"]
        #expect(rows.numRows == 1190)
        for row in rows {
            let answers: StructureValue = try row["answers"]
            guard case .strings(let texts)? = answers["text"], case .int32s(let starts)? = answers["answer_start"]
            else {
                Issue.record("answers are no lists")
                continue
            }
            let context = Array((try row["context"] as String).unicodeScalars)
            for (text, start) in zip(texts, starts) {
                let found = context[Int(start)..<min(Int(start) + text.unicodeScalars.count, context.count)]
                #expect(found.elementsEqual(text.unicodeScalars))
            }
        }
    }
}
