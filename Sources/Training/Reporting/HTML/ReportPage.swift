/// A report as one HTML file that needs nothing else.
struct ReportPage {
    let report: RunReport

    var html: String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(HTMLText.escaped(report.title)) – training report</title>
        <style>\(ReportStyle.css)</style>
        </head>
        <body>
        <main>
        <header>
        <h1>\(HTMLText.escaped(report.title))</h1>
        <p>\(HTMLText.escaped(report.subtitle)) \(status)</p>
        </header>
        \(figures)
        \(charts)
        \(confusion)
        \(phases)
        \(arguments)
        \(environment)
        <footer>Written by Swift Trainer.</footer>
        </main>
        <script>\(ReportScript.javaScript)</script>
        </body>
        </html>

        """
    }

    private var status: String {
        switch report.status {
        case .running: "<span class=\"badge running\">running</span>"
        case .done: "<span class=\"badge\">done</span>"
        case .stopped: "<span class=\"badge\">stopped early</span>"
        }
    }

    private var figures: String {
        let cards = report.figures.map {
            "<div><dt>\(HTMLText.escaped($0.name.capitalizedFirst))</dt><dd>\(HTMLText.escaped($0.value))</dd></div>"
        }
        return "<dl class=\"figures\">\(cards.joined(separator: "\n"))</dl>"
    }

    private var charts: String {
        guard !report.charts.isEmpty else {
            return section(
                "Curves", "<p class=\"note\">Nothing was logged; logging_steps may be longer than the run.</p>")
        }
        return section(
            "Curves",
            "<p class=\"note\">Over optimizer steps; point at a curve for its values.</p>\n<div class=\"charts\">\(report.charts.map(\.html).joined(separator: "\n"))</div>"
        )
    }

    private var confusion: String { report.confusion.map { section("Confusion matrix", $0.html) } ?? "" }

    private var phases: String {
        let sum = report.phases.reduce(0) { $0 + $1.total.seconds }
        guard sum > 0 else { return "" }
        let rows = report.phases.map { phase, total in
            let share = total.seconds / sum
            let each = total.count > 1 ? NumberText.duration(total.seconds / Double(total.count)) : ""
            return """
                <tr><th scope="row">\(phase.rawValue)</th>\
                <td class="bar"><i style="width:\((share * 1000).rounded() / 10)%"></i></td>\
                <td>\(NumberText.percent(share))</td><td>\(NumberText.duration(total.seconds))</td><td>\(each)</td></tr>
                """
        }
        return section(
            "Slowest phases",
            """
            <div class="scroll"><table class="phases">
            <thead><tr><th scope="col">phase</th><td></td><th scope="col">share</th><th scope="col">time</th>\
            <th scope="col">each</th></tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>
            <p class="note">Time of the program; a GPU works behind it, and what it takes shows where the program waits.</p>
            """)
    }

    private var arguments: String {
        let changed = report.arguments.filter(\.isChanged)
        let others = report.arguments.filter { !$0.isChanged }
        var html = ""
        if changed.isEmpty {
            html = "<p class=\"note\">All have their defaults.</p>"
        } else {
            let rows = changed.map {
                "<tr><th scope=\"row\">\(HTMLText.escaped($0.name))</th><td>\(HTMLText.escaped($0.value))</td>"
                    + "<td class=\"faint\">\(HTMLText.escaped($0.standard))</td></tr>"
            }
            html = """
                <div class="scroll"><table class="pairs changed">
                <thead><tr><th scope="col">changed</th><th scope="col">value</th><th scope="col">default</th></tr></thead>
                <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>
                """
        }
        let rows = others.map { ($0.name, $0.value) }
        return section(
            "Arguments",
            html + "\n<details><summary>\(others.count) with their defaults</summary>\(pairs(rows))</details>")
    }

    private var environment: String { section("Environment", pairs(report.environment)) }

    private func pairs(_ rows: [(name: String, value: String)]) -> String {
        let lines = rows.map {
            "<tr><th scope=\"row\">\(HTMLText.escaped($0.name))</th><td>\(HTMLText.escaped($0.value))</td></tr>"
        }
        return
            "<div class=\"scroll\"><table class=\"pairs\"><tbody>\(lines.joined(separator: "\n"))</tbody></table></div>"
    }

    private func section(_ title: String, _ body: String) -> String {
        "<section>\n<h2>\(title)</h2>\n\(body)\n</section>"
    }
}
