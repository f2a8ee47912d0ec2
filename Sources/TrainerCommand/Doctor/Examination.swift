import Foundation
import SwiftTrainer

/// What the machine offers to training.
struct Examination {
    private(set) var lines: [String] = []
    /// What is wrong and how to mend it, one line each.
    private(set) var problems: [String] = []

    init() {
        add("trainer", TrainerTool.version)
        examineTorch()
        examineArrow()
        examineThreads()
        examineDevices()
        examineProduct()
    }

    private mutating func add(_ title: String, _ text: String) {
        lines.append(title.padding(toLength: 14, withPad: " ", startingAt: 0) + text)
    }

    private mutating func examineTorch() {
        let library = LoadedLibrary.named("libtorch_cpu")
        add("libtorch", "\(TorchRuntime.version), \(library?.folder ?? "linked in")")
        let parts = TorchRuntime.version.split(separator: ".").compactMap { Int($0.prefix { $0.isNumber }) }
        if parts.count > 1, parts[0] != 2 || !(11...15).contains(parts[1]) {
            problems.append(
                "libtorch \(TorchRuntime.version) is none of 2.11 to 2.15; set LIBTORCH to one of these and run "
                    + "scripts/setup --force")
        }
    }

    private mutating func examineArrow() {
        let library = LoadedLibrary.named("libarrow.")
        add("Arrow", "\(library?.soVersion ?? "unknown version"), \(library?.folder ?? "linked in")")
        do {
            let rows = try Dataset.from(dictionary: ["text": ["a", "b"]])
            guard rows.numRows == 2 else { throw CommandFailure.failed("a table of 2 rows has \(rows.numRows)") }
        } catch {
            problems.append("Arrow does not work: \(error); run scripts/setup --force")
        }
    }

    private mutating func examineThreads() {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let threads = TorchRuntime.threadCount
        add("threads", "\(threads) of \(cores) processors")
        guard threads * 2 < cores else { return }
        let variable = ["OMP_NUM_THREADS", "MKL_NUM_THREADS"].first {
            ProcessInfo.processInfo.environment[$0] != nil
        }
        // Half as many is what libtorch takes where two processors share a core.
        if let variable {
            problems.append("\(variable) leaves \(threads) of \(cores) processors; unset it to use them all")
        }
    }

    private mutating func examineDevices() {
        let count = Device.cudaDeviceCount
        add("devices", (["cpu"] + (0..<count).map { "cuda:\($0)" }).joined(separator: ", "))
        if count == 0, FileManager.default.fileExists(atPath: "/proc/driver/nvidia/version") {
            problems.append(
                "there is an NVIDIA GPU, but this libtorch can't use it; run SWIFT_TRAINER_TORCH=cuda scripts/setup "
                    + "--force and build again, or use the GPU's newer driver")
        }
    }

    /// The speed of matrix products says whether MKL takes its fast path.
    private mutating func examineProduct() {
        let hasSwitch = dlsym(dlopen(nil, RTLD_NOW), "mkl_serv_intel_cpu_true") != nil
        add("MKL fast path", hasSwitch ? "on" : "off")
        if !hasSwitch, isX86 {
            problems.append(
                "MKL's fast path is off, so that AMD processors compute at half speed; link the executable with its "
                    + "symbols exported (-Xlinker --export-dynamic)")
        }
        do {
            let speed = try withTorchErrors { () -> Double in
                let left = Tensor.ones([1024, 1024])
                _ = left.matmul(left)
                let started = ContinuousClock.now
                for _ in 0..<4 { _ = left.matmul(left) }
                return 4 * 2 * pow(1024, 3) / ((ContinuousClock.now - started) / .seconds(1)) / 1e9
            }
            add("matrices", "\(Int(speed)) GFLOP/s in float32")
        } catch {
            problems.append("libtorch does not work: \(error); run scripts/setup --force")
        }
    }

    private var isX86: Bool {
        #if arch(x86_64)
            true
        #else
            false
        #endif
    }
}
