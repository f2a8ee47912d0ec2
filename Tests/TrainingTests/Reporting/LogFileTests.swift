import Foundation
import OrderedJSON
import Testing
import Training

/// `log_history.jsonl` and `log_history.csv`.
@Suite(.serialized) struct LogFileTests {
    private func lines(_ output: URL, _ name: String) throws -> [String] {
        try String(contentsOf: output.appending(path: name), encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false
        ).dropLast().map(String.init)
    }

    private func records(_ output: URL) throws -> [JSONObject] {
        try lines(output, "log_history.jsonl").map { try #require(try JSONValue(parsing: $0).objectValue) }
    }

    @Test func jsonLinesAreTheLogHistory() throws {
        let run = try ReportingRun()
        try withOutput { output in
            let trainer = try run.trainer(output) { $0.reportTo = [.jsonLines] }
            try trainer.train()
            #expect(try records(output) == trainer.state.logHistory)
            try trainer.evaluate()
            #expect(try records(output) == trainer.state.logHistory)
            // Another run in the folder begins anew.
            let other = try run.trainer(output) {
                $0.reportTo = [.jsonLines]
                $0.maxSteps = 2
            }
            try other.train()
            #expect(try records(output) == other.state.logHistory)
        }
    }

    @Test func aResumedRunKeepsWhatWasLoggedUpToItsCheckpoint() throws {
        let run = try ReportingRun()
        try withOutput { output in
            let whole = try run.trainer(output) { $0.reportTo = [.jsonLines, .csv] }
            try whole.train()
            let table = try lines(output, "log_history.csv")
            let resumed = try run.trainer(output) { $0.reportTo = [.jsonLines, .csv] }
            try resumed.train(
                resumeFromCheckpoint: .folder(output.appending(path: "checkpoint-6").path))
            #expect(try records(output) == resumed.state.logHistory)
            // The last record's mean loss is that of the steps after the break.
            // Checkpoints have the names sorted.
            func sorted(_ log: [JSONObject]) -> [String] {
                untimed(log).dropLast().map { JSONValue.object($0).serialized(JSONFormat(sortKeys: true)) }
            }
            #expect(sorted(try records(output)) == sorted(whole.state.logHistory))
            let resumedTable = try lines(output, "log_history.csv")
            #expect(resumedTable.count == table.count)
            #expect(resumedTable.first == table.first)
        }
    }

    @Test func theTableGrowsToTheRight() throws {
        let run = try ReportingRun()
        try withOutput { output in
            final class Watcher: TrainerCallback {
                var headers: [String] = []
                var read: () -> String = { "" }
                override func onLog(_ context: CallbackContext, logs: Metrics, control: inout TrainerControl) {
                    headers.append(read())
                }
            }
            let watcher = Watcher()
            watcher.read = { (try? lines(output, "log_history.csv").first) ?? "" }
            let trainer = try run.trainer(output, callbacks: [watcher]) { $0.reportTo = [.csv] }
            try trainer.train()
            for (before, after) in zip(watcher.headers, watcher.headers.dropFirst()) {
                #expect(after.hasPrefix(before))
            }
            let header = try #require(watcher.headers.last)
            #expect(header.hasPrefix("step,epoch,loss,grad_norm,learning_rate,eval_loss,eval_accuracy,"))
            let rows = try lines(output, "log_history.csv").map {
                $0.split(separator: ",", omittingEmptySubsequences: false)
            }
            #expect(rows.count == trainer.state.logHistory.count + 1)
            for (row, record) in zip(rows.dropFirst(), trainer.state.logHistory) {
                for (column, cell) in zip(rows[0], row) {
                    let value = record[String(column)]
                    #expect(value?.doubleValue == Double(cell), "\(column)")
                    #expect(value != nil || cell.isEmpty)
                }
                #expect(row.count == rows[0].count)
            }
        }
    }

    @Test func evaluationAloneAddsToTheFiles() throws {
        let run = try ReportingRun()
        try withOutput { output in
            try run.trainer(output) {
                $0.reportTo = [.jsonLines, .csv]
                $0.evalStrategy = .no
            }.train()
            let before = (try lines(output, "log_history.jsonl"), try lines(output, "log_history.csv"))
            try run.trainer(output) { $0.reportTo = [.jsonLines, .csv] }.evaluate()
            let after = (try lines(output, "log_history.jsonl"), try lines(output, "log_history.csv"))
            #expect(Array(after.0.dropLast()) == before.0)
            #expect(after.1.count == before.1.count + 1)
            #expect(after.1[0].hasPrefix(before.1[0] + ",eval_loss,eval_accuracy"))
        }
    }

    @Test func textsAreQuoted() throws {
        try withOutput { output in
            let file = output.appending(path: "t.csv")
            let trainer = try ReportingRun().trainer(output, callbacks: [CSVCallback(file: file)])
            for text in ["a, \"b\"\nc", "plain"] {
                var logs = Metrics()
                logs.set("note", .string(text))
                try trainer.log(logs)
            }
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(text == "step,epoch,note\n0,0.0,\"a, \"\"b\"\"\nc\"\n0,0.0,plain\n")
        }
    }

    @Test func aForeignTableIsLeftAlone() throws {
        try withOutput { output in
            try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
            let file = output.appending(path: "log_history.csv")
            try Data("name,age\nx,3\n".utf8).write(to: file)
            try ReportingRun().trainer(output) { $0.reportTo = [.csv] }.evaluate()
            #expect(try String(contentsOf: file, encoding: .utf8) == "name,age\nx,3\n")
        }
    }
}
