import Training

/// Changes the scores of the next token by the rules, in Python's order.
struct ScoreProcessing {
    let rules: GenerationRules
    /// Length of the padding before each row's first token.
    let padding: [Int]

    /// - Parameters:
    ///   - scores: `[N, vocabulary]`, float32.
    ///   - rows: The tokens so far, padding included.
    ///   - generated: How many of them are new.
    /// - Returns: Scores; `-inf` for tokens that may not come.
    func callAsFunction(_ scores: Tensor, rows: [[Int]], generated: Int) -> Tensor {
        var scores = scores
        if rules.repetitionPenalty != 1 { scores = penalized(scores, rows) }
        if rules.noRepeatNgramSize > 0 { scores = without(scores, rows.map(repeatingTokens)) }
        if generated < rules.minNewTokens, !rules.eosTokenIds.isEmpty {
            scores = without(scores, rows.map { _ in rules.eosTokenIds })
        }
        return rules.doSample ? warped(scores) : scores
    }

    /// Tokens that occur in the row lose: scores above 0 are divided, others multiplied.
    private func penalized(_ scores: Tensor, _ rows: [[Int]]) -> Tensor {
        let vocabulary = scores.size(1)
        var occurs = [Bool](repeating: false, count: scores.numel)
        for (row, ids) in rows.enumerated() {
            for id in ids.dropFirst(padding[row]) where id < vocabulary { occurs[row * vocabulary + id] = true }
        }
        let changed = (scores * rules.repetitionPenalty).where(scores.lt(0), scores / rules.repetitionPenalty)
        return changed.where(Tensor(occurs, shape: scores.shape).to(device: scores.device), scores)
    }

    /// Tokens that would make a sequence of `noRepeatNgramSize` tokens come twice.
    private func repeatingTokens(_ ids: [Int]) -> [Int] {
        let size = rules.noRepeatNgramSize
        guard ids.count + 1 >= size else { return [] }
        let recent = ids.suffix(size - 1)
        return (0..<max(ids.count - size + 1, 0)).compactMap { start in
            ids[start..<start + size - 1].elementsEqual(recent) ? ids[start + size - 1] : nil
        }
    }

    private func without(_ scores: Tensor, _ banned: [[Int]]) -> Tensor {
        let vocabulary = scores.size(1)
        var mask = [Bool](repeating: false, count: scores.numel)
        for (row, ids) in banned.enumerated() {
            for id in ids where id < vocabulary { mask[row * vocabulary + id] = true }
        }
        return scores.maskedFill(
            Tensor(mask, shape: scores.shape).to(device: scores.device), -Double.infinity)
    }

    /// What sampling adds.
    private func warped(_ scores: Tensor) -> Tensor {
        var scores = rules.temperature == 1 ? scores : scores / rules.temperature
        if rules.topK > 0 {
            let best = scores.topk(min(rules.topK, scores.size(-1))).values
            let last = best.narrow(dim: -1, start: best.size(-1) - 1, length: 1)
            scores = scores.maskedFill(scores.lt(last), -Double.infinity)
        }
        if rules.topP < 1 {
            let (sorted, order) = scores.sort(dim: -1, descending: false)
            let isRare = sorted.softmax(dim: -1).cumsum(dim: -1).le(1 - rules.topP)
            _ = isRare.narrow(dim: -1, start: isRare.size(-1) - 1, length: 1).fill_(false)
            scores = scores.maskedFill(isRare.scatter(dim: 1, index: order, isRare), -Double.infinity)
        }
        if let minP = rules.minP {
            let probabilities = scores.softmax(dim: -1)
            let least = probabilities.amax(dim: -1, keepdim: true) * minP
            scores = scores.maskedFill(probabilities.lt(least), -Double.infinity)
        }
        return rules.renormalizes ? scores.logSoftmax(dim: -1) : scores
    }
}
