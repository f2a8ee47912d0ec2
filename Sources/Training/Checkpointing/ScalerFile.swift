import Foundation

/// `scaler.pt`: the state of the loss scale, in Python's layout.
enum ScalerFile {
    static let name = "scaler.pt"

    static func value(_ state: GradScaler.State) -> PickleValue {
        .named([
            ("scale", .float(state.scale)), ("growth_factor", .float(state.growthFactor)),
            ("backoff_factor", .float(state.backoffFactor)), ("growth_interval", .int(state.growthInterval)),
            ("_growth_tracker", .int(state.growthTracker)),
        ])
    }

    /// - Throws: ``TrainingError/checkpoint(_:)`` that names the file.
    static func state(_ value: PickleValue, file: String) throws -> GradScaler.State {
        guard let scale = value["scale"]?.doubleValue, let growth = value["growth_factor"]?.doubleValue,
            let backoff = value["backoff_factor"]?.doubleValue, let interval = value["growth_interval"]?.intValue,
            let tracker = value["_growth_tracker"]?.intValue, scale > 0, growth > 1, 0..<1 ~= backoff
        else { throw TrainingError.checkpoint("\(file) is no state of a loss scale") }
        return GradScaler.State(
            scale: scale, growthFactor: growth, backoffFactor: backoff, growthInterval: interval,
            growthTracker: tracker)
    }
}

extension Trainer {
    /// Takes the loss scale of a checkpoint where this run scales and the checkpoint's did.
    func restoreScaler(_ folder: URL) throws {
        guard let gradScaler else { return }
        let file = folder.appending(path: ScalerFile.name)
        if FileManager.default.fileExists(atPath: file.path) {
            gradScaler.state = try ScalerFile.state(try TorchArchive.load(file), file: file.path)
        }
    }
}
