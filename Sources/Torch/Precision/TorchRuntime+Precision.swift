internal import CTorch
import Foundation

extension TorchRuntime {
    /// Whether matrix products and convolutions of float32 may use TF32 on GPUs that have it: faster, with 10 bits of
    /// mantissa (PyTorch's `torch.backends.cuda.matmul.allow_tf32` and `torch.backends.cudnn.allow_tf32`).
    public static var allowsTF32: Bool {
        get { ct_allows_tf32() }
        set { ct_set_allows_tf32(newValue) }
    }

    /// Whether operators give the same result in each run, as PyTorch's `use_deterministic_algorithms`; one that cannot
    /// fails.
    public static var usesDeterministicAlgorithms: Bool {
        get { ct_deterministic() }
        set { ct_set_deterministic(newValue) }
    }

    /// Seeds the generators and makes everything deterministic, as Python's `enable_full_determinism`: algorithms, cuDNN,
    /// and the environment variables that CUDA's libraries read when they are first used.
    public static func enableFullDeterminism(seed: Int) {
        manualSeed(seed)
        let variables = [
            "CUDA_LAUNCH_BLOCKING": "1", "CUBLAS_WORKSPACE_CONFIG": ":16:8", "FLASH_ATTENTION_DETERMINISTIC": "1",
        ]
        for (name, value) in variables { setenv(name, value, 1) }
        usesDeterministicAlgorithms = true
    }
}
