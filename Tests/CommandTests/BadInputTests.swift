import Foundation
import Testing

/// Bad input ends in one clear line, with nothing half written.
struct BadInputTests {
    let folder: TemporaryFolder
    let model: String

    init() throws {
        folder = try TemporaryFolder()
        model = try TinyModel.make(in: folder)
    }

    private func expectFailure(
        train: String, model: String? = nil, more: [String] = [], code: Int32 = 1, _ parts: [String],
        leavesFolder: Bool = false, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let run = try TrainerProcess.run(
            [
                "train", "--model", model ?? self.model, "--train-file", train, "--output-dir", folder.path("out"),
                "--max-steps", "3",
            ] + more)
        #expect(run.code == code, "\(run.errors)", sourceLocation: sourceLocation)
        #expect(run.lastError.hasPrefix("error: "), "\(run.errors)", sourceLocation: sourceLocation)
        for part in parts {
            #expect(run.lastError.contains(part), "\(part) in \(run.errors)", sourceLocation: sourceLocation)
        }
        #expect(
            run.errors.split(separator: "\n").count { $0.hasPrefix("error: ") } == 1, sourceLocation: sourceLocation)
        #expect(
            run.errors.split(separator: "\n").count { $0.hasPrefix("warning: ") } <= 5, sourceLocation: sourceLocation)
        if leavesFolder {
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.path("out"))
            #expect(left == [], sourceLocation: sourceLocation)
        } else {
            #expect(!folder.exists("out"), sourceLocation: sourceLocation)
        }
    }

    private func rows(_ text: String, name: String = "train.csv") throws -> String { try folder.write(name, text) }

    @Test func missingFile() throws {
        try expectFailure(train: folder.path("nowhere.csv"), ["nowhere.csv"])
    }

    @Test func unknownFormat() throws {
        try expectFailure(train: rows("x", name: "train.xlsx"), [".csv, .tsv, .json, .jsonl, .txt, .parquet or .arrow"])
    }

    @Test func wrongColumn() throws {
        let file = try rows(TinyModel.rows(4))
        try expectFailure(train: file, more: ["--text-column", "review"], ["--text-column", "'text', 'label'"])
        try expectFailure(train: file, more: ["--label-column", "stars"], ["--label-column", "'text', 'label'"])
        try expectFailure(train: rows("a,b\nx,y\n", name: "c.csv"), ["--text-column", "'a', 'b'"])
    }

    @Test func validationLabelThatTrainingLacks() throws {
        let validation = try rows("text,label\nx,good\ny,great\n", name: "dev.csv")
        try expectFailure(
            train: rows(TinyModel.rows(4)), more: ["--validation-file", validation], ["dev.csv, line 3", "'great'"])
    }

    @Test func emptyData() throws {
        try expectFailure(train: rows("text,label\n"), ["train.csv"])
        try expectFailure(train: rows("", name: "none.csv"), ["none.csv"])
    }

    @Test func oneClassOnly() throws {
        try expectFailure(train: rows(TinyModel.rows(4, labels: ["good"])), ["'good'", "two classes"])
    }

    @Test func negativeLabel() throws {
        try expectFailure(train: rows("text,label\nx,0\ny,-1\n"), ["train.csv, line 3", "negative"])
    }

    @Test func floatLabel() throws {
        try expectFailure(
            train: rows("text,label\nx,0.5\ny,1.5\n"), more: ["--problem-type", "single_label_classification"],
            ["train.csv, line 2", "regression"])
        try expectFailure(
            train: rows("text,label\nx,0.5\ny,many\n"), more: ["--problem-type", "regression"],
            ["train.csv, line 3", "no number"])
    }

    @Test func missingValues() throws {
        try expectFailure(train: rows("text,label\nx,a\n,b\n"), ["train.csv, line 3", "'text'"])
        try expectFailure(train: rows("text,label\nx,a\ny,\n", name: "l.csv"), ["l.csv, line 3", "'label'"])
    }

    @Test func notUTF8() throws {
        let path = folder.path("latin.csv")
        try Data("text,label\nx,a\n".utf8 + [0x63, 0xE9, 0x2C, 0x62, 0x0A]).write(to: URL(filePath: path))
        try expectFailure(train: path, ["latin.csv, line 3", "UTF-8"])
    }

    @Test func damagedWeights() throws {
        let file = try rows(TinyModel.rows(4))
        let weights = URL(filePath: model).appending(path: "model.safetensors")
        let whole = try Data(contentsOf: weights)
        try whole.prefix(whole.count - 100).write(to: weights)
        try expectFailure(train: file, ["model.safetensors"])
        try Data([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0] + whole.dropFirst(8)).write(to: weights)
        try expectFailure(train: file, ["model.safetensors"])
        try Data(repeating: 0x7B, count: 300).write(to: weights)
        try expectFailure(train: file, ["model.safetensors"])
        try FileManager.default.removeItem(at: weights)
        try expectFailure(train: file, ["model.safetensors"])
    }

    @Test func configurationThatDoesNotFit() throws {
        let file = try rows(TinyModel.rows(4))
        let path = URL(filePath: model).appending(path: "config.json")
        let text = try String(contentsOf: path, encoding: .utf8)
        try Data(text.replacing("\"hidden_size\": 16", with: "\"hidden_size\": 24").utf8).write(to: path)
        try expectFailure(train: file, ["model.safetensors", ", 24]"])
        try Data("{".utf8).write(to: path)
        try expectFailure(train: file, ["config.json"])
        try FileManager.default.removeItem(at: path)
        try expectFailure(train: file, ["config.json"])
    }

    @Test func unwritableOutputFolder() throws {
        let file = try rows(TinyModel.rows(4))
        let inTheWay = try folder.write("file", "")
        try expectFailure(train: file, more: ["--output-dir", "\(inTheWay)/out"], ["cannot write", "is a file"])
    }

    @Test func batchSizeZero() throws {
        try expectFailure(
            train: rows(TinyModel.rows(4)), more: ["--per-device-train-batch-size", "0"], code: 64, ["at least 1"])
    }

    @Test func lossThatIsNoNumber() throws {
        try expectFailure(
            train: rows(TinyModel.rows(40)),
            more: ["--learning-rate", "1e38", "--max-grad-norm", "0", "--max-steps", "5", "--optim", "sgd"],
            ["step", "NaN", "--on-non-finite-loss"], leavesFolder: true)
    }

    @Test func lengthsOutOfRange() throws {
        let file = try rows(TinyModel.rows(4))
        try expectFailure(train: file, more: ["--max-length", "2"], ["--max-length is 2"])
        try expectFailure(train: file, more: ["--max-length", "99"], ["at most 32"])
    }

    @Test func noCheckpointToGoOnFrom() throws {
        try expectFailure(
            train: rows(TinyModel.rows(4)), more: ["--resume-from-checkpoint"], ["checkpoint"], leavesFolder: true)
    }
}
