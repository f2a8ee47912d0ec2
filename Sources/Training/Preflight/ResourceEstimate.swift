import Foundation
import LocalFiles

/// What a run will need of disk and memory, told from the sizes of its tensors.
struct ResourceEstimate {
    /// Bytes of one checkpoint: weights, and the optimizer's state where it is saved.
    let checkpoint: Int
    /// Checkpoints that the run leaves, and one more while the next is written.
    let checkpoints: Int
    /// Bytes of memory beside the weights, of all ranks of this machine: gradients and the optimizer's state. Activations
    /// come on top.
    let memory: Int
    /// How many ranks share this machine's memory.
    let sharing: Int

    init(_ trainer: Trainer, _ plan: StepPlan) {
        let arguments = trainer.arguments
        let weights = WeightFiles.saved(trainer.model).weights.entries.reduce(0) { $0 + Self.bytes($1.tensor) }
        let trained = trainer.optimizer?.groups.flatMap { $0.parameters } ?? []
        let states = trained.reduce(0) { sum, parameter in
            sum + (trainer.optimizer?.stateElements(of: parameter) ?? 0) * parameter.dtype.itemSize
        }
        sharing = trainer.ranks.localWorldSize
        memory = (states + trained.reduce(0) { $0 + Self.bytes($1) }) * sharing
        let shares = trainer.sharded?.ranks.worldSize ?? 1
        checkpoint = weights + (arguments.saveOnlyModel ? 0 : states * shares)
        let interval = arguments.saveInterval(totalSteps: plan.maxSteps)
        let saved =
            switch arguments.saveStrategy {
            case .no: 0
            case .steps: 1 + (interval > 0 ? (plan.maxSteps - 1) / interval : 0)
            case .epoch, .best: min(plan.epochs, plan.maxSteps)
            }
        let limit = arguments.saveTotalLimit.flatMap { $0 > 0 ? $0 + 1 : nil } ?? .max
        checkpoints = min(saved, limit)
    }

    private static func bytes(_ tensor: Tensor) -> Int { tensor.numel * tensor.dtype.itemSize }

    /// What is wrong with this much room on the disk.
    func diskProblem(available: Int, folder: String) -> (isFatal: Bool, text: String)? {
        guard checkpoints > 0, checkpoint > available / checkpoints else { return nil }
        let room = "\(folder) has room for \(Self.text(available)), "
        if checkpoint > available {
            return (
                true, room + "but a checkpoint takes \(Self.text(checkpoint)); free some, or set save_strategy to no"
            )
        }
        return (
            false,
            room
                + "but \(checkpoints) checkpoints take \(Self.text(checkpoint)) each; set save_total_limit or free some"
        )
    }

    /// What is wrong with this much memory.
    func memoryProblem(available: Int, total: Int) -> (isFatal: Bool, text: String)? {
        guard memory > available else { return nil }
        let text =
            "gradients and the optimizer's state \(sharing > 1 ? "of \(sharing) ranks " : "")take \(Self.text(memory)) of "
            + "memory, activations not counted; "
            + "\(Self.text(available)) are available"
        return (memory > total, text)
    }

    static func text(_ bytes: Int) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var (value, unit) = (Double(bytes), 0)
        while value >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        let rounded = value < 10 && unit > 0 ? (value * 10).rounded() / 10 : value.rounded()
        return "\(rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)") \(units[unit])"
    }
}

extension Trainer {
    /// Warns where disk or memory will hardly do, and stops where they cannot.
    func checkResources(_ plan: StepPlan) throws {
        let estimate = ResourceEstimate(self, plan)
        let folder = arguments.outputFolder.path
        if let available = SystemResources.diskSpace(folder),
            let problem = estimate.diskProblem(available: available, folder: folder)
        {
            if problem.isFatal, arguments.onSaveFailure == .stop {
                throw TrainingError.unwritable(folder: folder, reason: problem.text)
            }
            Warnings.warn(problem.text)
        }
        if device.kind == .cpu, let memory = MachineMemory.now(),
            let problem = estimate.memoryProblem(available: memory.available, total: memory.total)
        {
            if problem.isFatal { throw TrainingError.argument(problem.text) }
            Warnings.warn(problem.text)
        }
    }
}
