import OrderedJSON

/// A chart of values over steps as HTML: the lines and the grid are SVG that is stretched to the page's width, the labels
/// are text beside it, so that they stay readable on a phone.
struct LineChart {
    let title: String
    let series: [ChartSeries]

    private static let size = 1000.0

    var html: String {
        guard let steps = span(of: { Double($0.step) }), let span = span(of: \.value) else { return emptyHTML }
        let x = AxisTicks(steps, count: 5, isWhole: true)
        let y = AxisTicks(span, count: 5)
        return """
            <figure class="chart">
            <figcaption><h3>\(HTMLText.escaped(title))</h3>\(legend)</figcaption>
            <div class="plot">
            <div class="ylabels" aria-hidden="true">\(labels(y, "top") { 100 - $0 })</div>
            <div class="area">
            <svg viewBox="0 0 1000 1000" preserveAspectRatio="none" role="img" aria-label="\(summary)">
            <path class="grid" d="\(grid(x, y))"/>
            \(lines(x, y))
            </svg>
            <div class="xlabels" aria-hidden="true">\(labels(x, "left") { $0 })</div>
            <script type="application/json">\(data(x, y))</script>
            </div></div>
            \(hiddenNote)</figure>
            """
    }

    private var emptyHTML: String {
        """
        <figure class="chart"><figcaption><h3>\(HTMLText.escaped(title))</h3></figcaption>
        <p class="note">No value was a finite number.</p></figure>
        """
    }

    private func span(of value: (ChartSeries.Point) -> Double) -> ClosedRange<Double>? {
        let values = series.flatMap { $0.points.map(value) }
        guard let low = values.min(), let high = values.max() else { return nil }
        return low...high
    }

    private var legend: String {
        guard series.count > 1 else { return "" }
        let entries = series.enumerated().map { index, series in
            "<span><i class=\"s\(index % 6)\"></i>\(HTMLText.escaped(series.name))</span>"
        }
        return "<div class=\"legend\">\(entries.joined())</div>"
    }

    /// Every curve's ends, for those who hear the page.
    private var summary: String {
        let parts = series.compactMap { series -> String? in
            guard let first = series.points.first, let last = series.points.last else { return nil }
            return "\(series.name) from \(NumberText.short(first.value)) at step \(first.step) to "
                + "\(NumberText.short(last.value)) at step \(last.step)"
        }
        return HTMLText.escaped("\(title): \(parts.joined(separator: "; "))")
    }

    private var hiddenNote: String {
        let hidden = series.reduce(0) { $0 + $1.hidden }
        guard hidden > 0 else { return "" }
        return "<p class=\"note\">\(NumberText.grouped(hidden)) values that are NaN or infinite are not shown.</p>\n"
    }

    private func labels(_ ticks: AxisTicks, _ side: String, _ position: (Double) -> Double) -> String {
        zip(ticks.values, ticks.labels).map { value, label in
            let place = position(ticks.place(value) * 100)
            // Labels at the ends stay inside.
            let edge =
                side == "left" && place > 96 ? " class=\"end\"" : side == "left" && place < 4 ? " class=\"start\"" : ""
            return "<span\(edge) style=\"\(side):\(Self.number(place))%\">\(label)</span>"
        }.joined()
    }

    private func grid(_ x: AxisTicks, _ y: AxisTicks) -> String {
        y.values.map { "M0 \(Self.number((1 - y.place($0)) * Self.size))H1000" }.joined()
            + x.values.map { "M\(Self.number(x.place($0) * Self.size)) 1000V1012" }.joined()
    }

    private func lines(_ x: AxisTicks, _ y: AxisTicks) -> String {
        series.enumerated().map { index, series in
            let places = series.points.map { point in
                "\(Self.number(x.place(Double(point.step)) * Self.size)) "
                    + "\(Self.number((1 - y.place(point.value)) * Self.size))"
            }
            var html = "<path class=\"line s\(index % 6)\" d=\"M\(places.joined(separator: "L"))\"/>"
            // Few points are marked, for a line between them says little.
            if places.count <= 40 {
                let dots = places.map { "M\($0)h0" }.joined()
                html += "\n<path class=\"dots s\(index % 6)\" d=\"\(dots)\"/>"
            }
            return html
        }.joined(separator: "\n")
    }

    /// What the pointer is told: places from 0 to 1, steps and values.
    private func data(_ x: AxisTicks, _ y: AxisTicks) -> String {
        let curves = series.map { series -> JSONValue in
            [
                "name": .string(series.name),
                "points": .array(
                    series.points.map { point in
                        [
                            .double(Self.rounded(x.place(Double(point.step)))),
                            .double(Self.rounded(1 - y.place(point.value))),
                            .int(point.step), .string(NumberText.short(point.value)),
                        ]
                    }),
            ]
        }
        return HTMLText.script(JSONValue.array(curves).serialized(.compact))
    }

    private static func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }

    private static func number(_ value: Double) -> String {
        let rounded = (value * 10).rounded() / 10
        return Int(exactly: rounded).map { "\($0)" } ?? "\(rounded)"
    }
}
