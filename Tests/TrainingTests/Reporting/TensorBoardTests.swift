import Foundation
import OrderedJSON
import Testing
import Training

/// Event files, read without Python.
@Suite(.serialized) struct TensorBoardTests {
    @Test func checksumsAreTensorBoards() throws {
        let known = try #require(try ReportingRun().fixture["masked_crc"]?.objectValue)
        for (text, crc) in known {
            #expect(EventFileReader.maskedChecksum(Array(text.utf8)) == UInt32(crc.intValue ?? -1), "\(text.prefix(9))")
        }
    }

    /// The messages are byte for byte those of torch's writer, but for the time.
    @Test func messagesArePythons() throws {
        let known = try #require(try ReportingRun().fixture["event_file"]?.arrayValue).compactMap { $0.stringValue }
        try withOutput { folder in
            let writer = try EventFileWriter(folder: folder)
            try writer.addScalar("train/loss", 0.625, step: 300)
            try writer.addText("args", "{\n  \"a\": \"b\"\n}")
            let messages = try EventFileReader(writer.file).messages
            #expect(messages.count == known.count)
            for (message, python) in zip(messages, known) {
                let hex = message.map { String(format: "%02x", $0) }.joined()
                // The time is the first field: a key of one byte and eight more.
                #expect(hex.prefix(2) == "09")
                #expect(hex.dropFirst(18) == python.dropFirst(18))
            }
        }
    }

    @Test func everyFileHasTheNameThatTensorBoardExpects() throws {
        try withOutput { folder in
            let names = try (0..<3).map { _ in try EventFileWriter(folder: folder).file.lastPathComponent }
            #expect(Set(names).count == 3)
            for name in names { #expect(name.wholeMatch(of: /events\.out\.tfevents\.\d{10}\..+\.\d+\.\d+/) != nil) }
        }
    }

    /// Tags, steps and values of the same run in Python.
    @Test func equalsPythonsRun() throws {
        let run = try ReportingRun()
        let scalars = try #require(run.record["tensorboard"]?["scalars"]?.objectValue)
        try withOutput { output in
            let folder = output.appending(path: "tb")
            let trainer = try run.trainer(output, callbacks: [Setter()]) {
                $0.reportTo = [.tensorBoard]
                $0.tensorboardLoggingDir = folder.path
                $0.includeNumInputTokensSeen = .all
            }
            try trainer.train()
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(files.count == run.record["tensorboard"]?["files"]?.intValue)
            let reader = try EventFileReader(folder.appending(path: try #require(files.first)))
            let got = Dictionary(grouping: try reader.scalars()) { $0.tag }
            #expect(got.keys.sorted() == scalars.keys.sorted())
            for (tag, points) in scalars {
                let points = points.arrayValue ?? []
                #expect(got[tag]?.map { $0.step } == points.compactMap { $0.arrayValue?[0].intValue }, "\(tag)")
                guard !tag.contains("runtime"), !tag.contains("per_second") else { continue }
                for (ours, theirs) in zip(got[tag] ?? [], points) {
                    let value = theirs.arrayValue?[1].doubleValue ?? .nan
                    #expect(abs(Double(ours.value) - value) <= 2e-6 * max(1, abs(value)), "\(tag)")
                }
            }
            let texts = try reader.texts()
            #expect(texts.keys.sorted() == run.record["tensorboard"]?["texts"]?.arrayValue?.map { $0.stringValue })
            let arguments = try JSONValue(parsing: try #require(texts["args/text_summary"]))
            #expect(arguments["learning_rate"] == 0.01)
        }
    }

    @Test func logsAfterTrainingGoToAFileOfTheirOwn() throws {
        let run = try ReportingRun()
        try withOutput { output in
            let trainer = try run.trainer(output) {
                $0.reportTo = [.tensorBoard]
                $0.maxSteps = 1
            }
            try trainer.train()
            try trainer.evaluate()
            let runs = output.appending(path: "runs")
            let folder = try #require(try FileManager.default.contentsOfDirectory(atPath: runs.path).first)
            #expect(folder.prefixMatch(of: /[A-Z][a-z]{2}\d\d_\d\d-\d\d-\d\d_./) != nil)
            let files = try FileManager.default.contentsOfDirectory(atPath: runs.appending(path: folder).path)
            #expect(files.count == 2)
        }
    }

    @Test func aFolderThatCannotBeMadeEndsTheRunBeforeItsFirstStep() throws {
        let run = try ReportingRun()
        try withOutput { output in
            try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
            let file = output.appending(path: "file")
            try Data("x".utf8).write(to: file)
            let trainer = try run.trainer(output) {
                $0.reportTo = [.tensorBoard]
                $0.tensorboardLoggingDir = file.path
            }
            let error = #expect(throws: TrainingError.self) { try trainer.train() }
            #expect(error?.description.hasPrefix("cannot write the TensorBoard log: ") == true)
            #expect(trainer.state.globalStep == 0)
        }
    }
}
