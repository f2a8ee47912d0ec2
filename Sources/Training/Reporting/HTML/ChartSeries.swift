/// One curve: its name and points in order of steps.
struct ChartSeries {
    struct Point: Hashable {
        let step: Int
        let value: Double
    }

    let name: String
    let points: [Point]
    /// Values that were NaN or infinite, and are not shown.
    let hidden: Int

    /// Points of the same step: the last counts. Long curves keep the lowest and highest value of each stretch.
    init(_ name: String, _ records: [Point], limit: Int = 1500) {
        self.name = name
        var unique: [Point] = []
        for point in records {
            if unique.last?.step == point.step { unique.removeLast() }
            unique.append(point)
        }
        let finite = unique.filter { $0.value.isFinite }
        hidden = unique.count - finite.count
        points = Self.thinned(finite, limit)
    }

    private static func thinned(_ points: [Point], _ limit: Int) -> [Point] {
        guard points.count > limit else { return points }
        let stretch = (2 * points.count + limit - 1) / limit
        var kept: [Point] = []
        for start in stride(from: 0, to: points.count, by: stretch) {
            let part = start..<min(start + stretch, points.count)
            let low = part.min { points[$0].value < points[$1].value } ?? start
            let high = part.max { points[$0].value < points[$1].value } ?? start
            kept += Set([low, high]).sorted().map { points[$0] }
        }
        // Both ends stay.
        if let first = points.first, kept.first != first { kept.insert(first, at: 0) }
        if let last = points.last, kept.last != last { kept.append(last) }
        return kept
    }
}
