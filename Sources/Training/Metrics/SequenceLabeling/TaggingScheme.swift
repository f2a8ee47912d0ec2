/// How tags such as `B-PER` mark where an entity begins and ends; seqeval's schemes, and BMES.
public enum TaggingScheme: String, Sendable, Hashable, CaseIterable {
    /// `B` only where an entity follows one of its own type at once.
    case iob1 = "IOB1"
    /// `B` at every beginning.
    case iob2 = "IOB2"
    /// `E` only where an entity of its own type follows at once.
    case ioe1 = "IOE1"
    /// `E` at every end.
    case ioe2 = "IOE2"
    /// `B`, `I`, `E`, and `S` for entities of one token.
    case iobes = "IOBES"
    /// As `iobes` with `L` for the end and `U` for one token.
    case bilou = "BILOU"
    /// As `iobes` with `M` for the middle, as Chinese data sets have it; not one of seqeval's.
    case bmes = "BMES"

    /// The scheme whose prefixes these tags have.
    ///
    /// - Parameters:
    ///   - sequences: The tags of each text.
    ///   - suffix: Whether the prefix stands at the end, as in `PER-B`.
    /// - Throws: ``MetricError`` where they fit none of IOB2, IOE2, IOBES, BILOU and BMES.
    public static func detect(in sequences: [[String]], suffix: Bool = false) throws -> TaggingScheme {
        let found = Set(sequences.joined().compactMap { suffix ? $0.last : $0.first })
        let marks = found.subtracting(["O"])
        if marks == ["B"] || marks == ["I", "B"] { return .iob2 }
        if marks == ["E"] || marks == ["I", "E"] { return .ioe2 }
        let hasBoth = { (ends: Set<Character>, single: Set<Character>) in
            marks == single || marks.isSuperset(of: ends) && marks.isSubset(of: ends.union(single).union(["I"]))
        }
        if hasBoth(["B", "E"], ["S"]) { return .iobes }
        if hasBoth(["B", "L"], ["U"]) { return .bilou }
        if marks.contains("M"), marks.isSubset(of: ["B", "M", "E", "S"]) { return .bmes }
        throw unsupported(found)
    }

    private static func unsupported(_ found: Set<Character>) -> MetricError {
        .invalid(
            metric: "seqeval",
            reason: "no scheme has the tags \(found.sorted().map { "\($0)" }.joined(separator: ", ")); give the scheme")
    }

    enum TypeCondition { case same, other, any }

    /// What the tag before and the tag itself must be; nil: any.
    typealias Pattern = (before: String?, now: String?, types: TypeCondition)

    var prefixes: String {
        switch self {
        case .iob1, .iob2: "IOB"
        case .ioe1, .ioe2: "IOE"
        case .iobes: "IOBES"
        case .bilou: "IOBLU"
        case .bmes: "MOBES"
        }
    }

    /// Where an entity starts at the tag.
    var starts: [Pattern] {
        switch self {
        case .iob1: [("O", "I", .any), ("I", "I", .other), ("B", "I", .any), ("IB", "B", .same)]
        case .iob2: [(nil, "B", .any)]
        case .ioe1: [("O", "I", .any), ("I", "I", .other), ("E", "I", .any), ("E", "E", .same)]
        case .ioe2: [("OE", "IE", .any), ("I", "IE", .other)]
        case .iobes, .bmes: [(nil, "BS", .any)]
        case .bilou: [(nil, "BU", .any)]
        }
    }

    /// Where an entity goes on at the tag.
    var insides: [Pattern] {
        switch self {
        case .iob1, .iob2: [("BI", "I", .same)]
        case .ioe1, .ioe2: [("I", "IE", .same)]
        case .iobes: [("BI", "IE", .same)]
        case .bilou: [("BI", "IL", .same)]
        case .bmes: [("BM", "ME", .same)]
        }
    }

    /// Where an entity ended before the tag.
    var ends: [Pattern] {
        switch self {
        case .iob1: [("BI", "I", .other), ("BI", "O", .any), ("I", "B", .any), ("B", "B", .same)]
        case .iob2: [("BI", "I", .other), ("BI", "OB", .any)]
        case .ioe1: [("I", "IE", .other), ("I", "O", .any), ("E", "IE", .same)]
        case .ioe2: [("E", nil, .any)]
        case .iobes, .bmes: [("SE", nil, .any)]
        case .bilou: [("UL", nil, .any)]
        }
    }
}
