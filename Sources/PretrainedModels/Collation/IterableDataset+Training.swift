public import Datasets
import Synchronization
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
        let padding = try TokenizedRows.Padding(context)
        // Which columns there are shows when the first row comes.
        let known = Mutex<TokenizedRows?>(nil)
        let collator = Collator<Row> { rows, places in
            let reader = try known.withLock { reader in
                let made = try reader ?? TokenizedRows(columns: rows[0].columnNames, padding)
                reader = made
                return made
            }
            return try reader.batch(rows, places: places)
        }
        return ExampleStream(collator: collator) { epoch in
            var dataset = self
            dataset.setEpoch(epoch)
            let iterator = try dataset.makeIterator()
            return { try iterator.next() }
        }
    }
}
