internal import OrderedJSON

extension AbsentArguments {
    /// Why an argument of Python's current release is not supported, or what to use instead.
    static let reasons: [String: String] = [
        "optim_target_modules": "it belongs to GaLore and APOLLO, which libtorch does not have",
        "torch_compile": compiler,
        "torch_compile_backend": compiler,
        "torch_compile_mode": compiler,
        "use_liger_kernel": "Liger's kernels are written for Python",
        "liger_kernel_config": "Liger's kernels are written for Python",
        "use_cache": "it keeps keys and values for generating text, which training does not do",
        "project": "it belongs to the service trackio",
        "trackio_space_id": "it belongs to the service trackio",
        "trackio_bucket_id": "it belongs to the service trackio",
        "trackio_static_space_id": "it belongs to the service trackio",
        "eval_use_gather_object": oneProcess,
        "parallelism_config": "tensor, context and expert parallelism are accelerate's",
        "dataloader_multiprocessing_context": "workers are threads here, not processes; leave it out",
        "deepspeed": "DeepSpeed is a Python library",
        "debug": "a loss that is not finite stops the run anyway and names the first tensor; see on_non_finite_loss",
        "local_rank": "the launcher's variable LOCAL_RANK takes its place; leave it out",
        "do_train": "the command says what is done",
        "do_eval": "set eval_strategy, or use the command evaluate",
        "do_predict": "use the command predict",
    ]

    private static let compiler = "it is Python's compiler; models run as libtorch's own operators"
    private static let oneProcess = "it matters to several processes, and training runs in one; leave it out"

    /// What Python's `to_dict()` gives where the default stands: it has been through the class's own checks, or hidden.
    static let asWritten: [String: [JSONValue]] = [
        "debug": [[]],
        "do_eval": [true],
    ]
}
