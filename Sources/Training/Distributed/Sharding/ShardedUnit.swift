/// Parameters that come and go together: those of a layer, or all outside layers.
final class ShardedUnit {
    let flats: [FlatParameter]
    /// Those of them that are trained.
    let trained: [FlatParameter]

    init(_ flats: [FlatParameter], isTrained: (FlatParameter) -> Bool) {
        self.flats = flats
        trained = flats.filter(isTrained)
    }

    /// Brings the parameters into memory. Collective.
    func gather() throws { for flat in flats { try flat.gather() } }

    func release() { for flat in flats { flat.release() } }

    /// Collective; see ``FlatParameter/reduceGradients()``.
    func reduceGradients() throws { for flat in trained { try flat.reduceGradients() } }
}
