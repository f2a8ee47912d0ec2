/// Python's optimizers that there are not here, and why. The page <doc:Optimizers> says the same; a test compares them.
public enum OptimizerTable {
    /// A name of Python's `OptimizerNames` that is refused.
    public struct Refused: Sendable, Hashable {
        /// Python's name: `adamw_8bit`.
        public let name: String
        /// What is missing, and what to take instead.
        public let reason: String
    }

    /// Every name of Python's that ``OptimizerNames`` lacks.
    public static let refused: [Refused] =
        because(
            "its 8-bit state needs the kernels of bitsandbytes; use adamw_torch_fused",
            ["adamw_bnb_8bit", "adamw_8bit", "paged_adamw_8bit"])
        + because(
            "paging the state out of GPU memory needs the kernels of bitsandbytes; use adamw_torch_fused",
            ["paged_adamw_32bit"])
        + because(
            "its 4-bit or 8-bit state needs torchao; use adamw_torch_fused", ["adamw_torch_4bit", "adamw_torch_8bit"])
        + because("it is torch_xla's; use adamw_torch_fused", ["adamw_torch_xla"])
        + because("it is for Ascend NPUs; use adamw_torch_fused", ["adamw_torch_npu_fused"])
        + because(
            "it is torchdistx's, which is no longer kept up; with its float32 state it is adamw_torch",
            ["adamw_anyprecision"])
        + because(
            "its 8-bit or paged state needs the kernels of bitsandbytes; use lion_32bit",
            ["lion_8bit", "paged_lion_32bit", "paged_lion_8bit"])
        + because(
            "it is bitsandbytes' own kernel; use rmsprop", ["rmsprop_bnb", "rmsprop_bnb_8bit", "rmsprop_bnb_32bit"])
        + because(
            "its 8-bit or paged state needs the kernels of bitsandbytes; use ademamix",
            ["ademamix_8bit", "paged_ademamix_32bit", "paged_ademamix_8bit"])
        + because(
            "GaLore projects gradients by code that is not part of PyTorch; use adamw_torch_fused",
            [
                "galore_adamw", "galore_adamw_8bit", "galore_adafactor", "galore_adamw_layerwise",
                "galore_adamw_8bit_layerwise", "galore_adafactor_layerwise",
            ])
        + because(
            "APOLLO projects gradients by code that is not part of PyTorch; use adamw_torch_fused",
            ["apollo_adamw", "apollo_adamw_layerwise"])
        + because(
            "it takes its steps inside the backward pass, which leaves no gradients to clip or log; use adafactor to save "
                + "memory", ["lomo", "adalomo"])
        + because(
            "it is experimental code of another package; use adamw_torch_fused, or set the trainer's optimizer",
            ["grokadamw"])
        + because(
            "its parameters differ between training and evaluation, which the trainer does not switch; use a schedule",
            ["schedule_free_radam", "schedule_free_adamw", "schedule_free_sgd"])
        + because("it comes from torch-optimi; use adamw_torch_fused with max_grad_norm", ["stable_adamw"])

    private static func because(_ reason: String, _ names: [String]) -> [Refused] {
        names.map { Refused(name: $0, reason: reason) }
    }
}
