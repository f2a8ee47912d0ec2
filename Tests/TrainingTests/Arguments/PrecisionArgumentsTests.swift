import Foundation
import OrderedJSON
import Testing
import Torch
import Training

@Suite struct PrecisionArgumentsTests {
    private func problems(_ configure: (inout TrainingArguments) -> Void) -> String? {
        do {
            try TrainingArguments(outputDir: "out", configure).validate()
            return nil
        } catch { return error.description }
    }

    @Test func whatGoesOnTheCPU() {
        for configure: (inout TrainingArguments) -> Void in [
            { $0.bf16 = true }, { $0.bf16FullEval = true }, { $0.fp16FullEval = true }, { $0.tf32 = false },
            { $0.fullDeterminism = true }, { $0.torchEmptyCacheSteps = 3 }, { $0.autoFindBatchSize = true },
        ] {
            #expect(
                problems {
                    $0.useCpu = true
                    configure(&$0)
                } == nil)
        }
    }

    @Test func whatCannotBeIsSaid() {
        #expect(
            problems {
                $0.useCpu = true
                $0.fp16 = true
            } == "fp16 needs a GPU, and use_cpu is set; on the CPU use bf16 with use_cpu")
        #expect(
            problems {
                $0.useCpu = true
                $0.tf32 = true
            } == "tf32 needs an NVIDIA GPU of compute capability 8.0 (Ampere) or newer")
        #expect(
            problems {
                $0.useCpu = true
                $0.bf16 = true
                $0.fp16 = true
            }?.hasPrefix("at most one of fp16 and bf16 may be set") == true)
        #expect(
            problems {
                $0.useCpu = true
                $0.bf16FullEval = true
                $0.fp16FullEval = true
            } == "at most one of fp16_full_eval and bf16_full_eval may be set")
        #expect(
            problems { $0.torchEmptyCacheSteps = 0 } == "torch_empty_cache_steps must be at least 1, not 0")
        #expect(
            problems { $0.neftuneNoiseAlpha = -1 } == "neftune_noise_alpha must be 0 or more, not -1.0")
    }

    @Test(.enabled(if: Device.cudaDeviceCount == 0)) func withoutAGPUTheCPUMustBeMeant() {
        #expect(
            problems { $0.bf16 = true }
                == "bf16: this machine has no GPU that can be used; set use_cpu to compute in bfloat16 on the CPU")
        #expect(
            problems { $0.fp16 = true }
                == "fp16 needs a GPU, and this machine has none that can be used; on the CPU use bf16 with use_cpu")
    }

    @Test func optionsOfActivationCheckpointing() throws {
        var arguments = TrainingArguments()
        let notes = try arguments.apply([
            "gradient_checkpointing": true,
            "gradient_checkpointing_kwargs": #"{"use_reentrant": false, "every_n_layers": 2}"#,
        ])
        #expect(arguments.activationCheckpointing)
        #expect(arguments.activationCheckpointingKwargs?.everyNLayers == 2)
        #expect(
            notes == [
                "gradient_checkpointing is now called activation_checkpointing",
                "gradient_checkpointing_kwargs is now called activation_checkpointing_kwargs",
            ])
        var copy = TrainingArguments()
        _ = try copy.apply(arguments.configuration)
        #expect(copy == arguments)
        for (options, problem) in [
            (["use_reentrant": true], "use_reentrant=true is not supported"),
            (["offload": true], "offload=true is not supported"),
            (["every_n_layers": 0], "every_n_layers must be at least 1"),
        ] as [(JSONValue, String)] {
            _ = try arguments.apply(["activation_checkpointing_kwargs": options])
            let error = #expect(throws: TrainingArgumentsError.self) { try arguments.validate() }
            #expect(error?.description == "activation_checkpointing_kwargs: \(problem)")
        }
        #expect(throws: TrainingArgumentsError.self) {
            try arguments.apply(["activation_checkpointing_kwargs": ["every_n_layers": "many"]])
        }
    }
}
