extension ArrowColumn {
    /// One column of the rows of several of one type, in order; shares their memory.
    static func joining(_ parts: [ArrowColumn], type: FeatureType) -> ArrowColumn {
        let filled = parts.filter { $0.count > 0 }
        return filled.count == 1 && filled[0].type == type ? filled[0] : ArrowColumn(joining: filled, type: type)
    }
}
