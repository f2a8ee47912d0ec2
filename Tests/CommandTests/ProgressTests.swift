import Foundation
import Testing

/// What a person sees on a terminal, and what a log file gets.
struct ProgressTests {
    let folder: TemporaryFolder
    let words: [String]

    init() throws {
        folder = try TemporaryFolder()
        let train = try folder.write("train.csv", TinyModel.rows(40))
        words = [
            "train", "--model", try TinyModel.make(in: folder), "--train-file", train, "--validation-file", train,
            "--output-dir", folder.path("out"), "--num-train-epochs", "6", "--logging-steps", "10", "--eval-strategy",
            "epoch", "--save-strategy", "no", "--per-device-eval-batch-size", "2",
        ]
    }

    private func run(
        columns: Int, locale: String = "C.UTF-8", _ more: [String] = [], onBytes: (PseudoTerminal) -> Void = { _ in }
    ) throws -> PseudoTerminal {
        let terminal = try PseudoTerminal(columns: columns)
        let process = try TrainerProcess.start(
            words + more, terminal: terminal, environment: ["LC_ALL": locale, "TERM": "xterm"])
        terminal.readAll(onBytes)
        process.process.waitUntilExit()
        #expect(process.process.terminationStatus == 0, "\(terminal.text)")
        return terminal
    }

    @Test func aTerminalShowsBarsWithRecordsAbove() throws {
        let terminal = try run(columns: 100)
        let screen = Screen(terminal.text, columns: 100).text
        // Records stand whole, in order, and nothing of the bars is left between them.
        let records = screen.filter { $0.hasPrefix("{'") }
        #expect(records.filter { $0.hasPrefix("{'loss': ") }.count == 3)
        #expect(records.filter { $0.hasPrefix("{'eval_loss': ") }.count == 6)
        #expect(records.allSatisfy { $0.hasPrefix("{'") })
        let bars = screen.filter { $0.contains("30/30 [") }
        #expect(bars.count == 1, "\(screen)")
        #expect(bars.first?.hasPrefix("100%|████") == true)
        #expect(bars.first?.contains("it/s, loss ") == true)
        #expect(!screen.contains { $0.hasPrefix("evaluation") })
        #expect(screen.filter { $0.contains("|") }.count == 2, "one bar of training, one of the last evaluation")
        // The bar of evaluation was there, below that of training.
        #expect(terminal.text.contains("\nevaluation "))
        #expect(terminal.text.contains("20/20 ["))
    }

    @Test func aNarrowTerminalGetsWhatFits() throws {
        let screen = Screen(try run(columns: 24).text, columns: 24).text
        #expect(screen.contains { $0.hasPrefix("100%") && $0.contains("30/30") && $0.count < 24 })
    }

    @Test func otherLocalesGetPlainLetters() throws {
        let text = try run(columns: 100, locale: "C").text
        #expect(text.contains("|####"))
        #expect(!text.contains("█"))
    }

    /// A window that becomes narrower leaves no bars behind: what stood there is broken into more lines, and all go.
    @Test func aWindowMayBecomeNarrower() throws {
        var isNarrow = false
        let terminal = try run(columns: 100) { terminal in
            guard !isNarrow, terminal.bytes.count > 400 else { return }
            isNarrow = true
            terminal.resize(columns: 50)
        }
        let drawings = terminal.text.split { "\r\n\u{1B}".contains($0) }.filter { $0.contains("/30 [") }
        #expect(drawings.contains { $0.count > 60 })
        #expect(drawings.last.map { $0.count < 50 } == true)
        // A line of 60 to 99 columns stands in two of 50: the cursor goes up by one to take it away.
        #expect(terminal.text.contains("\r\u{1B}[1A\u{1B}[J"))
    }

    @Test func aFileGetsPlainLines() throws {
        let run = try TrainerProcess.run(words)
        #expect(run.code == 0)
        #expect(!run.errors.contains("\u{1B}"))
        #expect(!run.errors.contains("\r"))
        #expect(run.errors.split(separator: "\n").contains { $0.hasPrefix("{'loss': '") && $0.hasSuffix("'}") })
        #expect(run.output.hasPrefix("***** train metrics *****\n  epoch "))
        #expect(run.output.contains("***** eval metrics *****\n  epoch "))
    }

    @Test func theBarCanBeLeftOut() throws {
        let text = try run(columns: 100, ["--disable-tqdm"]).text
        #expect(!text.contains("\u{1B}"))
    }

    @Test func leavesAReport() throws {
        let bare = try TrainerProcess.run(words + ["--report"])
        #expect(bare.code == 0, "\(bare.errors)")
        let html = try String(contentsOfFile: folder.path("out/report.html"), encoding: .utf8)
        #expect(html.contains("Confusion matrix"))
        #expect(html.contains("<span>good</span>"))
        #expect(html.contains(">done</span>"))
        let named = try TrainerProcess.run(words + ["--report", folder.path("pages/run.html"), "--max-steps", "2"])
        #expect(named.code == 0, "\(named.errors)")
        #expect(folder.exists("pages/run.html"))
        let refused = try TrainerProcess.run(
            words + ["--report=" + folder.path("train.csv/x.html"), "--max-steps", "2"])
        #expect(refused.code == 1)
        #expect(refused.lastError.hasPrefix("error: cannot write the report: "), "\(refused.lastError)")
    }
}
