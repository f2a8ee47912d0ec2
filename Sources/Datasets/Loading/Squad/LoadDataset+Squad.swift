/// Loads question answering files in SQuAD's JSON layout (versions 1.1 and 2.0, XQuAD and others alike), one or several
/// for each split, in the order given.
///
/// A row is a question: `id`, `title`, `context`, `question`, and `answers`, a struct of two lists, `text` and
/// `answer_start` (in Unicode scalars, as Python counts), as Python's data sets `squad` and `squad_v2` have them. A
/// question that can't be answered has empty lists.
/// - Throws: ``DatasetError`` naming article, paragraph and question of the first place that is malformed.
public func loadDataset(
    squad files: KeyValuePairs<String, some DataFilePaths>, loading: LoadOptions = LoadOptions()
) throws -> DatasetDict {
    DatasetDict(
        try files.map { ($0.key, try DataFilesLoader($0.value.paths, reading: .squad, options: loading).load()) })
}

/// Loads question answering files in SQuAD's JSON layout as the split `train`.
/// - Throws: ``DatasetError``; see ``loadDataset(squad:loading:)-(KeyValuePairs<String,DataFilePaths>,_)``.
public func loadDataset(squad files: some DataFilePaths, loading: LoadOptions = LoadOptions()) throws -> DatasetDict {
    try loadDataset(squad: ["train": files], loading: loading)
}
