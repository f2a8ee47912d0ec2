import Foundation
import SwiftTrainer

/// `--nproc-per-node`
enum RanksPerNode {
    /// - Parameter text: A number, `gpu`, `cpu` or `auto`; nil: one for each GPU, one without.
    static func number(_ text: String?, environment: [String: String]) throws -> Int {
        func devices() -> Int { VisibleDevices.machine(variables: environment).count }
        switch text?.lowercased() {
        case nil: return max(1, devices())
        case "gpu":
            let count = devices()
            guard count > 0 else { throw CommandFailure.failed("--nproc-per-node gpu: no GPU is visible") }
            return count
        case "cpu": return processors
        case "auto":
            let count = devices()
            return count > 0 ? count : processors
        case .some(let number):
            guard let count = Int(number), count >= 1 else {
                throw CommandFailure.usage("--nproc-per-node \(number): it must be a number, gpu, cpu or auto")
            }
            return count
        }
    }

    private static var processors: Int { ProcessInfo.processInfo.activeProcessorCount }
}
