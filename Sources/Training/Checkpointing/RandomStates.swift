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

    func value(device: Device) throws -> PickleValue {
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
    func restore(_ saved: Saved) throws {
        guard let cpu = saved.value["cpu"]?.tensorValue, cpu.dtype == .uint8 else {
            throw TrainingError.checkpoint("\(saved.file) has no state of the CPU's generator")
        }
        try withTorchErrors { Generator().setState(Tensor(copying: cpu)) }
        if let cuda = saved.value["cuda"]?.tensorValue, Device.cudaDeviceCount > 0 {
            try withTorchErrors { Generator(device: .cuda(0)).setState(Tensor(copying: cuda)) }
        }
        if let state = saved.value["python"] { python = state }
        if let state = saved.value["numpy"] { numpy = state }
    }
}
