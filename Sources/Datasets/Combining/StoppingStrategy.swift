/// When interleaving ends, with Python's words.
public enum StoppingStrategy: String, Sendable, Hashable, CaseIterable {
    /// As soon as one data set has no further row.
    case firstExhausted = "first_exhausted"
    /// When every row of every data set has come at least once; shorter ones begin anew.
    case allExhausted = "all_exhausted"
    /// When every row of every data set has come once.
    case allExhaustedWithoutReplacement = "all_exhausted_without_replacement"
}
