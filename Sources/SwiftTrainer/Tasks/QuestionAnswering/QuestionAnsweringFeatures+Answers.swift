public import Training

extension QuestionAnsweringFeatures {
    /// The answers that a model's predictions for the features amount to, one for each question in order; the answers of
    /// Python's `postprocess_qa_predictions`.
    ///
    /// - Parameters:
    ///   - startLogits: `[features, tokens]`, how likely each token is to be the answer's first.
    ///   - endLogits: as `startLogits`, the answer's last.
    ///   - selection: how answers are chosen.
    /// - Throws: ``TaskError`` where the logits do not fit the features.
    public func answers(
        startLogits: Tensor, endLogits: Tensor, selection: AnswerSelection = AnswerSelection()
    ) throws -> [AnswerPrediction] {
        try selection.check()
        guard startLogits.dim == 2, startLogits.shape == endLogits.shape, startLogits.size(0) == offsets.count else {
            throw TaskError.argument(
                name: "logits",
                problem: "starts of the shape \(startLogits.shape) and ends of \(endLogits.shape) do not fit "
                    + "\(offsets.count) features")
        }
        let width = startLogits.size(1)
        let (starts, ends) = try withTorchErrors {
            (startLogits.array(of: Float.self), endLogits.array(of: Float.self))
        }
        var features = [[Int]](repeating: [], count: examples.count)
        for (feature, example) in exampleOfFeature.enumerated() { features[example].append(feature) }
        return zip(examples, features).map { example, features in
            let scores = features.map { feature in
                let row = feature * width..<(feature + 1) * width
                return FeatureScores(starts: starts[row], ends: ends[row], offsets: offsets[feature])
            }
            return answer(to: example, scores, selection)
        }
    }

    private func answer(
        to example: Example, _ features: [FeatureScores], _ selection: AnswerSelection
    ) -> AnswerPrediction {
        let context = Array(example.context.unicodeScalars)
        func candidate(_ range: Range<Int>, _ start: Float, _ end: Float) -> AnswerPrediction.Candidate {
            let range = range.clamped(to: 0..<context.count)
            return .init(
                text: String(String.UnicodeScalarView(context[range])), range: range, startLogit: start, endLogit: end)
        }
        // Of several features the one that is least for no answer counts.
        let none = features.map { candidate(0..<0, $0.starts.first ?? 0, $0.ends.first ?? 0) }
            .enumerated().min { ($0.element.score, $0.offset) < ($1.element.score, $1.offset) }?.element
        var found = features.flatMap { $0.spans(selection).map { candidate($0.range, $0.start, $0.end) } }
        if selection.version2WithNegative, let none { found.append(none) }
        // A stable order: of equal scores the first found stays first.
        let order = found.indices.sorted { (found[$1].score, $0) < (found[$0].score, $1) }
        var best = order.prefix(selection.nBestSize).map { found[$0] }
        if selection.version2WithNegative, let none, !best.contains(where: { $0.range == 0..<0 }) { best.append(none) }
        if best.isEmpty || best.count == 1 && best[0].text.isEmpty {
            // Python's stand-in where nothing was found.
            best.insert(.init(text: "empty", range: 0..<0, startLogit: 0, endLogit: 0), at: 0)
        }
        let probabilities = Softmax.rows(best.map(\.score), width: best.count)
        for place in best.indices { best[place].probability = probabilities[place] }
        guard selection.version2WithNegative, let none else {
            return AnswerPrediction(id: example.id, text: best[0].text, nBest: best, scoreDiff: nil)
        }
        guard let answer = best.first(where: { !$0.text.isEmpty }) else {
            return AnswerPrediction(id: example.id, text: "", nBest: best, scoreDiff: 0)
        }
        let difference = none.score - answer.startLogit - answer.endLogit
        return AnswerPrediction(
            id: example.id, text: difference > selection.nullScoreDiffThreshold ? "" : answer.text, nBest: best,
            scoreDiff: difference)
    }
}

/// The scores of one feature's tokens.
private struct FeatureScores {
    let starts: ArraySlice<Float>
    let ends: ArraySlice<Float>
    let offsets: QuestionAnsweringFeatures.ContextOffsets

    /// The answers between the best starts and ends.
    func spans(_ selection: AnswerSelection) -> [(range: Range<Int>, start: Float, end: Float)] {
        let (bestStarts, bestEnds) = (best(starts, selection.nBestSize), best(ends, selection.nBestSize))
        var found: [(range: Range<Int>, start: Float, end: Float)] = []
        for start in bestStarts {
            guard let from = offsets[start] else { continue }
            for end in bestEnds where end >= start && end - start < selection.maxAnswerLength {
                guard let to = offsets[end] else { continue }
                found.append(
                    (
                        from.start..<max(to.end, from.start), starts[starts.startIndex + start],
                        ends[ends.startIndex + end]
                    ))
            }
        }
        return found
    }

    /// The places of the highest scores, the highest first.
    private func best(_ scores: ArraySlice<Float>, _ count: Int) -> [Int] {
        let first = scores.startIndex
        let order = scores.indices.sorted { (scores[$1], $1) < (scores[$0], $0) }
        return order.prefix(count).map { $0 - first }
    }
}
