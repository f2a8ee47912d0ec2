import Datasets
import Foundation
import Testing

/// Files of tagged words.
@Suite struct ConllTests {
    private func load(_ text: String, _ options: ConllOptions = ConllOptions()) throws -> Dataset {
        let folder = try TemporaryFolder()
        return try Dataset.fromConll(folder.file("words.conll", text), options: options)
    }

    private func names(_ rows: Dataset) -> [String]? {
        guard case .list(.classLabel(let label)) = rows.features["ner_tags"] else { return nil }
        return label.names
    }

    @Test(arguments: ["\n", "\r\n", "\r"]) func lineEnds(_ end: String) throws {
        let lines = [
            "-DOCSTART- -X- -X- O", "", "EU NNP B-NP B-ORG", "rejects VBZ B-VP O", "", "",
            "\u{FEFF}Peter NNP B-NP B-PER",
            "Blackburn NNP I-NP I-PER", "-DOCSTART- -X- -X- O", "BRUSSELS NNP B-NP B-LOC",
        ]
        let rows = try load(lines.joined(separator: end))
        let tokens: [[String]] = try rows.column("tokens")
        #expect(tokens == [["EU", "rejects"], ["\u{FEFF}Peter", "Blackburn"], ["BRUSSELS"]])
        #expect(names(rows) == ["B-LOC", "B-ORG", "B-PER", "I-PER", "O"])
        #expect(try rows.column("ner_tags") == [[1, 4], [2, 3], [0]])
        // The file is gone, so that its lines can't be told; the tags of the first row are what they were.
        #expect(rows.numColumns == 2)
    }

    @Test func columns() throws {
        let text = "EU\tNNP\tB-ORG\nrejects\tVBZ\tO\n\t\nPeter\tNNP\tB-PER\t\n"
        var options = ConllOptions(tagColumn: 1, labelOrder: .appearance, tagsName: "pos_tags")
        var rows = try load(text, options)
        #expect(rows.columnNames == ["tokens", "pos_tags"])
        #expect(rows.features["pos_tags"] == .list(.classLabel(try ClassLabel(names: ["NNP", "VBZ"]))))
        #expect(try rows.column("pos_tags") == [[0, 1], [0]])
        options = ConllOptions(columnNames: ["word", "pos", "ner"], wordColumn: "word", tagColumn: "ner")
        rows = try load(text, options)
        #expect(names(rows) == ["B-ORG", "B-PER", "O"])
        options.tagColumn = "chunk"
        #expect(message { _ = try load(text, options) }?.contains("there is no column 'chunk'") == true)
        options = ConllOptions(labels: ["O", "B-PER", "I-PER", "B-ORG"])
        #expect(try load(text, options).column("ner_tags") == [[3, 0], [1]])
        options.labels = ["O", "B-PER"]
        #expect(message { _ = try load(text, options) }?.contains("line 1, column 'ner_tags': 'B-ORG' is none") == true)
    }

    @Test func otherLayouts() throws {
        let chinese = "吴 重 阳 ，\tB-NAME M-NAME E-NAME O\n好\tO\n"
        var rows = try load(chinese)
        #expect(try rows.column("tokens") == [["吴", "重", "阳", "，"], ["好"]])
        #expect(names(rows) == ["B-NAME", "E-NAME", "M-NAME", "O"])
        rows = try load("# id 1\nNew York\tB-LOC\n#\tO\n", ConllOptions(commentPrefix: "# id"))
        #expect(try rows.column("tokens") == [["New York", "#"]])
        rows = try load("words\nalone\n\nhere\n")
        #expect(rows.columnNames == ["tokens"] && rows.numRows == 2)
        rows = try load("a,B-X\nb,O\n", ConllOptions(delimiter: ","))
        #expect(try rows.column("tokens") == [["a", "b"]])
    }

    @Test func splitsShareClasses() throws {
        let folder = try TemporaryFolder()
        let splits = try loadDataset(conll: [
            "train": folder.file("a.conll", "a B-X\nb O\n"), "test": folder.file("b.conll", "c B-Y\n"),
        ])
        #expect(names(splits["train"]) == ["B-X", "B-Y", "O"])
        #expect(try splits["test"].column("ner_tags") == [[1]])
        #expect(splits["test"].sourceLocation(ofRow: 0)?.line == 1)
    }

    @Test(arguments: [
        ("EU B-ORG\nrejects\n", "line 2: 1 column where the first line has 2"),
        ("EU B-ORG\nrejects the O\n", "line 2: 3 columns where the first line has 2"),
        ("a b c\tO O O\nd e\tO\n", "line 2: 2 words and 1 tags"), ("x\tO\n\tO\n", "line 2: the word is empty"),
        ("\n \n", "the file holds no sentence"), ("", "the file is empty"),
    ])
    func mistakes(_ text: String, _ expected: String) throws {
        let found = message { _ = try load(text) }
        #expect(found?.contains(expected) == true, "\(found ?? "no error")")
    }

    /// Pieces of all sizes give the same rows and lines.
    @Test func largeFiles() throws {
        let folder = try TemporaryFolder()
        let text = (0..<3000).map { "w\($0)\tO\nv\($0)\tB-X\n\n" }.joined()
        let path = try folder.file("large.conll", text)
        let loading = LoadOptions(keepInMemory: false, cacheDir: folder.url.path)
        let rows = try Dataset.fromConll(path, loading: loading)
        #expect(rows.numRows == 3000)
        #expect(try rows[2999]["tokens"] == ["w2999", "v2999"])
        #expect(rows.sourceLocation(ofRow: 2999)?.line == 8998)
    }

    @Test func damaged() throws {
        let good = Data("-DOCSTART- O\n\nEU\tB-ORG\nrejects\tO\r\n\r\n吴 重\tB-PER\n\tO x\ny O\n".utf8)
        let folder = try TemporaryFolder()
        var generator = SplitMix(state: 3)
        for _ in 0..<400 {
            var bad = good
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<bad.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bad[place] = [0x09, 0x0A, 0x0D, 0x20, 0xFF, 0x00].randomElement(using: &generator) ?? 0
                case 1: bad.remove(at: place)
                default: bad.insert([0x09, 0x0A, 0x0D, 0x20].randomElement(using: &generator) ?? 0x20, at: place)
                }
            }
            let path = try folder.file("bad.conll", bad)
            do {
                let rows = try Dataset.fromConll(path)
                for row in rows {
                    #expect(try (row["tokens"] as [String]).count == (row.cell("tokens").value.elements?.count))
                }
            } catch let error as DatasetError {
                #expect(!"\(error)".contains("\n"))
            }
        }
    }

    @Test(
        .enabled(if: TestData.has("data/ner/wnut17")),
        arguments: [
            ("wnut17train.conll", 3394, 62_730), ("emerging.dev.conll", 1009, 15_733),
            ("emerging.test.annotated", 1287, 23_394),
        ])
    func wnut17(_ name: String, _ sentences: Int, _ words: Int) throws {
        let path = TestData.shared.appendingPathComponent("data/ner/wnut17/\(name)").path
        let rows = try Dataset.fromConll(path)
        #expect(rows.numRows == sentences)
        let tokens: [[String]] = try rows.column("tokens")
        let tags: [[Int]] = try rows.column("ner_tags")
        #expect(tokens.joined().count == words && tags.map(\.count) == tokens.map(\.count))
        #expect(names(rows)?.count == 13)
    }

    @Test(.enabled(if: TestData.has("data/zh/resume-ner/train.char.bmes"))) func resume() throws {
        let path = TestData.shared.appendingPathComponent("data/zh/resume-ner/train.char.bmes").path
        let rows = try Dataset.fromConll(path)
        #expect(rows.numRows == 3821)
        #expect(names(rows)?.contains("M-TITLE") == true)
    }
}
