extension Trainer {
    /// Looks at all data before the first step, for what would fail at some later one: rows there are none of, labels that
    /// are no class of the model, token ids outside its vocabulary, rows longer than its positions.
    func checkData() throws {
        if let trainExamples {
            guard trainExamples.count > 0 else { throw TrainingError.data("the training data has no rows") }
            let round = arguments.perDeviceTrainBatchSize * (arguments.splitBatches ? 1 : ranks.worldSize)
            if arguments.dataloaderDropLast, trainExamples.count < round {
                throw TrainingError.data(
                    "the training data has \(trainExamples.count) rows, fewer than "
                        + (ranks.areSeveral ? "the \(round) of a batch for each rank" : "a batch")
                        + ", and dataloader_drop_last drops them")
            }
            try checkRows(trainExamples)
        }
        if arguments.evalStrategy != .no || arguments.evalOnStart {
            for set in evalSets {
                guard set.examples.count > 0 else {
                    throw TrainingError.data("the evaluation data\(set.name.map { " \($0)" } ?? "") has no rows")
                }
                try checkRows(set.examples)
            }
            try checkMetricForBestModel()
        }
    }

    private func checkRows(_ examples: Examples) throws {
        try checkLabels(examples)
        try checkInputs(examples)
    }

    private func checkLabels(_ examples: Examples) throws {
        guard let classes = (model as? any ClassifyingModel)?.numLabels, let label = examples.label else { return }
        for row in 0..<examples.count {
            guard let id = try label(row), id != -100, !(0..<classes).contains(id) else { continue }
            throw TrainingError.data(
                "\(place(of: row, examples)): the label is \(id), but the model has the classes 0 to \(classes - 1)")
        }
    }

    private func checkInputs(_ examples: Examples) throws {
        guard let limits = model as? any InputChecking, let inputRange = examples.inputRange else { return }
        let (vocabulary, longest) = (limits.vocabularySize ?? .max, limits.maxInputLength ?? .max)
        for row in 0..<examples.count {
            guard let range = try inputRange(row) else { continue }
            if range.length > longest {
                throw TrainingError.data(
                    "\(place(of: row, examples)): the text has \(range.length) tokens, but the model has \(longest) "
                        + "positions; truncate texts to that length")
            }
            guard let ids = range.ids else { continue }
            let wrong = ids.upperBound >= vocabulary ? ids.upperBound : ids.lowerBound
            if wrong >= vocabulary || wrong < 0 {
                throw TrainingError.data(
                    "\(place(of: row, examples)): the token id \(wrong) is not in the model's vocabulary of "
                        + "\(vocabulary); is the tokenizer another model's?")
            }
        }
    }

    private func place(of row: Int, _ examples: Examples) -> String { examples.location?(row) ?? "row \(row)" }
}
