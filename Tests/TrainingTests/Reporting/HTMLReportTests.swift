import Foundation
import OrderedJSON
import Testing
import Training

/// The page about a run.
@Suite(.serialized) struct HTMLReportTests {
    private func page(
        _ output: URL, callback: HTMLReportCallback = HTMLReportCallback(),
        _ configure: (inout TrainingArguments) -> Void = { _ in }
    ) throws -> String {
        let trainer = try ReportingRun().trainer(output, callbacks: [callback], configure)
        try trainer.train()
        try trainer.evaluate()
        return try String(contentsOf: output.appending(path: "report.html"), encoding: .utf8)
    }

    @Test func hasEverythingAndNeedsNothing() throws {
        try withOutput { output in
            let html = try page(output)
            for part in [
                "<h1>Network</h1>", ">done</span>", "<h3>Loss</h3>", "<h3>Accuracy</h3>", "<h3>Learning rate</h3>",
                "<h3>Gradient norm</h3>", "Confusion matrix", "Slowest phases", "Forward, backward, clipping",
                "Saving checkpoints", "<th scope=\"row\">learning_rate</th><td>0.01</td>", "prefers-color-scheme:dark",
                "libtorch",
            ] { #expect(html.contains(part), "\(part)") }
            // Nothing is fetched.
            for part in ["http:", "https:", "src=", "@import", "url(", "<link"] {
                #expect(!html.contains(part), "\(part)")
            }
            // Changed arguments come first.
            let changed = try #require(html.range(of: "gradient_accumulation_steps"))
            let other = try #require(html.range(of: ">weight_decay<"))
            #expect(changed.lowerBound < other.lowerBound)
            #expect(html.contains("lr_scheduler_type"))
        }
    }

    @Test func theMatrixCountsEveryRow() throws {
        try withOutput { output in
            let html = try page(output, callback: HTMLReportCallback(labelNames: ["<red>", "green", "blue"]))
            #expect(html.contains("&lt;red&gt;"))
            #expect(html.contains(" of 11 right ("))
            let cells = html.matches(of: /class="(?:right|wrong)" style="[^"]*">(\d+)</).compactMap { Int($0.output.1) }
            #expect(cells.count == 9)
            #expect(cells.reduce(0, +) == 11)
        }
    }

    @Test func whatPeopleWriteIsEscaped() throws {
        try withOutput { output in
            let html = try page(output) { $0.runName = "</title><script>alert('x')</script>" }
            #expect(!html.contains("<script>alert"))
            #expect(html.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"))
        }
    }

    /// Text inside the page's own script elements can't end them.
    @Test func namesOfMetricsCannotLeaveTheScript() throws {
        try withOutput { output in
            let trainer = try ReportingRun().trainer(output, callbacks: [HTMLReportCallback()])
            let naughty = Naughty()
            naughty.trainer = trainer
            trainer.addCallback(naughty)
            try trainer.train()
            let html = try String(contentsOf: output.appending(path: "report.html"), encoding: .utf8)
            #expect(html.components(separatedBy: "</script>").count == html.components(separatedBy: "<script").count)
            #expect(!html.contains("<b>"))
        }
    }

    @Test func isWrittenWhileTheRunGoesOn() throws {
        final class Watcher: TrainerCallback {
            var pages: [String] = []
            override func onSave(_ context: CallbackContext, control: inout TrainerControl) throws {
                let file = context.arguments.outputFolder.appending(path: "report.html")
                pages.append(try String(contentsOf: file, encoding: .utf8))
            }
        }
        try withOutput { output in
            let watcher = Watcher()
            try ReportingRun().trainer(output, callbacks: [HTMLReportCallback(), watcher]).train()
            #expect(watcher.pages.count == 4)
            #expect(watcher.pages[0].contains(">running</span>"))
            #expect(watcher.pages[0].contains("3 of 12"))
        }
    }

    /// A number of an unusual name, and one that is not finite, in every record.
    private final class Naughty: TrainerCallback {
        override func onStepEnd(_ context: CallbackContext, control: inout TrainerControl) throws {
            var logs = Metrics()
            logs["x</script><b>_loss"] = 1
            logs["spoilt"] = context.globalStep % 2 == 0 ? .nan : .infinity
            if let trainer { try trainer.log(logs) }
        }
        weak var trainer: Trainer?
    }
}
