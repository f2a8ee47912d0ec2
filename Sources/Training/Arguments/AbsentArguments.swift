internal import OrderedJSON

/// Python's arguments that are not in `TrainingArguments.table`.
enum AbsentArguments {
    /// Those of Python's current release, with the default there. At that value they ask for what happens anyway, and
    /// are accepted; at any other they are refused.
    static let toCome: [String: JSONValue] = [
        "optim_target_modules": nil,
        "torch_compile": false,
        "torch_compile_backend": nil,
        "torch_compile_mode": nil,
        "use_liger_kernel": false,
        "liger_kernel_config": nil,
        "use_cache": false,
        "project": "huggingface",
        "trackio_space_id": nil,
        "trackio_bucket_id": nil,
        "trackio_static_space_id": nil,
        "eval_use_gather_object": false,
        "parallelism_config": nil,
        "dataloader_multiprocessing_context": nil,
        "deepspeed": nil,
        "debug": "",
        "local_rank": -1,
        "do_train": false,
        "do_eval": false,
        "do_predict": false,
    ]

    /// Removed ones that may stand where they ask for what happens anyway.
    static let harmless: [String: [JSONValue]] = [
        "fp16_opt_level": ["O1"],
        "fp16_backend": ["auto", "amp"],
        "half_precision_backend": ["auto", "cuda_amp", "cpu_amp"],
    ]

    /// Those that earlier releases had, or that have no place here, with what to do instead.
    static let removed: [String: String] = [
        "evaluate_during_training": "use eval_strategy",
        "overwrite_output_dir":
            "leave it out; checkpoints in the output folder are kept unless save_total_limit is set",
        "save_safetensors": "leave it out; weights are always saved as safetensors",
        "use_mps_device": "leave it out; the device is chosen by itself, or set use_cpu",
        "past_index": "leave it out",
        "include_tokens_per_second": "use include_num_input_tokens_seen, which adds the speed too",
        "fp16_opt_level": "leave it out; mixed precision is PyTorch's own, not Apex's",
        "fp16_backend": "leave it out; mixed precision is PyTorch's own, not Apex's",
        "half_precision_backend": "leave it out; mixed precision is PyTorch's own, not Apex's",
        "jit_mode_eval": "leave it out",
        "torchdynamo": "leave it out",
        "use_ipex": "leave it out",
        "push_to_hub_organization": "put the organization in front of hub_model_id: org/name",
        "ray_scope": "leave it out",
        "tpu_num_cores": "leave it out",
        "tpu_metrics_debug": "leave it out",
        "mp_parameters": "leave it out",
        "sharded_ddp": "leave it out",
        "use_legacy_prediction_loop": "leave it out",
        "adafactor": "set optim to adafactor",
        "dispatch_batches": "leave it out",
        "split_batches": "leave it out",
    ]
}
