/// Loads files of tagged words (CoNLL columns, IOB, BIOES or BMES tags), one or several for each split, in the order
/// given: `try loadDataset(conll: ["train": "train.conll", "validation": "dev.conll"])`.
///
/// A row is a sentence: `tokens`, its words, and `ner_tags`, the numbers of their classes, as Python's data sets for
/// named entities have them. All splits share the classes. Words and tags stand on a line, with tabs or spaces between
/// the columns and an empty line between the sentences; or a line is a whole sentence (see ``ConllOptions``). Lines that
/// start with `-DOCSTART-` count as empty.
/// - Throws: ``DatasetError`` with file and line of the first line that is malformed.
public func loadDataset(
    conll files: KeyValuePairs<String, some DataFilePaths>, options: ConllOptions = ConllOptions(),
    loading: LoadOptions = LoadOptions()
) throws -> DatasetDict {
    try loadDataset(conll: files.map { ($0.key, $0.value) }, options: options, loading: loading)
}

/// Loads files of tagged words for splits that are known when the program runs.
/// - Throws: ``DatasetError``; see ``loadDataset(conll:options:loading:)-(KeyValuePairs<String,DataFilePaths>,_,_)``.
public func loadDataset(
    conll files: [(split: String, files: some DataFilePaths)], options: ConllOptions = ConllOptions(),
    loading: LoadOptions = LoadOptions()
) throws -> DatasetDict {
    let splits = DatasetDict(
        try files.map {
            ($0.split, try DataFilesLoader($0.files.paths, reading: .conll(options), options: loading).load())
        })
    return loading.features == nil ? try splits.withClasses(options) : splits
}

/// Loads files of tagged words as the split `train`.
/// - Throws: ``DatasetError``; see ``loadDataset(conll:options:loading:)-(KeyValuePairs<String,DataFilePaths>,_,_)``.
public func loadDataset(
    conll files: some DataFilePaths, options: ConllOptions = ConllOptions(), loading: LoadOptions = LoadOptions()
) throws -> DatasetDict {
    try loadDataset(conll: ["train": files], options: options, loading: loading)
}

extension Dataset {
    /// The sentences of files of tagged words: `tokens`, and `ner_tags` with the classes of these files.
    /// - Throws: ``DatasetError`` with file and line of the first line that is malformed.
    public static func fromConll(
        _ files: some DataFilePaths, options: ConllOptions = ConllOptions(), loading: LoadOptions = LoadOptions()
    ) throws -> Dataset {
        try loadDataset(conll: files, options: options, loading: loading)["train"]
    }
}

extension DatasetDict {
    /// The tags as numbers of classes that all splits share.
    fileprivate func withClasses(_ options: ConllOptions) throws -> DatasetDict {
        let tagged = members.filter { $0.dataset.columnNames.contains(options.tagsName) }
        if tagged.isEmpty { return self }
        var names: [String] = []
        if let given = options.labels {
            names = given
        } else {
            var seen: Set<String> = []
            for (_, dataset) in tagged {
                try dataset.forEachString(in: options.tagsName) { if seen.insert($0).inserted { names.append($0) } }
            }
            if options.labelOrder == .sorted {
                names.sort { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
            }
        }
        let label = try ClassLabel(names: names)
        return try mapSplits {
            $0.columnNames.contains(options.tagsName) ? try $0.castColumn(options.tagsName, to: label) : $0
        }
    }
}
