import Foundation

/// The states of all random generators, as `rng_state.pth` holds them.
///
/// Python's and NumPy's are kept as well, though nothing here draws from them: Python goes on with them after a resume
/// there.
final class RandomStates {
    private var python: PickleValue
    private var numpy: PickleValue
    /// The CPU generator's state at the start of the epoch, where the order of rows is drawn from it.
    private var epochStart: Tensor?
    /// Whether all that is due at the epoch's end is done, but for a checkpoint: a resumed run does then not repeat it.
    var isEpochEnded = false

    /// What a checkpoint held.
    struct Saved {
        let value: PickleValue
        let file: String

        /// Whether all that was due at an epoch's end was done before the save; never told in Python's files.
        var isEpochEnded: Bool { value["epoch_ended"]?.boolValue == true }
    }

    init(seed: Int) {
        python = .pythonRandomState(.python(seed: seed))
        numpy = .numpyRandomState(.numpy(seed: UInt32(truncatingIfNeeded: seed)))
    }

    /// The file of a rank's states, as Python names it.
    static func fileName(rank: Int, of ranks: Int) -> String {
        ranks > 1 ? "rng_state_\(rank).pth" : "rng_state.pth"
    }

    /// The contents of this rank's file.
    func bytes(device: Device, _ ranks: Ranks) throws -> [UInt8] {
        let file = Self.fileName(rank: ranks.rank, of: ranks.worldSize)
        var bytes: [UInt8] = []
        try TorchArchive.write(
            try value(device: device), name: TorchArchive.archiveName(fileName: file), fileName: file
        ) { bytes.append(contentsOf: $0) }
        return bytes
    }

    private func value(device: Device) throws -> PickleValue {
        var entries: [PickleDictionary.Entry] = [
            .init(key: "python", value: python), .init(key: "numpy", value: numpy),
            .init(key: "cpu", value: .tensor(try Generator().state().serialized())),
        ]
        if device.kind == .cuda {
            entries.append(.init(key: "cuda", value: .tensor(try Generator(device: device).state().serialized())))
        }
        // Not Python's, which reads past these: its resumed runs draw another order, and leave out what an epoch's end brings.
        if isEpochEnded { entries.append(.init(key: "epoch_ended", value: .bool(true))) }
        if let epochStart {
            entries.append(.init(key: "epoch_start", value: .tensor(try epochStart.serialized())))
        }
        return .dict(PickleDictionary(entries))
    }

    /// Before the rows of an epoch are ordered: goes back to the state from which a resumed epoch's order was drawn, and
    /// keeps the state for checkpoints of this epoch.
    func noteEpochStart(_ resumed: Saved?, isDrawnFrom: Bool) throws {
        epochStart = nil
        guard isDrawnFrom else { return }
        try withTorchErrors {
            if let saved = resumed?.value["epoch_start"]?.tensorValue { Generator().setState(Tensor(copying: saved)) }
            epochStart = Generator().state()
        }
    }

    /// - Throws: ``TrainingError/checkpoint(_:)`` where the file lacks a state, `TorchError`.
    func restore(_ saved: Saved, device: Device) throws {
        guard let cpu = saved.value["cpu"]?.tensorValue, cpu.dtype == .uint8 else {
            throw TrainingError.checkpoint("\(saved.file) has no state of the CPU's generator")
        }
        try withTorchErrors { Generator().setState(Tensor(copying: cpu)) }
        // Python's ranks save the states of all devices.
        let cuda = saved.value["cuda"]
        if let state = cuda?.tensorValue ?? cuda?.elements?.dropFirst(device.index ?? 0).first?.tensorValue,
            device.kind == .cuda
        {
            try withTorchErrors { Generator(device: device).setState(Tensor(copying: state)) }
        }
        if let state = saved.value["python"] { python = state }
        if let state = saved.value["numpy"] { numpy = state }
    }
}
