extension PickleValue {
    /// The state of Python's `random` as `random.getstate()` gives it.
    public static func pythonRandomState(_ state: MersenneTwisterState) -> PickleValue {
        let words = state.key.map { PickleValue.int(Int($0)) } + [.int(state.position)]
        return .tuple([.int(3), .tuple(words), .none])
    }

    /// The state of NumPy's legacy generator as `numpy.random.get_state()` gives it, with no normal number kept back.
    public static func numpyRandomState(_ state: MersenneTwisterState) -> PickleValue {
        .tuple(["MT19937", .array(NumpyArray(state.key)), .int(state.position), 0, 0.0])
    }

    /// The generator's state in a value of ``pythonRandomState(_:)``; nil if this is something else.
    public var pythonRandomState: MersenneTwisterState? {
        guard let parts = elements, parts.count == 3, parts[0] == 3, let words = parts[1].elements,
            words.count == MersenneTwisterState.size + 1
        else { return nil }
        let key = words.dropLast().compactMap { $0.intValue.flatMap(UInt32.init(exactly:)) }
        return MersenneTwisterState(checkedKey: key, position: words[MersenneTwisterState.size].intValue)
    }

    /// The generator's state in a value of ``numpyRandomState(_:)``; nil if this is something else.
    public var numpyRandomState: MersenneTwisterState? {
        guard let parts = elements, parts.count == 5, parts[0] == "MT19937" else { return nil }
        return MersenneTwisterState(checkedKey: parts[1].arrayValue?.uint32Values ?? [], position: parts[2].intValue)
    }
}

extension MersenneTwisterState {
    fileprivate init?(checkedKey key: [UInt32], position: Int?) {
        guard key.count == Self.size, let position, (0...Self.size).contains(position) else { return nil }
        self.init(key: key, position: position)
    }
}
