public import Datasets
public import Training

/// Tokenized rows of a stream as training data; the columns are those of a `Dataset`. Each epoch reads the stream anew,
/// as `setEpoch` orders it. Training needs `maxSteps`.
/// ```swift
/// let lines = try loadDataset(json: ["train": files], streaming: true)["train"]
/// let encoded = lines.map { try tokenizer($0["text"], truncation: true) }.shuffle(seed: 42)
/// let trainer = try Trainer(model: model, arguments: arguments, trainDataset: encoded, processingClass: tokenizer)
/// ```
extension IterableDataset: StreamedDataset {
    public func stream(_ context: CollationContext) throws -> ExampleStream {
        stream(try DataCollatorWithPadding(context), WantedColumns(context))
    }

    func stream(_ collator: any DataCollator, _ wanted: WantedColumns) -> ExampleStream {
        let batches = Collator<Row> { rows, places in try collator.batch(rows, places: places, wanted: wanted) }
        return ExampleStream(collator: batches) { epoch in
            var dataset = self
            dataset.setEpoch(epoch)
            let iterator = try dataset.makeIterator()
            return { try iterator.next() }
        }
    }
}
